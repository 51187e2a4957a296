"""Pages of one's own things: profile, tokens, news."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.kernel import actions, forms, reads
from hedu.center.kernel.reading import found, page_of


def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    form = forms.Profile(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        actions.update_profile(request.actor, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("kernel:profile")
    return render(request, "kernel/profile.html", {"form": form, "tab": "profile"})


def tokens(request: HttpRequest) -> HttpResponse:
    form = forms.NewToken(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = actions.create_token(request.actor, **form.cleaned_data).secret
        form = forms.NewToken()
    rows = reads.tokens_visible_to(request.actor)
    return render(request, "kernel/tokens.html", {"form": form, "tokens": rows, "secret": secret, "tab": "tokens"})


@require_POST
def revoke_token(request: HttpRequest, token: int) -> HttpResponse:
    actions.revoke_token(request.actor, token)
    messages.success(request, _("令牌已吊销。"))
    return redirect("kernel:tokens")


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    page = page_of(request, reads.notifications_visible_to(request.actor))
    return render(request, "kernel/notifications.html", {"page": page})


@require_GET
def open_notification(request: HttpRequest, notification: int) -> HttpResponse:
    """To what the news is about; it counts as read from then on."""
    row = found(reads.notifications_visible_to(request.actor), pk=notification)
    actions.read_notifications(request.actor, only=row.pk)
    return redirect(row.url or "kernel:notifications")


@require_POST
def read_notifications(request: HttpRequest) -> HttpResponse:
    actions.read_notifications(request.actor)
    return redirect("kernel:notifications")
