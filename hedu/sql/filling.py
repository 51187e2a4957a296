"""A rollup -> the SELECT that fills it, what it reads, and a digest of what its table would hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlglot import exp, parse_one

from hedu.errors import HeduError, PlanError
from hedu.model.rollups import TIME, Rollup, rollups_of
from hedu.model.types import Dataset, Model
from hedu.plan.asking import Asking
from hedu.plan.filling import counting_plan, filling_plan
from hedu.plan.keys import key_of
from hedu.plan.relation import from_source
from hedu.plan.relations import Relations, key_expression
from hedu.plan.rolled import Rolled, columns_of
from hedu.query import Question
from hedu.sql.render import render

_DAYS = (datetime(2001, 2, 3, tzinfo=UTC), datetime(2012, 11, 10, tzinfo=UTC))
_MADE = 1
RolledUp = tuple[str, str, int]
"""(name of a rollup, digest of what it holds, number of its rows)"""


@dataclass(frozen=True, slots=True)
class Filling:
    """`text` gives the rows of a rollup, `counted` how many rows of the dataset they must come from.

    `parts` gives each period that is counted again by itself with a fingerprint of its rows in the dataset; None
    where the rollup keeps no time. `joined` are the tables that its rows are looked up in, `tables` all that are read.
    """

    rollup: Rollup
    text: str
    counted: str
    parts: str | None
    joined: frozenset[str]
    tables: frozenset[str]
    digest: str


def filling(model: Model, rollup: Rollup) -> Filling:
    """How a rollup is filled, in DuckDB's words. Errors: rollup-moves-with-time; parameter-missing and others."""
    first, second = (render(filling_plan(model, rollup, now)).readable for now in _DAYS)
    if first != second:
        raise PlanError("rollup-moves-with-time", name=rollup.name)
    counted = render(counting_plan(model, rollup, _DAYS[0])).readable
    held = sorted((mark, repr(column)) for mark, column in columns_of(model, rollup).items())
    meant = (_MADE, first, held, model.settings.time_zone, model.settings.week_start)
    digest = hashlib.sha256(repr(meant).encode()).hexdigest()[:32]
    tree = parse_one(first, dialect="duckdb")
    parts, joined = _parts(model, rollup, tree), _tables(_without(tree, rollup.dataset))
    return Filling(rollup, first, counted, parts, joined, _tables(tree), digest)


def _without(tree: exp.Expr, alias: str) -> exp.Expr:
    """A copy of a tree that reads nothing under `alias`: a table may be the dataset's own and be joined to it, too."""
    rest = tree.copy()
    for relation in list(rest.find_all(exp.Table, exp.Subquery)):
        if relation.alias == alias:
            relation.replace(exp.values([(1,)], alias=alias))
    return rest


def _tables(tree: exp.Expr) -> frozenset[str]:
    """The tables a tree reads, but for those it names itself."""
    named = {one.alias for one in tree.find_all(exp.CTE)}
    found = (".".join(part.name for part in table.parts) for table in tree.find_all(exp.Table))
    return frozenset(name for name in found if name not in named)


def _parts(model: Model, rollup: Rollup, tree: exp.Expr) -> str | None:
    if rollup.refresh is None:
        return None
    fact = model.datasets[rollup.dataset]
    relations = Relations(Asking(model, Question(), _DAYS[0]), fact, fact.name, time=rollup.time)
    key = key_of(model, fact, f"{TIME}.{rollup.refresh}", rollup.time, rollup.name)
    period = exp.cast(key_expression(relations, key), "text")
    read = sorted({column.name for column in tree.find_all(exp.Column) if column.table == fact.name})
    columns = [exp.column(exp.to_identifier(name, quoted=True), table=fact.name, quoted=True) for name in read]
    each = exp.Anonymous(this="hash", expressions=columns)
    whole = exp.Sum(this=exp.cast(each, "hugeint"))
    mixed = exp.Anonymous(this="bit_xor", expressions=[each.copy()])
    of = [exp.Anonymous(this="version"), exp.Count(this=exp.Star()), whole, mixed]
    print_of = exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string(" "), *of])
    named = [exp.alias_(period, "part", quoted=True), exp.alias_(print_of, "fingerprint", quoted=True)]
    select = exp.select(*named).from_(from_source(fact, fact.name)).group_by(exp.Literal.number(1))
    return select.sql("duckdb")


def readable(model: Model, built: Iterable[RolledUp]) -> tuple[Rolled, ...]:
    """Those of the rollups built that hold what the model declares, the smallest first."""
    declared = rollups_of(model)
    found = []
    for name, digest, rows in built:
        with suppress(HeduError):
            if name in declared and filling(model, declared[name]).digest == digest:
                found.append(Rolled(declared[name], columns_of(model, declared[name]), digest, rows))
    return tuple(sorted(found, key=lambda one: (one.rows, one.name)))


def sized(made: Filling) -> str:
    """The SELECT that counts the rows a rollup would have."""
    rows = parse_one(made.text, dialect="duckdb")
    assert isinstance(rows, exp.Query)
    return exp.select(exp.Count(this=exp.Star())).from_(rows.subquery("rows")).sql("duckdb")


def size_of(dataset: Dataset) -> str:
    """The SELECT that counts the rows of a dataset."""
    return exp.select(exp.Count(this=exp.Star())).from_(from_source(dataset, dataset.name)).sql("duckdb")
