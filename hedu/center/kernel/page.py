"""Request -> what every page needs around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

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
        "site_zone": settings.TIME_ZONE,
        "is_demo": settings.HEDU_DEMO,
        "is_built": checks.is_built(),
        "nav": _nav(request, actor) if signed_in else (),
        "unread": user.notifications.filter(read_at=None).count() if signed_in else 0,
    }


def _nav(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """The side bar's groups with the entries that the actor may see; empty groups are left out."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name, _label in nav.GROUPS}
    for entry in nav.entries():
        if entry.shown(actor):
            path = reverse(entry.url)
            lit = request.path == path if path == "/" else request.path.startswith(path)
            count = entry.count(actor) if entry.count else 0
            item = {"path": path, "icon": entry.icon, "label": entry.label, "lit": lit, "count": count}
            found[entry.group].append(item)
    return [{"label": label, "entries": found[name]} for name, label in nav.GROUPS if found[name]]
