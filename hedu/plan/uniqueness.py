"""Rows joined by a key -> a guard: no two rows may bear one value of it, or facts would count twice."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from hedu.errors import QueryError
from hedu.model.types import Dataset, Join
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, qualify, wrapped

SHARED, DATASET, KEY = "__shared", "__dataset", "__key"


def keys_shared(asking: Asking, edge: Join) -> nodes.Page:
    """How many values of the key that `edge` leads to several rows bear."""
    dataset = asking.model.datasets[edge.right]
    told = ", ".join(part.sql() for part in edge.right_key)
    row = {
        SHARED: exp.Count(this=exp.Star(), big_int=True),
        DATASET: exp.Literal.string(dataset.name),
        KEY: exp.Literal.string(told),
    }
    held = exp.Subquery(
        this=shared_values(dataset, edge.right_key), alias=exp.TableAlias(this=exp.to_identifier("held"))
    )
    made = exp.select(*(exp.alias_(tree, name, quoted=True) for name, tree in row.items())).from_(held)
    names = tuple(row)
    answer = nodes.Compute(nodes.Written(made, names), (), tuple(nodes.Named(name, column(name)) for name in names))
    return nodes.Page(answer, names, None, (), None)


def shared_values(dataset: Dataset, key: Sequence[exp.Expr]) -> exp.Select:
    """A row for each value of a key that several rows bear; a key without a value is nobody's."""
    parts = [wrapped(qualify(part, dataset.name)) for part in key]
    count = exp.Count(this=exp.Star())
    shared = exp.select(exp.alias_(count, "rows", quoted=True)).from_(from_source(dataset, dataset.name))
    shared = shared.where(*(exp.not_(exp.Is(this=part.copy(), expression=exp.null())) for part in parts))
    return shared.group_by(*parts).having(exp.GT(this=count.copy(), expression=exp.Literal.number(1)))


def shared(row: Sequence[object]) -> QueryError | None:
    """What the guard's one row says: an error where rows share a key."""
    count, dataset, key = row
    return QueryError("key-not-unique", count=count, dataset=dataset, key=key) if count else None
