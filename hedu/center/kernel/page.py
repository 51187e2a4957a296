"""Request -> what every page needs around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from hedu.center.kernel import checks, nav
from hedu.center.kernel.actor import ANONYMOUS, Actor


def context(request: HttpRequest) -> dict[str, Any]:
    """actor, lang, theme, nav, site: for templates."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    user: Any = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "actor": actor,
        "lang": getattr(request, "lang", "zh"),
        "theme": user.theme if signed_in else "auto",
        "site_name": settings.HEDU_NAME or ("Hedu" if getattr(request, "lang", "") == "en" else "合度"),
        "is_demo": settings.HEDU_DEMO,
        "is_built": checks.is_built(),
        "nav": _nav(request, actor) if signed_in else (),
        "unread": user.notifications.filter(read_at=None).count() if signed_in else 0,
    }


def _nav(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    shown = []
    for entry in nav.entries():
        if not entry.shown(actor):
            continue
        try:
            path = reverse(entry.url)
        except NoReverseMatch:
            continue
        lit = request.path == path if path == "/" else request.path.startswith(path)
        shown.append({"path": path, "icon": entry.icon, "label": entry.label, "group": entry.group, "lit": lit})
    return shown
