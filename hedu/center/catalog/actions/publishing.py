"""Drafts and folders -> published versions; renaming, retiring, bringing back."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from hedu.center.catalog import reads, serving
from hedu.center.catalog.actions.drafts import may_change
from hedu.center.catalog.actions.telling import tell_published, tell_retired
from hedu.center.catalog.actions.versions import (
    MODELS,
    AnyEntry,
    Proposed,
    lock_catalog,
    publish_pieces,
)
from hedu.center.catalog.models import DefinitionVersion, Draft, Metric
from hedu.center.catalog.texts import Piece, pieces_of, renamed, single
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found
from hedu.define.names import fault_of
from hedu.define.write import write
from hedu.errors import Conflict, DefinitionError


def may_edit_metric(actor: Actor, metric: str, **_: Any) -> bool:
    """Those who edit for the owning department."""
    return reads.may_edit_for(actor, reads.metric_named(actor, metric).department_id)


def may_apply(actor: Actor, **_: Any) -> bool:
    """Those who edit anywhere; each definition is then checked against its own department."""
    return actor.is_admin or bool(reads.edited_departments(actor))


@action(may=may_change, doors={"page", "rest", "cli"}, event="catalog.published")
def publish(
    actor: Actor, draft: str, *, valid_from: date | None = None, note: str = "", approval: str = ""
) -> DefinitionVersion:
    """Make a draft the published version, effective from a date (today unless said). It can never be changed again.

    The whole catalog must load with it. A draft begun from an older version is refused: look at what changed first.
    """
    lock_catalog()
    row = found(reads.drafts_visible_to(actor), lock=True, pk=draft)
    entry = found(MODELS[row.kind]._default_manager.all(), pk=row.entry_id) if row.entry_id else None
    if entry is not None and entry.head_id != row.base_id:
        raise Conflict("draft-out-of-date", name=row.name)
    piece = single(row.text, serving.file_of(row.kind, row.name or "definition"))
    if row.base and row.base.text == piece.text:
        raise Conflict("nothing-changed", name=piece.name)
    if piece.kind != row.kind:
        raise Conflict("kind-changed", name=piece.name, before=row.kind, after=piece.kind)
    version = publish_pieces(actor, [Proposed(piece, entry)], valid_from=valid_from, note=note, approval=approval)[0]
    Draft.objects.filter(pk=row.pk).delete()
    if row.base and row.base.digest != version.digest:
        tell_published(actor, version)
    return version


@action(may=may_apply, doors={"rest", "cli"}, event="catalog.published", secret=("texts",))
def apply_texts(
    actor: Actor,
    texts: dict[str, str],
    *,
    note: str = "",
    valid_from: date | None = None,
    prune: bool = False,
    approval: str = "",
) -> list[DefinitionVersion]:
    """Publish a folder of definitions at once, all or nothing. `prune` retires metrics the folder does not hold.

    What is unchanged stays at its version. See `plan_texts` for what would happen. The audit keeps the versions made,
    not the folder once more.
    """
    lock_catalog()
    pieces, problems = pieces_of(texts)
    if problems:
        raise DefinitionError.of(problems)
    rows = reads.rows_for(pieces)
    proposed = [Proposed(piece, rows[piece]) for piece in pieces if _differs(piece, rows[piece])]
    kept = {row.pk for row in rows.values() if row is not None}
    retire = list(Metric.objects.filter(is_retired=False).exclude(pk__in=kept)) if prune else []
    if not proposed and not retire:
        return []
    return publish_pieces(actor, proposed, retire=retire, valid_from=valid_from, note=note, approval=approval)


@action(may=may_edit_metric, doors={"page", "rest", "cli"}, event="catalog.published")
def rename(actor: Actor, metric: str, *, name: str, note: str = "") -> DefinitionVersion:
    """Give a metric another name. Its id, history and uses stay; metrics built on it are published with it."""
    lock_catalog()
    row = reads.metric_named(actor, metric)
    if row.is_retired:
        raise Conflict("already-retired", name=row.name)
    fault = fault_of(name)
    if fault:
        raise DefinitionError(fault, name=name)
    model = serving.served().workspace.model
    definition = dataclasses.replace(model.metrics[row.name].definition, name=name)
    proposed = [Proposed(_canonical(definition), row)]
    users = [user for user, parts in model.uses.items() if row.name in parts]
    for other in Metric.objects.filter(name__in=users, is_retired=False):
        changed = renamed(model.metrics[other.name].definition, row.name, name)
        proposed.append(Proposed(_canonical(changed), other))
    return publish_pieces(_for_dependents(actor), proposed, note=note or f"{row.name} → {name}")[0]


@action(may=may_edit_metric, doors={"page", "rest", "cli"}, event="catalog.published")
def retire(actor: Actor, metric: str, *, note: str = "") -> Metric:
    """Take a metric out of use. Refused while other metrics are built on it; its history stays."""
    lock_catalog()
    row = reads.metric_named(actor, metric)
    if row.is_retired:
        raise Conflict("already-retired", name=row.name)
    model = serving.served().workspace.model
    users = sorted(user for user, parts in model.uses.items() if row.name in parts)
    if users:
        raise Conflict("metric-built-upon", name=row.name, metrics=users)
    publish_pieces(actor, [], retire=[row], note=note)
    tell_retired(actor, row, note)
    return row


@action(may=may_edit_metric, doors={"page", "rest", "cli"}, event="catalog.published")
def restore(actor: Actor, metric: str, *, note: str = "") -> DefinitionVersion:
    """Bring a retired metric back, as a new version of its last text."""
    lock_catalog()
    row = reads.metric_named(actor, metric)
    if not row.is_retired or row.head is None:
        raise Conflict("not-retired", name=row.name)
    return publish_pieces(actor, [Proposed(single(row.head.text), row)], note=note)[0]


def _differs(piece: Piece, row: AnyEntry | None) -> bool:
    return row is None or row.is_retired or row.head is None or row.head.text != piece.text


def _canonical(definition: Any) -> Piece:
    return Piece("metric", definition.name, definition, write(definition))


def _for_dependents(actor: Actor) -> Actor:
    """The same person with the right to carry a new name into metrics of other departments: their meaning stays."""
    return dataclasses.replace(actor, is_admin=True)
