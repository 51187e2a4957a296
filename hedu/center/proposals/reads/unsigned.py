"""A change set -> its datasets whose rows the viewer could not be kept from, had the change no signatures yet.

Policies bind by a dataset's name and by its dimensions. A dataset that is new, or reads something else than before,
or whose dimensions mean something else, may show what policies hide; its owner has not agreed to that so far.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

import hedu
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import ChangeSet
from hedu.define.definitions import Source
from hedu.model.paths import ways_out
from hedu.model.resting import rests_on
from hedu.model.types import Dataset, Model, reported_dataset
from hedu.query import Access

_HARMLESS = (exp.Values, exp.Unnest, exp.GenerateSeries, exp.Subquery)


def withheld_from(now: catalog.Asker, after: hedu.Workspace, change: ChangeSet) -> frozenset[str]:
    """Datasets of the change that the viewer is shown no numbers of. Administrators see all."""
    if now.actor.is_admin:
        return frozenset()
    model, access = now.workspace.model, now.access
    limited = bool(access.rows or access.masks or access.hidden)
    open_sources: frozenset[str] | None = None
    found: set[str] = set()
    for name in _datasets(change, after.model):
        new, old = after.model.datasets[name], model.datasets.get(name)
        if old is not None and old.source == new.source:
            if limited and not _keeps(old, new):
                found.add(name)
            continue
        open_sources = _open(model, access) if open_sources is None else open_sources
        if not set(_read(new.source)) <= open_sources:
            found.add(name)
    return frozenset(found)


def reaches(model: Model, metric: str) -> frozenset[str]:
    """Every dataset that a question for the metric can read, by any dimension."""
    facts = rests_on(model, metric)
    ways = (there.name for fact in facts for _, there in ways_out(model, model.datasets[fact]))
    return frozenset((*facts, *ways))


def _datasets(change: ChangeSet, model: Model) -> Iterator[str]:
    for item in change.items:
        name = item.name if item.kind == "dataset" else reported_dataset(item.name)
        if item.text and name in model.datasets:
            yield name


def _keeps(old: Dataset, new: Dataset) -> bool:
    """Whether all that a policy can speak of means what it meant."""
    return all(
        name in new.dimensions and one == new.dimensions[name] and one.expr == new.dimensions[name].expr
        for name, one in old.dimensions.items()
    ) and all(
        role in new.entities and one == new.entities[role] and one.key == new.entities[role].key
        for role, one in old.entities.items()
    )


def _open(model: Model, access: Access) -> frozenset[str]:
    """Tables and files that the viewer sees whole through published datasets."""
    bound = {item.dataset for item in (*access.rows, *access.masks)} | set(access.hidden)
    return frozenset(
        one
        for name, dataset in model.datasets.items()
        if (dataset.source.table or dataset.source.file)
        and name not in bound
        and not any(there.name in bound for _, there in ways_out(model, dataset))
        for one in _read(dataset.source)
    )


def _read(source: Source) -> Iterator[str]:
    """The tables and files that a source reads; "?" for what cannot be told."""
    if source.table is not None:
        yield f"table {source.table.replace(chr(34), '').lower()}"
    if source.file is not None:
        yield f"file {source.file}"
    if source.select is not None:
        yield from _selected(source.select)


def _selected(text: str) -> Iterator[str]:
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError:
        yield "?"
        return
    own = {one.alias.lower() for one in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier):
            if table.db or table.name.lower() not in own:
                yield f"table {'.'.join(part.name for part in table.parts).lower()}"
        elif not isinstance(table.this, _HARMLESS):
            yield "?"
