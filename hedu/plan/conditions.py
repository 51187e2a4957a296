"""Filter trees over names -> conditions over columns.

A question's filter comes from anyone: only comparisons, logic and a few harmless functions pass, names must be
dimensions, and every literal becomes a bound parameter of its dimension's type. A definition's filter comes
from its owner and may also name columns of its own dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlglot import exp

from hedu.errors import Denied, QueryError, suggest
from hedu.model.expressions import fold_long_paths, held, parse_expression, path_of, references
from hedu.model.paths import targets
from hedu.model.types import Dimension, Model
from hedu.plan.asking import Asking
from hedu.plan.keys import METRIC_TIME, key_of, split
from hedu.plan.periods import parse_period
from hedu.plan.relations import Relations, key_expression
from hedu.plan.scalars import qualify, wrapped
from hedu.plan.visible import is_masked

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like, exp.ILike)
_ALLOWED = (
    *_COMPARISONS,
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Is, exp.Not, exp.And, exp.Or, exp.Paren,
    exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Tuple, exp.Lower, exp.Upper, exp.Coalesce, exp.Abs,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Cast, exp.DataType, exp.Escape,
)  # fmt: skip


def parse_conditions(texts: Sequence[str]) -> list[exp.Expr]:
    """A question's `where` texts as conjuncts. Errors: expression-broken, expression-forbidden, where-forbidden."""
    found: list[exp.Expr] = []
    for text in texts:
        tree = fold_long_paths(parse_expression(text))
        for node in tree.walk():
            if not isinstance(node, _ALLOWED) or (isinstance(node, exp.Cast) and not _is_date(node)):
                raise QueryError("where-forbidden", text=text, name=node.key)
        if not isinstance(
            bare(tree),
            (
                *_COMPARISONS,
                exp.And,
                exp.Or,
                exp.Not,
                exp.Is,
                exp.Column,
                exp.NullSafeEQ,
                exp.NullSafeNEQ,
                exp.Boolean,
            ),
        ):
            raise QueryError("where-not-a-condition", text=text)
        found.extend(_conjuncts(tree))
    return found


def metric_names(model: Model, tree: exp.Expr) -> list[str]:
    """The metrics a condition names (a metric's name wins over a dimension found by search)."""
    paths = (path_of(name) for name in references(tree))
    return list(dict.fromkeys(path for path in paths if path in model.metrics))


def bind_where(relations: Relations, tree: exp.Expr, time: str | None, metric: str) -> exp.Expr:
    """A question's condition for one fact. Errors: as for `key_of`; where-type-mismatch; access-filter-masked."""
    root = held(tree)
    asking = relations.asking
    for name in references(root):
        key = key_of(asking.model, relations.fact, path_of(name), time, metric)
        target, dimension = key.target, key.target.dimension
        source = dimension.expr if dimension else target.entity.key[0] if target.entity else None
        if is_masked(asking.access, asking.model.datasets[target.dataset], source):
            raise Denied("access-filter-masked", name=path_of(name))
        value = wrapped(key_expression(relations, key))
        if dimension is not None:
            _type_literals(asking, name, dimension, key.asked.part is not None)
        name.replace(value)
    bind_literals(asking, root)
    return bare(root)


def bind_filter(relations: Relations, tree: exp.Expr, metric: str) -> exp.Expr:
    """A definition's filter for one fact. Errors: filter-name-unknown, path-ambiguous."""
    root = held(tree)
    for name in references(root):
        name.replace(_definition_name(relations, path_of(name), metric))
    return bare(root)


def _definition_name(relations: Relations, path: str, metric: str) -> exp.Expr:
    fact, model = relations.fact, relations.asking.model
    parts = path.split(".")
    if len(parts) == 2 and parts[0] == fact.name:
        parts = parts[1:]
    if len(parts) == 1:
        one = fact.dimensions.get(parts[0])
        tree = one.expr if one is not None else exp.column(exp.to_identifier(parts[0], quoted=True))
        return wrapped(qualify(tree, relations.alias))
    time = fact.time
    whole, cut = split(path)
    for asked in (whole, cut):
        if asked is not None and (asked.is_metric_time or targets(model, fact.name, asked.path)):
            return wrapped(key_expression(relations, key_of(model, fact, path, time, metric)))
    known = [METRIC_TIME, *fact.dimensions]
    raise QueryError("filter-name-unknown", name=path, metric=metric, dataset=fact.name, near=suggest(path, known))


def bind_literals(asking: Asking, tree: exp.Expr) -> None:
    """Turn every literal left in `tree` into a bound parameter."""
    for node in list(tree.find_all(exp.Literal)):
        if isinstance(node.parent, (exp.Extract, exp.DateTrunc, exp.Interval, exp.AtTimeZone)) or _in_date(node):
            continue
        value: str | int | float = node.this if node.is_string else _number(node.this)
        node.replace(asking.bind(value))


def _type_literals(asking: Asking, name: exp.Column, dimension: Dimension, is_part: bool) -> None:
    """Literals compared with a dimension take its type; a period text means its first day."""
    comparison = name.parent
    while isinstance(comparison, (exp.Paren, exp.Neg)):
        comparison = comparison.parent
    if not isinstance(comparison, _COMPARISONS):
        return
    for node in _literals(comparison):
        text, type_ = node.this, "number" if is_part else dimension.type
        if type_ in ("date", "timestamp"):
            if not node.is_string:
                raise QueryError("where-type-mismatch", name=path_of(name), value=text, type=type_)
            node.replace(asking.bind(_moment(asking, text)))
        elif type_ == "number" and node.is_string and _number_or_none(text) is None:
            raise QueryError("where-type-mismatch", name=path_of(name), value=text, type=type_)
        elif type_ == "text" and not node.is_string:
            node.replace(exp.Literal.string(text))
        elif type_ == "boolean":
            raise QueryError("where-type-mismatch", name=path_of(name), value=text, type=type_)


def _literals(comparison: exp.Expr) -> Iterator[exp.Literal]:
    children = [*comparison.iter_expressions()]
    for child in children:
        inner = bare(child)
        if isinstance(inner, exp.Tuple):
            children.extend(inner.expressions)
        if isinstance(inner, exp.Literal):
            yield inner


def _moment(asking: Asking, text: str) -> date | datetime:
    if ":" in text:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise QueryError("period-unreadable", text=text, field="where") from None
    return parse_period(text, asking.now, field="where").start


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    inner = bare(tree)
    if isinstance(inner, exp.And):
        yield from _conjuncts(inner.left)
        yield from _conjuncts(inner.right)
    else:
        yield tree.copy()


def bare(tree: exp.Expr) -> exp.Expr:
    """`tree` without parentheses around the whole of it."""
    while isinstance(tree, exp.Paren):
        tree = tree.this
    return tree


def _is_date(node: exp.Cast) -> bool:
    return node.to.is_type("date", "timestamp") and isinstance(node.this, exp.Literal)


def _in_date(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Cast)


def _number(text: str) -> int | float:
    value = _number_or_none(text)
    return 0 if value is None else value


def _number_or_none(text: str) -> int | float | None:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None
