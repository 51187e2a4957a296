"""Drafts, folders, new names, older versions -> the change set that would make them so."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import hedu
from hedu.alignment.change import Change, changes
from hedu.alignment.merge import Dispute, disputes, merge
from hedu.center.catalog import serving
from hedu.center.catalog.changeset import ChangeSet, Wanted
from hedu.center.catalog.models import DatasetEntry, DefinitionVersion, Draft, Metric, WorkspaceEntry
from hedu.center.catalog.reads.planning import laid_over, rows_for
from hedu.center.catalog.texts import Piece, pieces_of, pointed, renamed, single
from hedu.define.definitions import DatasetDef
from hedu.define.names import fault_of
from hedu.define.write import write
from hedu.errors import Conflict, DefinitionError
from hedu.model.resting import users_of

SIDES = ("theirs", "mine")
ENTRIES: dict[str, Any] = {"metric": Metric, "dataset": DatasetEntry, "workspace": WorkspaceEntry}


def draft_wanted(draft: Draft, valid_from: date | None = None) -> ChangeSet:
    """The draft as it stands. Errors: draft-out-of-date, nothing-changed, kind-changed, and those of its text."""
    entry = ENTRIES[draft.kind].objects.filter(pk=draft.entry_id).first() if draft.entry_id else None
    if entry is not None and entry.head_id != draft.base_id:
        raise Conflict("draft-out-of-date", name=draft.name)
    piece = single(draft.text, serving.file_of(draft.kind, draft.name or "definition"))
    if draft.base and draft.base.text == piece.text:
        raise Conflict("nothing-changed", name=piece.name)
    if piece.kind != draft.kind:
        raise Conflict("kind-changed", name=piece.name, before=draft.kind, after=piece.kind)
    return ChangeSet((_wanted(piece, entry),), valid_from)


def texts_wanted(texts: Mapping[str, str], *, prune: bool = False, valid_from: date | None = None) -> ChangeSet:
    """A folder: what differs from the catalog; with `prune` the metrics it does not hold go out of use."""
    pieces, problems = pieces_of(texts)
    if problems:
        raise DefinitionError.of(problems)
    rows = rows_for(pieces)
    items = [_wanted(piece, rows[piece]) for piece in pieces if differs(piece, rows[piece])]
    if prune:
        kept = {row.pk for row in rows.values() if row is not None}
        gone = Metric.objects.filter(is_retired=False).exclude(pk__in=kept).order_by("name")
        items += [retirement(row) for row in gone]
    return ChangeSet(tuple(items), valid_from)


def rename_wanted(row: Metric, name: str) -> ChangeSet:
    """The metric under another name, and the metrics built on it following."""
    if row.is_retired:
        raise Conflict("already-retired", name=row.name)
    fault = fault_of(name)
    if fault:
        raise DefinitionError(fault, name=name)
    if name == row.name:
        raise Conflict("nothing-changed", name=row.name)
    model = serving.served().workspace.model
    definition = dataclasses.replace(model.metrics[row.name].definition, name=name)
    items = [_wanted(_canonical(definition), row)]
    users = users_of(model, row.name)
    for other in Metric.objects.filter(name__in=users, is_retired=False).order_by("name"):
        before = model.metrics[other.name].definition
        after = renamed(before, row.name, name)
        items += [_wanted(_canonical(after), other)] if after != before else []
    for place in DatasetEntry.objects.filter(is_retired=False).order_by("name"):
        held = model.datasets[place.name].definition if place.name in model.datasets else None
        if held is not None and any(one.metric == row.name for one in held.dimensions):
            items.append(_wanted(_canonical(pointed(held, row.name, name)), place))
    return ChangeSet(tuple(items))


def retirement_wanted(row: Metric) -> ChangeSet:
    """The metric out of use. Errors: already-retired, metric-built-upon."""
    if row.is_retired:
        raise Conflict("already-retired", name=row.name)
    model = serving.served().workspace.model
    users = sorted(users_of(model, row.name))
    if users:
        raise Conflict("metric-built-upon", name=row.name, metrics=users)
    return ChangeSet((retirement(row),))


def restoration_wanted(row: Metric) -> ChangeSet:
    """A retired metric with its last text."""
    if not row.is_retired or row.head is None:
        raise Conflict("not-retired", name=row.name)
    return ChangeSet((_wanted(single(row.head.text), row),))


def earlier_wanted(row: Any, number: int) -> ChangeSet:
    """An earlier version's text, as the next version. NotFound comes from whoever reads the version."""
    older = DefinitionVersion.objects.filter(entry_id=row.pk, number=number).first()
    if older is None or older.pk == row.head_id:
        raise Conflict("nothing-changed", name=row.name)
    return ChangeSet((Wanted(older.kind, row.pk, older.name, older.text, row.head_id, row.is_retired),))


def retirement(row: Metric) -> Wanted:
    return Wanted("metric", row.pk, row.name, "", row.head_id)


def differs(piece: Piece, row: Any) -> bool:
    """Whether publishing the piece would change anything."""
    return row is None or row.is_retired or row.head is None or row.head.text != piece.text


def entries_of(change: ChangeSet) -> dict[str, Any]:
    """The rows that a change set replaces, by id."""
    found: dict[str, Any] = {}
    for kind, model in ENTRIES.items():
        ids = [item.entry for item in change.items if item.kind == kind and item.entry]
        if ids:
            found |= {row.pk: row for row in model.objects.select_related("head", "department").filter(pk__in=ids)}
    return found


