'''A verb -> permission, transaction, audit row, event on commit, and a place in every door.

How an app is written (flat files, each may import only those left of it):

    rules.py <- models.py <- reads.py <- actions.py <- forms.py <- views.py <- urls.py

    # reads.py: nothing else gives objects to views
    def visible_to(actor: Actor) -> QuerySet[Board]: ...

    @read(doors={"rest"})                      # GET /api/dashboards/boards?q=…   (kernel.reading)
    def boards(actor: Actor, q: str = "") -> list[dict[str, Any]]:
        """Boards the person may open."""

    # actions.py: every write
    def may_edit(actor: Actor, board: int, **_: Any) -> bool:
        return actor.is_admin or reads.visible_to(actor).filter(pk=board, owner_id=actor.user_id).exists()

    @action(may=may_edit, doors={"page", "rest"}, event="dashboards.renamed")
    def rename(actor: Actor, board: int, *, name: str) -> Board:
        """Give a board another name."""       # the docstring and type hints become REST, CLI and OpenAPI
        row = found(reads.visible_to(actor), pk=board)          # kernel.reading.found: NotFound for the unseen
        before = {"name": row.name}
        row.name = name
        row.save()
        record("board", row.pk, row.name, before=before, after={"name": name})
        return row

    # views.py: request.actor is the Actor, request.lang "zh" or "en"; call the action, then render or redirect
    def rename_view(request: HttpRequest, board: int) -> HttpResponse:
        actions.rename(request.actor, board, name=request.POST["name"])

`may(actor, …)` gets what the verb gets, by keyword; false raises Denied (audited). HeduErrors may rise through a
view: they become a page, a toast (htmx) or problem+json. Optional modules of an app: nav.py (NAV), subjects.py
(SUBJECTS: what can be commented), subscribers.py (SUBSCRIBERS). Wordings: see kernel/wordings.py.
'''

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, wraps
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import DataError, models, transaction

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.events import Event, publish
from hedu.center.kernel.models import Audit
from hedu.center.kernel.passage import Door, present, through
from hedu.center.kernel.plain import plain
from hedu.errors import Denied, QueryError

_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_LARGEST = 2**63
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Action:
    """One verb of one app with what it takes to do it."""

    app: str
    verb: str
    may: Callable[..., bool]
    doors: frozenset[Door]
    event: str | None
    idempotent: bool
    secret: frozenset[str]
    call: Callable[..., Any]
    promise: str

    @property
    def name(self) -> str:
        return f"{self.app}.{self.verb}"

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """Inputs without the actor, annotations resolved."""
        signature = inspect.signature(self.call, eval_str=True)
        return {name: item for name, item in signature.parameters.items() if name != "actor"}


@dataclass(slots=True)
class _Deed:
    """What a running action has recorded so far."""

    rows: list[dict[str, Any]] = field(default_factory=list)


_running: ContextVar[_Deed | None] = ContextVar("deed", default=None)


def record(
    kind: str, object_id: object, name: str = "", *, before: Any = None, after: Any = None, note: str = ""
) -> None:
    """Inside an action: this object changed from `before` to `after`. Each call is an audit row."""
    deed = _running.get()
    assert deed is not None, "record() belongs inside an action"
    deed.rows.append(
        {
            "kind": kind,
            "object_id": str(object_id),
            "object_name": name[:200],
            "before": plain(before),
            "after": plain(after),
            "note": note[:400],
        }
    )


