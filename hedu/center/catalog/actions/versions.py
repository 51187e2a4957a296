"""Checked texts -> immutable versions and a new revision, all or nothing.

Publishes queue behind one another. The catalog that results is loaded as a whole before anything is written,
so that what is published can always be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

import hedu
from hedu.center.catalog import rules, serving
from hedu.center.catalog.actions.guarding import require_rights_hold
from hedu.center.catalog.meaning import standing_digest
from hedu.center.catalog.models import DatasetEntry, DefinitionVersion, Metric, Revision, WorkspaceEntry
from hedu.center.catalog.naming import holders_of
from hedu.center.catalog.texts import Piece, columns_of, department_of
from hedu.center.kernel.action import record
from hedu.center.people.models import Department
from hedu.define.definitions import MetricDef
from hedu.errors import Conflict, DefinitionError, Problem

AnyEntry = Metric | DatasetEntry | WorkspaceEntry
MODELS: dict[str, type[AnyEntry]] = {"metric": Metric, "dataset": DatasetEntry, "workspace": WorkspaceEntry}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A piece to publish for `row` (None: something new)."""

    piece: Piece
    row: AnyEntry | None = None


def publish_pieces(
    proposed: Sequence[Proposed],
    *,
    retire: Sequence[AnyEntry] = (),
    author: int | None = None,
    valid_from: date | None = None,
    note: str = "",
    approval: str = "",
) -> tuple[list[DefinitionVersion], hedu.Workspace]:
    """Publish all of `proposed` and retire `retire` as one revision, inside the running transaction.

    What comes back are the versions, and the catalog as it is from then on.

    Errors: DefinitionError with every problem the catalog would have; Conflict for names and dates that do not
    fit, and for what policies speak of. Nothing is written then.
    """
    owners = {row.code: row for row in Department.objects.all()}
    require_free_names(proposed)
    day = valid_from or timezone.localdate()
    workspace = checked(_texts_with(proposed, retire))
    require_rights_hold(workspace.model)
    revision = Revision.objects.create(author_id=author, note=note)
    versions = _publish_all(author, proposed, revision, day, note, approval, owners)
    for row in retire:
        _retire_one(row, revision)
    drop_outdated_certificates(workspace)
    transaction.on_commit(partial(serving.adopt, revision.mark, workspace))
    return versions, workspace


def lock_catalog() -> None:
    """Wait until no other publish is under way. SQLite has one writer anyway; PostgreSQL locks the last revision."""
    Revision.objects.select_for_update().order_by("-number").first()


def checked(texts: dict[str, str]) -> hedu.Workspace:
    """The catalog of `texts`. DefinitionError where it has problems that the served one has not."""
    workspace = serving.load(texts)
    if workspace.problems:
        known = {_fingerprint(problem) for problem in serving.served().workspace.problems}
        fresh = [problem for problem in workspace.problems if _fingerprint(problem) not in known]
        if fresh:
            raise DefinitionError.of(fresh)
    return workspace


def drop_outdated_certificates(workspace: hedu.Workspace) -> None:
    """A certificate is of a meaning: whatever changed under it, it ends."""
    for row in Metric.objects.exclude(certified_digest=""):
        known = row.name in workspace.model.metrics
        if known and standing_digest(workspace, row.name) == row.certified_digest:
            continue
        row.certified_digest, row.certified_at, row.certified_by = "", None, None
        row.changed_at = timezone.now()
        row.save(update_fields=["certified_digest", "certified_at", "certified_by", "changed_at"])
        record(
            "metric", row.pk, row.name, before={"certified": True}, after={"certified": False}, note="meaning changed"
        )


def _texts_with(proposed: Sequence[Proposed], retire: Iterable[AnyEntry]) -> dict[str, str]:
    texts = serving.published_texts()
    for item in proposed:
        if item.row is not None:
            texts.pop(serving.file_of(item.piece.kind, item.row.name), None)
    for item in proposed:
        texts[serving.file_of(item.piece.kind, item.piece.name)] = item.piece.text
    for row in retire:
        texts.pop(serving.file_of(_kind_of(row), row.name), None)
    return texts


