"""Metrics, each a SELECT of its own -> one SELECT with a row for each combination of items."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from hedu.define.definitions import Cumulative, Simple
from hedu.plan.metricflow.names import Item
from hedu.plan.metricflow.scope import Scope, columns, named, relation
from hedu.plan.scalars import column


def combined(scope: Scope, parts: Sequence[tuple[str, str, exp.Select]], items: Sequence[Item]) -> exp.Select:
    """Several metrics (alias, name, SELECT) in one row for each combination of items, NULL equal to NULL."""
    if len(parts) == 1:
        alias, name, select = parts[0]
        source = scope.alias("part")
        shown = [*columns((item.column for item in items), source), named(column(name, source), alias)]
        return exp.select(*shown).from_(relation(select, source))
    names = [scope.alias("part") for _ in parts]
    keys = [[column(item.column, name) for name in names] for item in items]
    found = exp.select(
        *(named(_first(key), item.column) for key, item in zip(keys, items, strict=True)),
        *(named(_most(scope, metric, source), alias) for (alias, metric, _), source in zip(parts, names, strict=True)),
    ).from_(relation(parts[0][2], names[0]))
    for at, (_, _, select) in enumerate(parts[1:], start=1):
        same = [exp.EQ(this=_first(key[:at]), expression=key[at].copy()) for key in keys]
        kind = "full" if same else "cross"
        found = found.join(
            relation(select, names[at]), on=exp.and_(*same) if same else None, join_type=kind, copy=False
        )
    places = [exp.Literal.number(at + 1) for at in range(len(items))]
    return found.group_by(*places, copy=False) if places else found


def _first(keys: Sequence[exp.Expr]) -> exp.Expr:
    first, *rest = (key.copy() for key in keys)
    return exp.Coalesce(this=first, expressions=rest) if rest else first


def _most(scope: Scope, metric: str, source: str) -> exp.Expr:
    """The one value of a metric for a key, and the number it is filled with where it has none."""
    most = exp.Max(this=column(metric, source))
    body = scope.model.metrics[metric].body
    fill = body.fill_nulls_with if isinstance(body, Simple) else None
    if isinstance(body, Cumulative):
        base = scope.model.metrics[body.metric.metric].body
        fill = base.fill_nulls_with if isinstance(base, Simple) else None
    return most if fill is None else exp.Coalesce(this=most, expressions=[exp.Literal.number(fill)])
