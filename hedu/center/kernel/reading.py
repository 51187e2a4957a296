"""A read -> a row the actor may see, a page of rows, or an answer for programs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal, ParamSpec, TypeVar

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from hedu.center.kernel.passage import Door
from hedu.errors import NotFound

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)
KEY_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Read:
    """One question of one app that programs may ask; parameters come from the type hints."""

    app: str
    noun: str
    doors: frozenset[Door]
    method: Literal["GET", "POST"]
    call: Callable[..., Any]
    promise: str

    @property
    def name(self) -> str:
        return f"{self.app}.{self.noun}"

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        signature = inspect.signature(self.call, eval_str=True)
        return {name: item for name, item in signature.parameters.items() if name != "actor"}


def read(*, doors: set[Door], method: Literal["GET", "POST"] = "GET") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let programs call a function of `(actor, …)` in reads.py; it must go through visible_to."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        function.read = Read(  # type: ignore[attr-defined]
            app=function.__module__.split(".")[2],
            noun=function.__name__,
            doors=frozenset(doors),
            method=method,
            call=function,
            promise=inspect.getdoc(function) or "",
        )
        return function

    return decorate


@cache
def readings() -> Mapping[str, Read]:
    """Every such read by name, from the modules that settings.HEDU_READ_MODULES lists."""
    table: dict[str, Read] = {}
    for module in settings.HEDU_READ_MODULES:
        for value in vars(import_module(module)).values():
            spec = getattr(value, "read", None)
            if isinstance(spec, Read) and module.startswith(f"hedu.center.{spec.app}."):
                table[spec.name] = spec
    return table


def found(rows: QuerySet[M], *, lock: bool = False, **which: Any) -> M:
    """The one row of `rows` (already cut to what the actor sees) that matches, else NotFound."""
    if lock:
        rows = rows.select_for_update()
    try:
        row = rows.filter(**which).first()
    except (ValueError, TypeError):
        row = None
    if row is None:
        shown = "、".join(str(value) for value in which.values())
        raise NotFound("not-found", kind=str(rows.model._meta.verbose_name), name=shown)
    return row


def whole(text: str) -> int | None:
    """A written whole number that can be a key; None for any other text.

    >>> whole("12"), whole("²"), whole("9" * 5000)
    (12, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < KEY_DIGITS else None


def page_of(request: HttpRequest, rows: Any, size: int = 30) -> Page[Any]:
    """The page that ?page= asks for; nonsense and too far give the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
