"""Drafts -> what they would change and what the editor completes names from."""

from __future__ import annotations

from typing import Any

from hedu.alignment.change import Change, changes
from hedu.center.catalog import figures, serving
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


def draft_changes(draft: Draft, text: str | None = None) -> tuple[Change, ...]:
    """What the draft (or `text` in its place) changes against the version it was begun from, field by field."""
    after, _ = pieces_of({"draft.yml": draft.text if text is None else text})
    before, _ = pieces_of({"base.yml": draft.base.text}) if draft.base else ((), ())
    if not after:
        return ()
    return changes(before[0].definition if before else None, after[0].definition)


def own_department_code(actor: Actor) -> str:
    """The code of a department the actor edits for; "" for none."""
    row = departments_visible_to(actor).filter(pk__in=edited_departments(actor)).first()
    return row.code if row else ""


def choices_for_editor(actor: Actor) -> dict[str, list[Any]]:
    """What the editor's form offers: metrics, measures, departments, domains and units in use."""
    who = asker(actor)
    lang: Any = "en" if actor.lang == "en" else "zh"
    model = who.workspace.model
    seen = [item for item in model.datasets.values() if item.name not in who.access.hidden and item.reported is None]
    metrics = [item.definition for item in model.metrics.values()]
    return {
        "metrics": [_named(item.name, item.label.text(lang)) for item in metrics],
        "measures": [
            _named(f"{item.name}.{name}", f"{item.label.text(lang, item.name)} · {measure.label.text(lang, name)}")
            for item in seen
            for name, measure in item.measures.items()
        ],
        "departments": [_named(row.code, row.name) for row in departments_visible_to(actor)],
        "domains": _worded({item.domain for item in metrics if item.domain}, lang),
        "units": _worded({item.unit for item in metrics if item.unit} | {"CNY", "percent"}, lang),
    }


def starting_text(kind: str, owner: str) -> str:
    """What a new draft begins with: enough to be valid once its blanks are filled."""
    owned = f"owner: {owner}\n" if owner else ""
    if kind == "dataset":
        return (
            f"version: 1\ndataset: new_dataset\nlabel: {{zh: 新数据集}}\n{owned}source: schema.table\n"
            "primary_key: id\nentities: {thing: id}\ntime: happened_on\ndimensions:\n"
            "  happened_on: {type: date}\nmeasures:\n  lines: {agg: count}\n"
        )
    datasets = serving.served().workspace.model.datasets.values()
    measures = (f"{item.name}.{name}" for item in datasets if item.reported is None for name in item.measures)
    return (
        f"version: 1\nmetric: new_metric\nlabel: {{zh: 新指标}}\n{owned}"
        f"simple: {{measure: {next(measures, 'dataset.measure')}}}\n"
    )


def _worded(names: set[str], lang: Any) -> list[dict[str, str]]:
    said = {name: figures.worded(name, lang) for name in names}
    return [_named(name, "" if name == text else text) for name, text in sorted(said.items())]


def _named(name: str, label: str) -> dict[str, str]:
    return {"name": name, "label": label}
