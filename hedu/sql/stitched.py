"""Stitch -> SQL: each fact aggregated on its own, then laid under one another and grouped once more.

UNION ALL and GROUP BY, not FULL JOIN: NULL keys meet, any number of facts cost one pass, every engine can do it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from hedu.model.expressions import held, references, released
from hedu.plan import nodes
from hedu.plan.lines import ENDS
from hedu.plan.scalars import column

_ALL = "parts"


def stitch_select(
    stitch: nodes.Stitch,
    formulas: Sequence[nodes.Named],
    part_select: Callable[[nodes.Part], exp.Select],
) -> exp.Select:
    """The keys, and formulas over the stitched values."""
    rows = [_part_rows(stitch, at) for at in range(len(stitch.parts))]
    union: exp.Query = rows[0]
    for other in rows[1:]:
        union = exp.Union(this=union, expression=other, distinct=False)
    values = {one.name: _value(one) for one in stitch.values}
    columns: list[exp.Expr] = [column(key) for key in stitch.keys]
    columns += [exp.alias_(replaced(one.value, values), one.name, quoted=True) for one in formulas]
    select = exp.select(*columns, copy=False).from_(subquery(union, _ALL), copy=False)
    if stitch.keys:
        select = select.group_by(*(exp.Literal.number(at + 1) for at in range(len(stitch.keys))), copy=False)
    if stitch.ends:
        select = select.with_(exp.to_identifier(ENDS, quoted=True), as_=_ends(stitch, part_select), copy=False)
    for name, part in zip(stitch.names, stitch.parts, strict=True):
        select = select.with_(exp.to_identifier(name, quoted=True), as_=part_select(part), copy=False)
    return select


def _ends(stitch: nodes.Stitch, part_select: Callable[[nodes.Part], exp.Select]) -> exp.Query:
    """A row for the end of each part."""
    first, *others = (part_select(one) for one in stitch.ends)
    union: exp.Query = first
    for other in others:
        union = exp.Union(this=union, expression=other, distinct=False)
    return union


def _part_rows(stitch: nodes.Stitch, at: int) -> exp.Select:
    columns: list[exp.Expr] = [column(key) for key in stitch.keys]
    for value in stitch.values:
        if value.part == at:
            columns.append(column(value.name))
        else:
            # The names of the first rows are those of all.
            columns.append(exp.alias_(exp.null(), value.name, quoted=True, copy=False) if at == 0 else exp.null())
    table = exp.Table(this=exp.to_identifier(stitch.names[at], quoted=True))
    return exp.select(*columns, copy=False).from_(table, copy=False)


def _value(value: nodes.StitchValue) -> exp.Expr:
    """At most one part has the row, so its greatest is its only value; nothing counted is 0."""
    found = exp.Max(this=column(value.name))
    return exp.Coalesce(this=found, expressions=[exp.Literal.number(0)]) if value.counts else found


def replaced(tree: exp.Expr, values: dict[str, exp.Expr]) -> exp.Expr:
    """`tree` with every column replaced by the value of its name."""
    root = held(tree)
    for name in references(root):
        name.replace(values[name.name].copy())
    return released(root)


def subquery(query: exp.Query, alias: str) -> exp.Subquery:
    """A query to select from, under a quoted alias."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
