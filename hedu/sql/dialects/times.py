"""Plan -> the columns in it that hold days or moments: what subtraction means depends on them in some dialects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from sqlglot import exp

from hedu.plan import nodes

_MOMENTS = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ, exp.DType.DATETIME,
            exp.DType.TIMESTAMP_S, exp.DType.TIMESTAMP_MS, exp.DType.TIMESTAMP_NS)  # fmt: skip
_SAME_KIND = (exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Min, exp.Max)
Times = frozenset[tuple[str, str]]
"""(alias, column) of the days"""


def days_in(root: object) -> Times:
    """The columns of days that a plan scans, as its datasets' dimensions declare them."""
    found = set()
    for scan in _scans(root):
        for dimension in scan.dataset.dimensions.values():
            if dimension.type == "date" and isinstance(dimension.expr, exp.Column):
                found.add((scan.alias, dimension.expr.name))
    return frozenset(found)


def told(tree: exp.Expr, root: object) -> exp.Expr:
    """`tree`, with each column of a plan's scans told what its dataset declares it to be: `date` or `timestamp`."""
    kinds = {}
    for scan in _scans(root):
        for dimension in scan.dataset.dimensions.values():
            if isinstance(dimension.expr, exp.Column):
                kinds[scan.alias, dimension.expr.name] = dimension.type
    for one in tree.find_all(exp.Column):
        one.meta["declared"] = kinds.get((one.table, one.name))
    return tree


def declared(node: exp.Expr) -> str | None:
    """What the dataset says a column is, in a tree that was `told`."""
    found: str | None = node.unnest().meta.get("declared")
    return found


def is_moment(node: exp.Expr) -> bool:
    """Whether the value is certainly a moment, in a tree that was `told`."""
    match node.unnest():
        case exp.Column() as column:
            return declared(column) == "timestamp"
        case exp.Cast(to=to):
            return bool(to.is_type(*_MOMENTS))
        case exp.Case() as case:
            values = [*(one.args["true"] for one in case.args["ifs"]), case.args.get("default")]
            return any(value is not None and is_moment(value) for value in values)
        case exp.Add(expression=exp.Interval()) | exp.Sub(expression=exp.Interval()):
            return is_moment(node.unnest().this)
    return isinstance(node.unnest(), _SAME_KIND) and is_moment(node.unnest().this)


def days_between(tree: exp.Expr, days: Times) -> exp.Expr:
    """A day less a day is a number of days: spelled out where the dialect would make an interval of it.

    Nothing but a day can have a day taken off, so it is enough to know the second.
    """
    for node in list(tree.find_all(exp.Sub)):
        if _is_day(node.expression, days):
            node.replace(exp.DateDiff(this=node.this, expression=node.expression, unit=exp.var("DAY")))
    return tree


def _is_day(node: exp.Expr, days: Times) -> bool:
    match node.unnest():
        case exp.Column() as column:
            return (column.table, column.name) in days
        case exp.Cast(to=to):
            return bool(to.is_type(exp.DType.DATE))
        case exp.Coalesce() as coalesce:
            return _is_day(coalesce.this, days)
        case exp.Case() as case:
            return all(_is_day(one.args["true"], days) for one in case.args["ifs"])
    return False


def _scans(node: Any) -> Iterator[nodes.Scan]:
    if isinstance(node, nodes.Scan):
        yield node
    elif isinstance(node, tuple):
        for one in node:
            yield from _scans(one)
    elif is_dataclass(node) and type(node).__module__ == nodes.__name__:
        for one in fields(node):
            yield from _scans(getattr(node, one.name))
