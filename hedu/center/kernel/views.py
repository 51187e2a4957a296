"""Pages of the kernel: language, theme, profile, tokens, notifications, audit, demo sign-in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.kernel import actions, forms, reads
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.middleware import LANGUAGE_COOKIE
from hedu.center.kernel.models import User
from hedu.center.kernel.reading import found, page_of
from hedu.version import __version__


def back(request: HttpRequest, default: str = "/") -> HttpResponse:
    """To where the form says it came from, if that is on this site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return redirect(target)
    return redirect(default)


@login_not_required
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """For whoever watches the service: it answers, and its database does."""
    User.objects.exists()
    return JsonResponse({"status": "ok", "version": __version__})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    code = request.POST.get("language", "")
    code = code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    if request.user.is_authenticated:
        actions.set_preferences(request.actor, language=code)
    response = back(request)
    response.set_cookie(LANGUAGE_COOKIE, code, max_age=31_536_000, samesite="Lax", secure=settings.HTTPS)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    actions.set_preferences(request.actor, theme=request.POST.get("theme", "auto"))
    return back(request)


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


def comments(request: HttpRequest, kind: str, object_id: str) -> HttpResponse:
    """The discussion of an object, as a fragment for htmx."""
    if request.method == "POST":
        under = request.POST.get("under", "")
        actions.comment(
            request.actor,
            kind,
            object_id,
            text=request.POST.get("text", ""),
            under=int(under) if under.isdecimal() else None,
        )
    return _discussion(request, kind, object_id)


@require_POST
def delete_comment(request: HttpRequest, comment: int) -> HttpResponse:
    row = actions.delete_comment(request.actor, comment)
    return _discussion(request, row.kind, row.object_id)


def _discussion(request: HttpRequest, kind: str, object_id: str) -> HttpResponse:
    said = reads.comments_visible_to(request.actor, kind, object_id)
    context = {"kind": kind, "object_id": object_id, "comments": said}
    return render(request, "kernel/comments.html", context)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Names that begin as typed, for mentions."""
    rows = reads.people_named(request.actor, request.GET.get("q", ""))
    return JsonResponse({"people": [row.as_json() for row in rows]})


def documents(request: HttpRequest, kind: str, object_id: str) -> HttpResponse:
    """The files kept with an object, as a fragment for htmx."""
    if request.method == "POST" and "file" in request.FILES:
        actions.attach(request.actor, kind, object_id, file=request.FILES["file"])
    rows = reads.documents_visible_to(request.actor, kind, object_id)
    context = {"kind": kind, "object_id": object_id, "documents": rows}
    return render(request, "kernel/documents.html", context)


@require_GET
def document(request: HttpRequest, document: int) -> FileResponse:
    """A file, always as a download: nothing that people upload runs in our pages."""
    row = reads.document_visible_to(request.actor, document)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)


@require_POST
def remove_document(request: HttpRequest, document: int) -> HttpResponse:
    row = actions.remove_document(request.actor, document)
    rows = reads.documents_visible_to(request.actor, row.kind, row.object_id)
    context = {"kind": row.kind, "object_id": row.object_id, "documents": rows}
    return render(request, "kernel/documents.html", context)


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    rows = reads.audit_visible_to(request.actor, **reads.audit_filter(request.GET))
    return render(request, "kernel/audit.html", {"page": page_of(request, rows, 50), "deeds": reads.deeds()})


def _demo_only() -> None:
    if not settings.HEDU_DEMO:
        raise Http404


@require_GET
def demo_people(request: HttpRequest) -> HttpResponse:
    _demo_only()
    context = {"people": reads.demo_people(60), "next": request.headers.get("HX-Current-URL", "/")}
    return render(request, "kernel/demo_people.html", context)


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click into the demo as one of its people. Exists in demo mode only."""
    _demo_only()
    person = User.objects.filter(username=request.POST.get("username", ""), is_active=True).first()
    if person is None:
        raise Http404
    spoken = "en" if request.lang == "en" else "zh-hans"
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    if person.language != spoken:
        actions.set_preferences(actor_of(person), language=spoken)
    return back(request)
