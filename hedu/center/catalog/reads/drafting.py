"""Drafts -> what they would change and what the editor completes names from."""

from __future__ import annotations

from typing import Any

from hedu.center.catalog.difference import Change, changes
from hedu.center.catalog.models import DatasetEntry, DefinitionVersion, Draft, Metric, WorkspaceEntry
from hedu.center.catalog.reads.asking import asker
from hedu.center.catalog.reads.entries import edited_departments
from hedu.center.catalog.texts import pieces_of
from hedu.center.kernel.actor import Actor
from hedu.center.people.reads import visible_to as departments_visible_to

_MODELS: dict[str, Any] = {"metric": Metric, "dataset": DatasetEntry, "workspace": WorkspaceEntry}


def head_of_draft(actor: Actor, draft: Draft) -> DefinitionVersion | None:
    """The version that is published now of what the draft changes; None for something new."""
    if actor.is_anonymous or not draft.entry_id:
        return None
    row = _MODELS[draft.kind].objects.select_related("head").filter(pk=draft.entry_id).first()
    return row.head if row else None


def draft_changes(draft: Draft) -> tuple[Change, ...]:
    """What the draft changes against the version it was begun from, field by field."""
    after, _ = pieces_of({"draft.yml": draft.text})
    before, _ = pieces_of({"base.yml": draft.base.text}) if draft.base else ((), ())
    if not after:
        return ()
    return changes(before[0].definition if before else None, after[0].definition)


def own_department_code(actor: Actor) -> str:
    """The code of a department the actor edits for; "" for none."""
    row = departments_visible_to(actor).filter(pk__in=edited_departments(actor)).first()
    return row.code if row else ""


def names_for_editor(actor: Actor) -> dict[str, list[str]]:
    """Names the YAML editor completes: metrics, measures, dimensions, departments."""
    who = asker(actor)
    model = who.workspace.model
    seen = [item for item in model.datasets.values() if item.name not in who.access.hidden and item.reported is None]
    return {
        "metrics": sorted(model.metrics),
        "measures": sorted(f"{item.name}.{name}" for item in seen for name in item.measures),
        "dimensions": sorted(f"{item.name}.{name}" for item in seen for name in item.dimensions),
        "departments": sorted(departments_visible_to(actor).values_list("code", flat=True)),
    }
