"""Texts over the published catalog -> what would change, what would break, what the numbers would be."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import hedu
from hedu.alignment.change import Change, Effect, Risk, changes, greatest
from hedu.center.catalog import serving
from hedu.center.catalog.models import DatasetEntry, DefinitionVersion, Metric, WorkspaceEntry
from hedu.center.catalog.reads.asking import Asker, asker, result_json
from hedu.center.catalog.reads.entries import may_edit_for
from hedu.center.catalog.texts import Piece, department_of, named, pieces_of, single
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import read
from hedu.define.definitions import MetricDef, Reported
from hedu.errors import Conflict, Denied, HeduError, Problem

_ENTRIES: tuple[tuple[str, Any], ...] = (
    ("metric", Metric),
    ("dataset", DatasetEntry),
    ("workspace", WorkspaceEntry),
)
_OVERLAYS_KEPT = 8
PREVIEW_PERIODS = 12


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """What would happen to one definition. `is_meaning`: its numbers may differ afterwards."""

    kind: str
    name: str
    effect: Effect
    changes: tuple[Change, ...] = ()
    is_yours: bool = True

    @property
    def is_meaning(self) -> bool:
        return any(change.is_meaning for change in self.changes)

    @property
    def risk(self) -> Risk:
        return "breaking" if self.effect == "removed" else greatest(change.risk for change in self.changes)


@dataclass(frozen=True, slots=True)
class Planned:
    """A folder compared with the catalog, and every problem the result would have."""

    items: tuple[PlannedItem, ...]
    problems: tuple[Problem, ...]


def rows_for(pieces: Iterable[Piece]) -> dict[Piece, Any]:
    """The entry each piece is a new version of: by its id, else by its name; None for something new."""
    wanted = list(pieces)
    found: dict[Piece, Any] = {}
    for kind, model in _ENTRIES:
        mine = [piece for piece in wanted if piece.kind == kind]
        rows = list(model._default_manager.select_related("head")) if mine else []
        by_id, by_name = {row.pk: row for row in rows}, {row.name: row for row in rows}
        for piece in mine:
            given = getattr(piece.definition, "id", None)
            found[piece] = by_id.get(given) or by_name.get(piece.name)
    return found


def plan_texts(actor: Actor, texts: Mapping[str, str | bytes], *, prune: bool = False) -> Planned:
    """What publishing these texts would do, without doing it."""
    pieces, problems = pieces_of(texts)
    rows = rows_for(pieces)
    published = serving.published_texts()
    items = [_planned(actor, piece, rows[piece]) for piece in pieces]
    for piece in pieces:
        if rows[piece] is not None:
            published.pop(serving.file_of(piece.kind, rows[piece].name), None)
    published |= {serving.file_of(piece.kind, piece.name): piece.text for piece in pieces}
    if prune:
        kept = {row.pk for row in rows.values() if row is not None}
        gone = Metric.objects.filter(is_retired=False).exclude(pk__in=kept).values_list("name", flat=True)
        items += [PlannedItem("metric", name, "removed") for name in gone]
        for name in gone:
            published.pop(serving.file_of("metric", name), None)
    if not problems:
        problems = fresh_problems(serving.load(published))
    return Planned(tuple(items), tuple(problems))


def fresh_problems(workspace: hedu.Workspace) -> tuple[Problem, ...]:
    """The problems of `workspace` that the served catalog has not."""
    known = {str(problem) for problem in serving.served().workspace.problems}
    return tuple(problem for problem in workspace.problems if str(problem) not in known)


@read(doors={"rest", "cli"}, method="POST")
def plan(actor: Actor, texts: dict[str, str], prune: bool = False) -> dict[str, Any]:
    """What publishing a folder of definitions would change, field by field, and every problem it would have."""
    planned = plan_texts(actor, texts, prune=prune)
    lang = "en" if actor.lang == "en" else "zh"
    return {
        "items": [
            {
                "kind": item.kind,
                "name": item.name,
                "effect": item.effect,
                "risk": item.risk,
                "meaning": item.is_meaning,
                "yours": item.is_yours,
                "changes": [
                    {
                        "field": change.title(lang),
                        "path": change.path,
                        "before": change.before,
                        "after": change.after,
                        "risk": change.risk,
                        "reason": change.reason.text(lang),
                    }
                    for change in item.changes
                ],
            }
            for item in planned.items
        ],
        "problems": [problem.as_json(lang) for problem in planned.problems],
    }


@read(doors={"rest", "cli"})
def pull(actor: Actor) -> dict[str, str]:
    """Every published definition as a file: name -> text. Hidden datasets are left out."""
    hidden = {serving.file_of("dataset", name) for name in asker(actor).access.hidden}
    return {name: text for name, text in serving.published_texts().items() if name not in hidden}


def version_changes(older: DefinitionVersion | None, newer: DefinitionVersion) -> tuple[Change, ...]:
    """What a version changed, field by field."""
    before = _definition(older.text) if older else None
    return changes(before, _definition(newer.text))


def check_text(actor: Actor, text: str, *, kind: str = "metric", replaces: str = "") -> dict[str, Any]:
    """A draft's text as the editor needs it: every problem with its line, and what it would change."""
    lang = "en" if actor.lang == "en" else "zh"
    name = named(text)[1] or replaces or "draft"
    file = serving.file_of(kind, name)
    try:
        piece = single(text, file)
        problems = fresh_problems(overlay(piece.kind, piece.name, text, replaces))
    except HeduError as error:
        return {"ok": False, "problems": [_marked(problem, file, lang) for problem in error.problems]}
    return {
        "ok": not problems,
        "name": piece.name,
        "kind": piece.kind,
        "problems": [_marked(problem, file, lang) for problem in problems],
    }