def require_free_names(proposed: Sequence[Proposed]) -> None:
    """Conflict name-taken where another entry holds a name that is wanted, or a metric once held it: whoever still asks
    by that name would be given another number."""
    for kind, model in MODELS.items():
        wanted = [item for item in proposed if item.piece.kind == kind]
        taken = dict(model._default_manager.values_list("name", "pk")) if wanted else {}
        former = holders_of({item.piece.name for item in wanted}) if kind == "metric" and wanted else {}
        for item in wanted:
            holder = taken.setdefault(item.piece.name, former.get(item.piece.name, item.row.pk if item.row else ""))
            if holder and (item.row is None or item.row.pk != holder):
                raise Conflict("name-taken", name=item.piece.name)


def _publish_all(
    author: int | None,
    proposed: Sequence[Proposed],
    revision: Revision,
    day: date,
    note: str,
    approval: str,
    owners: dict[str, Department],
) -> list[DefinitionVersion]:
    """A version for every piece, each entry showing its own; in few statements however many they are."""
    rows = [item.row or _new_row(item.piece) for item in proposed]
    lasts = [row.head for row in rows]
    for last in lasts:
        _require_date(day, last)
    versions = DefinitionVersion.objects.bulk_create(
        DefinitionVersion(
            kind=item.piece.kind,
            entry_id=row.pk,
            name=item.piece.name,
            number=last.number + 1 if last else 1,
            text=item.piece.text,
            digest=item.piece.digest,
            valid_from=day,
            author_id=author,
            note=note,
            approval=approval,
            revision=revision,
        )
        for item, row, last in zip(proposed, rows, lasts, strict=True)
    )
    for last in lasts:
        if last:
            DefinitionVersion.objects.filter(pk=last.pk).update(valid_to=day)
    for item, row, version in zip(proposed, rows, versions, strict=True):
        _take_over(row, version, item.piece, owners)
    _keep(rows)
    for version, last in zip(versions, lasts, strict=True):
        before = {"version": last.number, "digest": last.digest} if last else None
        after = {"version": version.number, "digest": version.digest}
        record(version.kind, version.entry_id, version.name, before=before, after=after, note=note)
    return versions


def _keep(rows: Sequence[AnyEntry]) -> None:
    for model in MODELS.values():
        mine = [row for row in rows if isinstance(row, model)]
        fresh = [row for row in mine if row._state.adding]
        known = [row for row in mine if not row._state.adding]
        model._default_manager.bulk_create(fresh)  # type: ignore[arg-type]
        for row in known:
            row.save()


def _new_row(piece: Piece) -> AnyEntry:
    given = getattr(piece.definition, "id", None)
    model = MODELS[piece.kind]
    return model(pk=given) if given and not model._default_manager.filter(pk=given).exists() else model()


def _require_date(day: date, last: DefinitionVersion | None) -> None:
    if day > timezone.localdate():
        raise Conflict("effective-date-in-future", date=day.isoformat())
    if last and day < last.valid_from:
        raise Conflict("effective-date-before-last", date=day.isoformat(), last=last.valid_from.isoformat())


def _take_over(row: AnyEntry, version: DefinitionVersion, piece: Piece, owners: dict[str, Department]) -> None:
    """Make `version` what the entry shows and serves."""
    for column, value in columns_of(piece.definition).items():
        setattr(row, column, value)
    row.head, row.revision, row.is_retired = version, version.revision_id, False
    row.changed_at = timezone.now()
    row.department = owners.get(department_of(piece.definition) or "")
    if isinstance(row, Metric) and isinstance(piece.definition, MetricDef):
        row.reviewed_on = row.reviewed_on or version.valid_from
        row.review_due = rules.next_review(row.reviewed_on, row.review)


def _retire_one(row: AnyEntry, revision: Revision) -> None:
    row.is_retired, row.revision, row.changed_at = True, revision.number, timezone.now()
    row.save(update_fields=["is_retired", "revision", "changed_at"])
    record(_kind_of(row), row.pk, row.name, before={"retired": False}, after={"retired": True})


def _kind_of(row: AnyEntry) -> str:
    return next(kind for kind, model in MODELS.items() if isinstance(row, model))


def _fingerprint(problem: Problem) -> tuple[Any, ...]:
    return (problem.code, str(problem.where), repr(sorted(problem.facts.items(), key=lambda item: item[0])))