def action(
    *,
    may: Callable[..., bool],
    doors: set[Door],
    event: str | None = None,
    idempotent: bool = False,
    secret: tuple[str, ...] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function of `(actor, …)` the one way to do this deed.

    `secret` names inputs that the audit must not keep. `idempotent` lets doors take an Idempotency-Key.
    """

    def decorate(verb: Callable[P, R]) -> Callable[P, R]:
        spec = Action(
            app=verb.__module__.split(".")[2],
            verb=verb.__name__,
            may=may,
            doors=frozenset(doors),
            event=event,
            idempotent=idempotent,
            secret=frozenset(secret),
            call=verb,
            promise=inspect.getdoc(verb) or "",
        )
        signature = inspect.signature(verb)

        @wraps(verb)
        def deed(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            inputs = dict(bound.arguments)
            return _do(spec, inputs.pop("actor"), inputs)

        deed.action = spec  # type: ignore[attr-defined]
        return deed

    return decorate


def _do(spec: Action, actor: Actor, inputs: dict[str, Any]) -> Any:
    passage = present()
    nested = bool(passage.deed)
    if not nested and passage.door != "system" and passage.door not in spec.doors:
        raise Denied("action-not-at-this-door", action=spec.name, door=passage.door)
    if not spec.may(actor, **inputs):
        _audit_denied(spec, actor, inputs)
        raise Denied("action-denied", action=spec.name, who=actor.name)
    if not nested:
        _require_storable(inputs)
    try:
        with through(passage.door, passage.request_id, spec.name), transaction.atomic(), _recording() as deed:
            result = spec.call(actor, **inputs)
            rows = deed.rows or [_of_result(result)]
            _audit(spec, actor, inputs, rows)
            if spec.event:
                publish(Event(spec.event, actor, {"inputs": inputs, "result": result, "objects": tuple(rows)}))
    except DataError as error:  # only databases that hold columns to their length raise it
        raise QueryError("value-too-long", action=spec.name) from error
    return result


def _require_storable(inputs: Mapping[str, Any]) -> None:
    """Refuse what no database keeps: texts with a NUL or half a character, whole numbers of more than 64 bits, numbers
    without an end. QueryError text-not-storable, number-not-storable, number-not-finite."""
    for name, value in inputs.items():
        for part in _parts(value):
            match part:
                case str() if _NOT_STORABLE.search(part):
                    raise QueryError("text-not-storable", name=name)
                case int() if not -_LARGEST <= part < _LARGEST:
                    raise QueryError("number-not-storable", name=name)
                case float() | Decimal() if not math.isfinite(part):
                    raise QueryError("number-not-finite", name=name)


def _parts(value: Any) -> Iterator[Any]:
    """The plain values in what a deed was given, keys included."""
    match value:
        case Mapping():
            for pair in value.items():
                yield from _parts(pair)
        case list() | tuple():
            for one in value:
                yield from _parts(one)
        case _:
            yield value


@contextmanager
def _recording() -> Iterator[_Deed]:
    deed = _Deed()
    token = _running.set(deed)
    try:
        yield deed
    finally:
        _running.reset(token)


def _of_result(result: Any) -> dict[str, Any]:
    """The audit row of an action that recorded nothing itself: upon what it returned."""
    if isinstance(result, models.Model):
        return {
            "kind": result._meta.model_name,
            "object_id": str(result.pk),
            "object_name": str(result)[:200],
        }
    return {}


def _audit(spec: Action, actor: Actor, inputs: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    common = _common(spec, actor, inputs)
    Audit.objects.bulk_create([Audit(**common, **row) for row in rows])


def _audit_denied(spec: Action, actor: Actor, inputs: dict[str, Any]) -> None:
    Audit.objects.create(**_common(spec, actor, inputs), outcome=Audit.Outcome.DENIED)


def _common(spec: Action, actor: Actor, inputs: dict[str, Any]) -> dict[str, Any]:
    passage = present()
    return {
        "user_id": actor.user_id,
        "who": actor.name[:60],
        "deed": spec.name,
        "door": passage.door,
        "request_id": passage.request_id,
        "inputs": {key: "…" if key in spec.secret else plain(value) for key, value in inputs.items()},
    }


@cache
def actions() -> Mapping[str, Action]:
    """Every action by name ("catalog.publish"), from the modules that settings.HEDU_ACTION_MODULES lists."""
    table: dict[str, Action] = {}
    for module in settings.HEDU_ACTION_MODULES:
        for value in vars(import_module(module)).values():
            spec = getattr(value, "action", None)
            if isinstance(spec, Action) and module.startswith(f"hedu.center.{spec.app}."):
                table[spec.name] = spec
    return table


def perform(name: str) -> Callable[..., Any]:
    """The callable deed of that name, with permission, transaction and audit around it."""
    spec = actions()[name]
    module = import_module(spec.call.__module__)
    deed: Callable[..., Any] = getattr(module, spec.verb)
    return deed
