"""References -> those that hold: every row has exactly one match on the other side, so joins may be inner ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from hedu.engine.batch import Batch
from hedu.engine.kept import Reference
from hedu.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

    from hedu.engine.warehouse import Warehouse
    from hedu.model.types import Model

Run = Callable[[str], "pa.Table"]


def holds(run: Run, reference: Reference) -> bool:
    """Whether each row of the table has one and only one match; a row without a value has none."""
    table, columns, referred, key = reference
    keys = [_column(name, "t") for name in key]
    counted = exp.select(*keys, exp.alias_(exp.Count(this=exp.Star()), "found", quoted=True)).from_(
        _table(referred, "t")
    )
    matches = counted.group_by(*(column.copy() for column in keys)).subquery(exp.to_identifier("m", quoted=True))
    on = [
        exp.EQ(this=_column(own, "s"), expression=_column(other, "m")) for own, other in zip(columns, key, strict=True)
    ]
    found = exp.Coalesce(this=_column("found", "m"), expressions=[exp.Literal.number(0)])
    odd = exp.NEQ(this=found, expression=exp.Literal.number(1))
    query = exp.select(exp.Literal.number(1)).from_(_table(table, "s"))
    query = query.join(matches, on=exp.and_(*on), join_type="left").where(odd).limit(1)
    return bool(run(query.sql("duckdb")).num_rows == 0)


def prove(batch: Batch, references: Iterable[Reference]) -> frozenset[Reference]:
    """Record which of `references` hold of a snapshot under construction; one to a table that is not there does not."""
    proved = set()
    for reference in references:
        try:
            is_held = holds(batch.run, reference)
        except EngineError:
            is_held = False
        batch.prove(reference, holds=is_held)
        if is_held:
            proved.add(reference)
    return frozenset(proved)


def prove_references(warehouse: Warehouse, references: Iterable[Reference]) -> frozenset[Reference]:
    """Prove references of the data as they are; those that hold."""
    with warehouse.writing() as batch:
        return prove(batch, references)


def references_of(model: Model) -> frozenset[Reference]:
    """The references that a model's joins between tables rest on, where their keys are plain columns."""
    joins = [join for dataset in model.datasets.values() for join in dataset.joins if not join.fans]
    found = set()
    for join in joins:
        table, referred = model.datasets[join.left].source.table, model.datasets[join.right].source.table
        is_plain = all(isinstance(part, exp.Column) for part in (*join.left_key, *join.right_key))
        if table and referred and is_plain:
            own, key = (tuple(part.name for part in keys) for keys in (join.left_key, join.right_key))
            found.add((table, own, referred, key))
    return frozenset(found)


def _table(name: str, alias: str) -> exp.Table:
    parts = [exp.to_identifier(part, quoted=True) for part in name.split(".")]
    named = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Table(**dict(zip(("this", "db"), reversed(parts), strict=False)), alias=named)


def _column(name: str, table: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True))