def moved(change: ChangeSet) -> list[str]:
    """The names of definitions that got another version or went out of use since the change was written."""
    rows = entries_of(change)
    return [item.name for item in change.items if item.entry and _has_moved(item, rows[item.entry])]


def _has_moved(item: Wanted, row: Any) -> bool:
    return bool(row.head_id != item.base or (row.is_retired and not item.restores))


def changes_of(change: ChangeSet) -> dict[Wanted, tuple[Change, ...]]:
    """Each definition's fields against the version the change was written from."""
    bases = DefinitionVersion.objects.in_bulk([item.base for item in change.items if item.base])
    before = {item: definition_of(bases[item.base].text) if item.base in bases else None for item in change.items}
    after = {item: definition_of(item.text) if item.text else None for item in change.items}
    renames = {old.name: after[item].name for item, old in before.items() if old and after[item]}
    renames = {old: new for old, new in renames.items() if old != new}
    return {item: changes(before[item], after[item], renames) for item in change.items}


def merged(
    change: ChangeSet, chosen: Mapping[str, str] | None = None
) -> tuple[ChangeSet | None, dict[str, tuple[str, ...]]]:
    """The change over what is published now; None, and name -> disputed fields, where both touch the same field.

    `chosen` settles them: "name/field" -> "theirs", "mine", or "=" and what it shall be.
    """
    rows = entries_of(change)
    bases = DefinitionVersion.objects.in_bulk([item.base for item in change.items if item.base])
    items, disputed = [], {}
    told = {path: side for path, side in (chosen or {}).items() if side in SIDES or side.startswith("=")}
    for item in change.items:
        row = rows.get(item.entry)
        if row is None or not _has_moved(item, row):
            items.append(item)
            continue
        mine = {
            path.removeprefix(f"{item.name}/"): side for path, side in told.items() if path.startswith(f"{item.name}/")
        }
        is_back = row.is_retired and not item.restores
        if is_back and (item.is_retirement or mine.get("name") == "theirs"):
            continue
        if is_back and mine.pop("name", "") != "mine":
            # Whoever changes it meant it to be in use: they say so. Retiring it twice is nothing.
            disputed[item.name] = ("name",)
            continue
        if item.is_retirement:
            disputed |= {} if mine.get("text") in SIDES else {item.name: ("text",)}
            items += [retirement(row)] if mine.get("text") == "mine" else []
            continue
        found = merge(*_three(bases[item.base].text, row, item), mine)
        if found.disputed:
            disputed[item.name] = found.disputed
        elif row.is_retired or found.text.strip() != row.head.text.strip():
            items.append(Wanted(item.kind, item.entry, item.name, found.text, row.head_id, row.is_retired))
    return (None, disputed) if disputed else (ChangeSet(tuple(items), change.valid_from), {})


def disputes_of(change: ChangeSet) -> dict[str, tuple[Dispute, ...]]:
    """Name -> what people have to settle before the change can be merged with what is published now."""
    rows = entries_of(change)
    bases = DefinitionVersion.objects.in_bulk([item.base for item in change.items if item.base])
    found = {}
    for item in change.items:
        row = rows.get(item.entry)
        if row is None or not _has_moved(item, row) or (row.is_retired and item.is_retirement):
            continue
        base = bases[item.base].text
        if item.is_retirement:
            found[item.name] = (Dispute("text", base, row.head.text, ""),)
            continue
        held = (Dispute("name", base, "", item.text),) if row.is_retired and not item.restores else ()
        found[item.name] = (*held, *disputes(*_three(base, row, item)))
    return {name: told for name, told in found.items() if told}


def _three(base: str, row: Any, item: Wanted) -> tuple[Any, Any, Any]:
    return definition_of(base), definition_of(row.head.text), definition_of(item.text)


def retirements_kept(former: ChangeSet, named: Collection[str]) -> tuple[Wanted, ...]:
    """What the former change took out of use and the new one does not name, over what is published now."""
    rows = entries_of(former)
    kept = [item for item in former.items if item.is_retirement and item.name not in named]
    return tuple(retirement(rows[item.entry]) for item in kept if not rows[item.entry].is_retired)


def definition_of(text: str) -> Any:
    """The one definition in a text that was checked before."""
    return pieces_of({"version.yml": text})[0][0].definition


def texts_with(items: Iterable[Wanted]) -> dict[str, str]:
    """Every published text with these in place of what they replace."""
    wanted = list(items)
    texts = serving.published_texts()
    rows = entries_of(ChangeSet(tuple(wanted)))
    for item in wanted:
        if item.entry in rows:
            texts.pop(serving.file_of(item.kind, rows[item.entry].name), None)
    return texts | {serving.file_of(item.kind, item.name): item.text for item in wanted if item.text}


def overlay_of(change: ChangeSet) -> hedu.Workspace:
    """The published catalog with the change laid over it. Never ask it without somebody's access."""
    return laid_over(("change", change.digest), lambda: texts_with(change.items))


def _wanted(piece: Piece, row: Any) -> Wanted:
    if row is None:
        return Wanted(piece.kind, "", piece.name, piece.text)
    return Wanted(piece.kind, row.pk, piece.name, piece.text, row.head_id, row.is_retired)


def _canonical(definition: Any) -> Piece:
    kind = "dataset" if isinstance(definition, DatasetDef) else "metric"
    return Piece(kind, definition.name, definition, write(definition))