def preview_text(actor: Actor, text: str, *, replaces: str = "") -> dict[str, Any]:
    """A draft metric's values by period beside those published now, as far as the actor may see them."""
    piece = single(text)
    if not isinstance(piece.definition, MetricDef):
        raise Conflict("preview-needs-metric", name=piece.name)
    now = asker(actor)
    _require_known_source(now, piece.definition, replaces)
    then = Asker(actor, _served_with(piece, replaces, now.served), now.access)
    by = f"metric_time.{grain_of(piece.definition)}"
    lang = "en" if actor.lang == "en" else "zh"
    after = result_json(_recent(then, piece.name, by), lang, actor)
    before = None
    if replaces and replaces in now.workspace.model.metrics:
        before = result_json(_recent(now, replaces, by), lang, actor)
    return {"kind": "line", "data": _side_by_side(after, before, lang)}


def _require_known_source(now: Asker, definition: MetricDef, replaces: str) -> None:
    """Policies bind by a dataset's name: values handed in elsewhere than now might be rows they hide."""
    body, served = definition.body, now.workspace.model.metrics.get(replaces)
    if not isinstance(body, Reported) or body.source is None or now.actor.is_admin:
        return
    if served is None or not isinstance(served.body, Reported) or served.body.source != body.source:
        raise Denied("preview-unsigned", dataset=definition.name)


def _side_by_side(after: dict[str, Any], before: dict[str, Any] | None, lang: str) -> dict[str, Any]:
    """One answer with the published and the draft's values by period."""
    period, value = after["columns"]
    told = {**value, "label": "草稿" if lang == "zh" else "Draft"}
    if before is None:
        return {**after, "columns": [period, told], "rows": sorted(after["rows"], key=_first)}
    old = {**before["columns"][1], "name": "published", "label": "已发布" if lang == "zh" else "Published"}
    then, now = dict(after["rows"]), dict(before["rows"])
    rows = [[at, now.get(at), then.get(at)] for at in sorted({*then, *now}, key=str)]
    return {**after, "columns": [period, old, told], "rows": rows}


def _first(row: list[Any]) -> str:
    return str(row[0])


def overlay(kind: str, name: str, text: str, replaces: str = "") -> hedu.Workspace:
    """The published catalog with one text laid over it."""

    def texts() -> dict[str, str]:
        found = serving.published_texts()
        if replaces:
            found.pop(serving.file_of(kind, replaces), None)
        return found | {serving.file_of(kind, name): text}

    return laid_over((kind, name, replaces, hashlib.sha256(text.encode()).hexdigest()), texts)


def laid_over(key: tuple[str, ...], texts: Callable[[], dict[str, str]]) -> hedu.Workspace:
    """The catalog of `texts`, which `key` names together with what is published now. The last few are kept."""
    full = (serving.mark_now(), *key)
    with _lock:
        if full in _overlays:
            _overlays.move_to_end(full)
            return _overlays[full]
    workspace = serving.load(texts())
    with _lock:
        _overlays[full] = workspace
        while len(_overlays) > _OVERLAYS_KEPT:
            _overlays.popitem(last=False)
    return workspace


def grain_of(metric: MetricDef) -> str:
    """The grain a metric is looked at by default: months, or what it is reported at."""
    return metric.body.grain if isinstance(metric.body, Reported) else "month"


_lock = threading.Lock()
_overlays: OrderedDict[tuple[str, ...], hedu.Workspace] = OrderedDict()


def _served_with(piece: Piece, replaces: str, served: serving.Served) -> serving.Served:
    workspace = overlay(piece.kind, piece.name, piece.text, replaces)
    return replace(served, workspace=workspace)


def _recent(who: Asker, metric: str, by: str) -> Any:
    return who.workspace.ask(metric, by=by, order=f"-{by}", limit=PREVIEW_PERIODS, access=who.access, timeout=15.0)


def _planned(actor: Actor, piece: Piece, row: Any) -> PlannedItem:
    if row is None or row.head is None:
        return PlannedItem(
            piece.kind, piece.name, "added", changes(None, piece.definition), _is_yours(actor, piece, None)
        )
    made = changes(_definition(row.head.text), piece.definition)
    effect: Effect = "changed" if made or row.is_retired else "unchanged"
    return PlannedItem(piece.kind, piece.name, effect, made, _is_yours(actor, piece, row))


def _is_yours(actor: Actor, piece: Piece, row: Any) -> bool:
    if piece.kind == "workspace":
        return actor.is_admin
    if row is not None:
        return may_edit_for(actor, row.department_id)
    from hedu.center.people.reads import department_named

    owner = department_named(department_of(piece.definition) or "")
    return may_edit_for(actor, owner.pk if owner else None)


def _definition(text: str) -> Any:
    pieces, _ = pieces_of({"version.yml": text})
    return pieces[0].definition if pieces else None


def _marked(problem: Problem, file: str, lang: Any) -> dict[str, Any]:
    told = problem.as_json(lang)
    own = problem.where is not None and problem.where.file == file
    told |= {"line": problem.where.line if own and problem.where else None, "own": own}
    told["col"] = problem.where.col if own and problem.where else None
    return told
