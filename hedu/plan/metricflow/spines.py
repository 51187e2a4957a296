"""Items of time -> rows of a time spine, and grains of one's own looked up in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import SpineDef
from hedu.errors import QueryError
from hedu.model.types import GRAINS
from hedu.plan.metricflow.names import Item, spine_of
from hedu.plan.metricflow.scope import Condition, Scope, base_grain, columns, named, relation, timed, within
from hedu.plan.periods import Range
from hedu.plan.relation import _table_parts
from hedu.plan.scalars import column

_ROW, _FIRST, _LAST, _LATER = "__row", "__first", "__last", "__later"


def spine_for(scope: Scope, items: Sequence[Item]) -> SpineDef:
    """The coarsest time spine that all items follow from. Errors: QueryError time-spine-missing."""
    grains = [base_grain(scope.model, item.grain) or "day" for item in items]
    finest = min((GRAINS.index(grain) for grain in grains), default=GRAINS.index("day"))
    fit = [one for one in scope.model.settings.time_spines if GRAINS.index(one.name) <= finest]
    if not fit:
        raise QueryError("time-spine-missing", grain=GRAINS[finest])
    return max(fit, key=lambda one: GRAINS.index(one.name))


def spine_rows(
    scope: Scope,
    items: Sequence[Item],
    conditions: Sequence[Condition] = (),
    limits: Range | None = None,
    limited: Item | None = None,
) -> exp.Select:
    """The moments of a time spine as the columns of `items`, each once, those for which `conditions` hold."""
    within_ = [limited] if limits is not None and limited is not None and not limits.is_open else []
    wanted = tuple(dict.fromkeys([*items, *(item for one in conditions for item in one.asked), *within_]))
    spine = spine_for(scope, wanted)
    alias = scope.alias("spine")
    source = exp.select(*(named(_of_spine(scope, spine, item, alias), item.column) for item in wanted))
    source = source.from_(spine_table(spine, alias))
    for item in wanted:
        source = _with_custom(scope, source, spine, item, alias)
    kept = [one.over() for one in conditions]
    for item in within_:
        kept += within(column(item.column), limits or Range())
    is_finest = any(item.grain == spine.name for item in items)
    if not kept and is_finest and len(wanted) == len(items):
        return source
    rows = scope.alias("moments")
    found = exp.select(*columns((item.column for item in items), rows)).from_(relation(source, rows))
    found = found.where(*kept, copy=False) if kept else found
    return found if is_finest else found.distinct(copy=False)


def spine_table(spine: SpineDef, alias: str) -> exp.Table:
    parts = [exp.to_identifier(part, quoted=True) for part in reversed(_table_parts(spine.table))]
    name = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Table(**dict(zip(("this", "db", "catalog"), parts, strict=False)), alias=name)


def _of_spine(scope: Scope, spine: SpineDef, item: Item, alias: str) -> exp.Expr:
    if item.is_custom:
        holder = spine_of(scope.model, item.grain or "")
        assert holder is not None
        table = alias if holder == spine else f"{alias}_{item.grain}"
        return column(custom_column(holder, item.grain or ""), table)
    source = column(spine.column, alias)
    return source if item.grain == spine.name else timed(source, item)


def _with_custom(scope: Scope, source: exp.Select, spine: SpineDef, item: Item, alias: str) -> exp.Select:
    """`source` beside the other time spine that holds an item's own grain."""
    holder = spine_of(scope.model, item.grain or "") if item.is_custom else None
    if holder is None or holder == spine:
        return source
    beside = f"{alias}_{item.grain}"
    moment = timed(column(spine.column, alias), Item((), "", holder.name))
    on = exp.EQ(this=moment, expression=column(holder.column, beside))
    return source.join(spine_table(holder, beside), on=on, join_type="left", copy=False)


def custom_column(spine: SpineDef, grain: str) -> str:
    return next(one.column or one.name for one in spine.custom if one.name == grain)


def with_custom_grains(scope: Scope, rows: exp.Select, held: Sequence[str], items: Sequence[Item]) -> exp.Select:
    """`rows` with a column for each item at a grain of one's own, looked up by the item at the calendar's grain."""
    if not items:
        return rows
    source = scope.alias("rows")
    found = exp.select(*columns(held, source)).from_(relation(rows, source))
    for item in items:
        spine = spine_of(scope.model, item.grain or "")
        assert spine is not None
        beside = scope.alias("spine")
        at = column(base_item(item, spine).column, source)
        on = exp.EQ(this=at, expression=column(spine.column, beside))
        found = found.select(
            named(column(custom_column(spine, item.grain or ""), beside), item.column), copy=False
        ).join(spine_table(spine, beside), on=on, join_type="left", copy=False)
    return found


def base_item(item: Item, spine: SpineDef) -> Item:
    """The item at the calendar's grain that a time spine is kept at."""
    return replace(item, grain=spine.name)
