"""Declared rollups -> their tables in a new snapshot: new ones filled, changed periods counted again, others copied."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from hedu.engine.rolled import drop, fill, loaded, record, recorded, refill, rolled_in
from hedu.errors import EngineError, PlanError
from hedu.model.rollups import TIME, rollups_of
from hedu.plan.rolled import ROWS, table_of
from hedu.plan.scalars import column, truncated
from hedu.sql.filling import Filling, filling

if TYPE_CHECKING:
    from hedu.engine.batch import Batch
    from hedu.engine.warehouse import Warehouse
    from hedu.model.types import Model

_UNFILLED = ("engine-refused", "engine-value-unfit", "engine-overflow")


@dataclass(frozen=True, slots=True)
class Built:
    """What was done to a rollup: nothing, some of its `periods` counted again, or all of it filled."""

    name: str
    rows: int
    done: Literal["current", "refreshed", "filled", "dropped"]
    periods: int = 0
    seconds: float = 0.0


def build_rollups(warehouse: Warehouse, model: Model) -> tuple[Built, ...]:
    """Bring every declared rollup up to the data, and drop what is declared no more: one snapshot, or nothing at all.

    Errors: rollup-outside-warehouse, rollup-unfilled, rollup-rows-differ, rollup-moves-with-time, warehouse-busy, ….
    """
    wanted = {name: filling(model, one) for name, one in rollups_of(model).items()}
    kept = warehouse.snapshots()
    if not kept:
        raise EngineError("rollup-needs-warehouse")
    there = {name: (digest, rows) for name, digest, rows in rolled_in(warehouse.folder / kept[-1].file)}
    if {name: digest for name, (digest, _) in there.items()} == {name: one.digest for name, one in wanted.items()}:
        return tuple(Built(name, rows, "current") for name, (_, rows) in there.items())
    with warehouse.writing() as batch:
        batch.execute("SET TimeZone = ?", [model.settings.time_zone])
        known = recorded(batch)
        gone = [name for name in known if name not in wanted]
        for name in gone:
            drop(batch, name, table_of(name))
        built = [_build(batch, model, one, known.get(name)) for name, one in wanted.items()]
    return (*built, *(Built(name, 0, "dropped") for name in gone))


def _build(
    batch: Batch, model: Model, made: Filling, known: tuple[str, dict[str, str], dict[str, str]] | None
) -> Built:
    started = time.perf_counter()
    name, table = made.rollup.name, table_of(made.rollup.name)
    now = loaded(batch)
    unknown = sorted(made.tables - now.keys())
    if unknown:
        raise EngineError("rollup-outside-warehouse", name=name, tables=unknown)
    tables = {one: now[one] for one in made.tables}
    parts = _fingerprints(batch, made)
    is_same = known is not None and known[0] == made.digest
    if is_same and known is not None and known[1] == tables:
        rows = record(batch, name, table, made.digest, tables, parts)
        return Built(name, rows, "current")
    others = {one: version for one, version in tables.items() if one in made.joined}
    changed: set[str] | None = None
    with _told(name):
        if is_same and known is not None and parts and others.items() <= known[1].items():
            changed = {part for part in {*parts, *known[2]} if parts.get(part) != known[2].get(part)}
            refill(batch, table, made.text, _period(model, made), changed)
        else:
            fill(batch, table, made.text)
    _check_rows(batch, made, table)
    rows = record(batch, name, table, made.digest, tables, parts)
    seconds = time.perf_counter() - started
    if changed is None:
        return Built(name, rows, "filled", len(parts), seconds)
    return Built(name, rows, "refreshed", len(changed), seconds)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Which rollup it is that the database does not accept."""
    try:
        yield
    except EngineError as error:
        if error.code not in _UNFILLED:
            raise
        raise EngineError("rollup-unfilled", name=name, detail=error.problem.facts["detail"]) from None


def _fingerprints(batch: Batch, made: Filling) -> dict[str, str]:
    return {part or "": fingerprint for part, fingerprint in batch.fetch(made.parts)} if made.parts else {}


def _period(model: Model, made: Filling) -> exp.Expr:
    """Which of the periods counted again by themselves a row of the rollup belongs to; "" where it has no time."""
    rollup = made.rollup
    dimension = model.datasets[rollup.dataset].dimensions[rollup.time or ""]
    kept = column(f"{TIME}.{rollup.grain}")
    type_ = dimension.type if rollup.grain in ("second", "minute", "hour") else "date"
    cut = truncated(kept, rollup.refresh, type_, model.settings.week_start)
    return exp.Coalesce(this=exp.cast(cut, "text"), expressions=[exp.Literal.string("")])


def _check_rows(batch: Batch, made: Filling, table: str) -> None:
    """Every row of the dataset must be in one group, and one only: joins that lose or repeat rows are found here."""
    total = exp.Coalesce(this=exp.Sum(this=column(ROWS)), expressions=[exp.Literal.number(0)])
    ((held,),) = batch.fetch(
        exp.select(total).from_(exp.Table(this=exp.to_identifier(table, quoted=True))).sql("duckdb")
    )
    ((counted,),) = batch.fetch(made.counted)
    if int(held) != int(counted):
        raise PlanError("rollup-rows-differ", name=made.rollup.name, held=int(held), rows=int(counted))
