"""What holds while one question is planned by MetricFlow's rules, and the small trees all steps share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from hedu.errors import QueryError
from hedu.model.expressions import held, path_of, references, row_expression
from hedu.model.types import GRAINS, Dataset, Dimension, Model
from hedu.plan.asking import Asking
from hedu.plan.metricflow.names import Item, parsed, with_grain
from hedu.plan.periods import Range
from hedu.plan.scalars import column, literal, wrapped

_DATE_PARTS = {"dow": "isodow"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter and the items that its names mean."""

    tree: exp.Expr
    items: tuple[tuple[str, Item], ...]

    @property
    def asked(self) -> tuple[Item, ...]:
        return tuple(dict.fromkeys(item for _, item in self.items))

    def over(self, table: str | None = None) -> exp.Expr:
        """The condition over columns named as their items."""
        root = held(self.tree)
        columns = dict(self.items)
        for name in references(root):
            item = columns.get(path_of(name))
            if item is not None:
                name.replace(column(item.column, table))
        return wrapped(root.this)


@dataclass
class Scope:
    """One question. `answer` plans a metric at some items within it; `aliases` counts the relations named so far."""

    asking: Asking
    answer: Callable[[Scope, str, tuple[Item, ...]], exp.Select]
    aliases: int = 0

    @property
    def model(self) -> Model:
        return self.asking.model

    def alias(self, stem: str) -> str:
        self.aliases += 1
        return f"{stem}_{self.aliases}"

    def conditions(self, text: str | None, metrics: Sequence[str], user: str | None = None) -> tuple[Condition, ...]:
        """The filters of a definition of `metrics` or of their `user`: each part that AND joins is one."""
        return tuple(self.condition(tree, metrics, user) for tree in parts(row_expression(text))) if text else ()

    def condition(self, tree: exp.Expr, metrics: Sequence[str], user: str | None = None) -> Condition:
        """A filter with its names resolved for `metrics`."""
        found = {}
        for name in references(held(tree)):
            path = path_of(name)
            found[path] = with_grain(self.model, parsed(self.model, path), metrics, user)
        return Condition(tree.copy(), tuple(found.items()))


def parts(tree: exp.Expr) -> list[exp.Expr]:
    """The filters that AND joins, each in parentheses; anything else is one filter."""
    if isinstance(tree, exp.And) and all(isinstance(side, (exp.Paren, exp.And)) for side in (tree.left, tree.right)):
        return [*parts(tree.left), *parts(tree.right)]
    return [tree.this if isinstance(tree, exp.Paren) else tree]


def timed(source: exp.Expr, item: Item, dimension: Dimension | None = None) -> exp.Expr:
    """`source` at the grain or date part of an item; the ends of validity stay as they are."""
    if item.part:
        return exp.Extract(this=exp.var(_DATE_PARTS.get(item.part, item.part)), expression=source)
    if item.grain is None or (dimension is not None and not dimension.is_time):
        return source
    return truncated(source, item.grain)


def truncated(source: exp.Expr, grain: str) -> exp.Expr:
    """The start of the period of a grain."""
    return exp.TimestampTrunc(this=source, unit=exp.var(grain.upper()))


def is_validity(dataset: Dataset, dimension: Dimension) -> bool:
    """Whether a dimension is the start or the end of what a row is valid for."""
    return any(dimension.expr in one.valid for one in dataset.entities.values() if one.valid is not None)


def shown(item: Item, table: str) -> exp.Expr:
    """An item's column as it is answered: periods longer than days are moments on every engine."""
    value = column(item.column, table)
    return exp.cast(value, "timestamp") if item.grain in ("week", "month", "quarter", "year") else value


def relation(select: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def named(tree: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(tree, name, quoted=True)


def columns(names: Iterable[str], table: str) -> list[exp.Expr]:
    """Columns of a relation under their own names."""
    return [named(column(name, table), name) for name in names]


def within(tree: exp.Expr, limits: Range) -> list[exp.Expr]:
    """The conditions that keep a moment within a range of days."""
    found: list[exp.Expr] = []
    if limits.start:
        found.append(exp.GTE(this=tree.copy(), expression=literal(limits.start)))
    if limits.end:
        found.append(exp.LT(this=tree.copy(), expression=literal(limits.end)))
    return found


def grain_place(item: Item, model: Model) -> tuple[bool, bool, int]:
    """The order in which MetricFlow takes times: date parts last, grains of one's own after the calendar's."""
    grain = base_grain(model, item.grain)
    return (item.part is not None, item.is_custom, GRAINS.index(grain) if grain else len(GRAINS))


def limited_by(scope: Scope, item: Item) -> Item:
    """What a range is about: the item, or the days (or shorter) that a period of one's own or a part of them is of."""
    if item.part is None and not item.is_custom:
        return item
    return replace(item, grain=base_grain(scope.model, item.grain) or "day", part=None)


def base_grain(model: Model, grain: str | None) -> str | None:
    """The calendar's grain that a grain of one's own is made of; any other is its own."""
    if grain is None or grain in GRAINS:
        return grain
    found = next((one for one in model.settings.time_spines if any(c.name == grain for c in one.custom)), None)
    if found is None:
        raise QueryError("time-spine-missing", grain=grain)
    return found.name
