"""Pages before and around signing in: health, language and theme, the demo's people."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from hedu.center.kernel import actions, reads
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.middleware import LANGUAGE_COOKIE
from hedu.center.kernel.models import User
from hedu.version import __version__


def back(request: HttpRequest, default: str = "/") -> HttpResponse:
    """To where the form says it came from, if that is on this site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return HttpResponseRedirect(target)  # redirect() would take a path for the name of a route
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
