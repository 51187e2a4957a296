"""Rows that hold for a time, joined -> a guard: no two of one entity may hold at once, or facts would count twice."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from hedu.errors import QueryError
from hedu.model.types import Join
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, qualify, wrapped
from hedu.plan.visible import visible

OVERLAPS, DATASET = "__overlaps", "__dataset"
_FROM, _TO, _NEXT = "__from", "__to", "__next"


def overlaps_of(asking: Asking, edge: Join) -> nodes.Page:
    """How many visible rows that `edge` leads to still hold when the next one of the same entity begins.

    Of rows in the order of their beginnings, any two overlap only where two neighbours do.
    """
    assert edge.valid is not None
    dataset = asking.model.datasets[edge.right]
    alias = dataset.name
    start, end = (wrapped(qualify(tree, alias)) for tree in edge.valid)
    keys = [wrapped(qualify(tree, alias)) for tree in edge.right_key]
    after = exp.WindowSpec(kind="ROWS", start="1", start_side="FOLLOWING", end="1", end_side="FOLLOWING")
    following = exp.Window(
        this=exp.Min(this=start.copy()),
        partition_by=[key.copy() for key in keys],
        order=exp.Order(expressions=[exp.Ordered(this=start.copy())]),
        spec=after,
    )
    is_empty = exp.LTE(this=end.copy(), expression=start.copy())
    conditions: list[exp.Expr] = [exp.not_(exp.Is(this=part.copy(), expression=exp.null())) for part in (*keys, start)]
    conditions.append(exp.paren(exp.or_(exp.Is(this=end.copy(), expression=exp.null()), exp.not_(is_empty))))
    seen = visible(asking, dataset, alias)
    conditions += [seen] if seen is not None else []
    named = zip((_FROM, _TO, _NEXT), (start, end, following), strict=True)
    rows = exp.select(*(exp.alias_(tree, name, quoted=True) for name, tree in named))
    rows = rows.from_(from_source(dataset, alias)).where(*conditions)
    return _counted(rows, dataset.name)


def _counted(rows: exp.Select, dataset: str) -> nodes.Page:
    is_open = exp.and_(
        exp.Is(this=column(_TO), expression=exp.null()), exp.not_(exp.Is(this=column(_NEXT), expression=exp.null()))
    )
    holds_on = exp.or_(exp.LT(this=column(_NEXT), expression=column(_TO)), exp.paren(is_open))
    count = exp.Count(this=exp.Case().when(holds_on, exp.Literal.number(1)), big_int=True)
    made = exp.select(
        exp.alias_(count, OVERLAPS, quoted=True), exp.alias_(exp.Literal.string(dataset), DATASET, quoted=True)
    ).from_(exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.to_identifier("held", quoted=True))))
    names = (OVERLAPS, DATASET)
    answer = nodes.Compute(nodes.Written(made, names), (), tuple(nodes.Named(name, column(name)) for name in names))
    return nodes.Page(answer, names, None, (), None)


def overlapping(row: Sequence[object]) -> QueryError | None:
    """What the guard's one row says: an error where two rows hold at once."""
    count, dataset = row
    return QueryError("validity-overlaps", count=count, dataset=dataset) if count else None
