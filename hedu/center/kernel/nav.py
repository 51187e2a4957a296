"""The side bar: each app names its entries in nav.py as NAV, a tuple of Entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hedu.center.kernel import inbox
from hedu.center.kernel.actor import Actor


def everybody(actor: Actor) -> bool:
    return not actor.is_anonymous


def administrators(actor: Actor) -> bool:
    return actor.is_admin


GROUPS = (("main", ""), ("define", _("口径与数据")), ("admin", _("管理")))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a url name, an icon of frontend/icons.json, a lazy label, its place (smaller is higher).

    An entry is lit on pages whose path starts with its own; `group` is one of GROUPS; `count` is shown beside it.
    """

    url: str
    icon: str
    label: Any
    order: int
    group: str = "main"
    shown: Callable[[Actor], bool] = everybody
    count: Callable[[Actor], int] | None = None


def waiting(actor: Actor) -> int:
    """How many tasks wait for the actor."""
    return inbox.open_tasks(actor).order_by().count()


NAV = (
    Entry("kernel:inbox", "inbox", _("收件箱"), 12, count=waiting),
    Entry("kernel:channels", "send", _("通知渠道"), 94, "admin", administrators),
    Entry("kernel:jobs", "bolt", _("后台任务"), 93, "admin", administrators),
    Entry("api_docs", "plug", _("程序接口"), 98, "admin", administrators),
    Entry("kernel:audit", "history", _("操作记录"), 95, "admin", administrators),
)


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry of every app, in order."""
    found = [entry for module in settings.HEDU_NAV_MODULES for entry in import_module(module).NAV]
    return tuple(sorted(found, key=lambda entry: entry.order))
