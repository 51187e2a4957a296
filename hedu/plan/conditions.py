"""Filter trees over names -> conditions over columns.

A question's filter comes from anyone: only comparisons, logic and a few harmless functions pass, names must be
dimensions, and every literal becomes a bound parameter of its dimension's type. A definition's filter comes
from its owner and may also name columns of its own dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sqlglot import exp

from hedu.errors import Denied, QueryError, suggest
from hedu.model.expressions import (
    fold_long_paths,
    held,
    metric_by,
    parse_expression,
    path_of,
    references,
    row_expression,
    without_zero,
)
from hedu.model.paths import targets
from hedu.model.types import Dataset, Model
from hedu.plan.asking import Asking
from hedu.plan.keys import METRIC_TIME, Key, key_of, split
from hedu.plan.moments import COMPARISONS, comparison_of, span_if_any, span_of, type_times
from hedu.plan.relations import Relations, key_expression
from hedu.plan.scalars import literal, qualify, wrapped
from hedu.plan.visible import is_hidden, is_masked

_MOST_DIGITS = 38
_CONDITIONS = (*COMPARISONS, exp.And, exp.Or, exp.Not, exp.Is, exp.Column, exp.Boolean, exp.Escape)
_ALLOWED = (
    *COMPARISONS,
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Is, exp.Not, exp.And, exp.Or, exp.Paren,
    exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Tuple, exp.Lower, exp.Upper, exp.Coalesce, exp.Abs,
    exp.Cast, exp.DataType, exp.Escape,
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
            bare(tree), (*COMPARISONS, exp.And, exp.Or, exp.Not, exp.Is, exp.Column, exp.Boolean, exp.Escape)
        ):
            raise QueryError("where-not-a-condition", text=text)
        for division in tree.find_all(exp.Div):
            division.set("expression", without_zero(division.expression))
        found.extend(_conjuncts(tree))
    return found


def metric_names(model: Model, tree: exp.Expr) -> list[str]:
    """The metrics a condition names (a metric's name wins over a dimension found by search)."""
    paths = (path_of(name) for name in references(tree))
    return list(dict.fromkeys(path for path in paths if path in model.metrics))


def bind_where(relations: Relations, tree: exp.Expr, time: str | None, metric: str) -> exp.Expr:
    """A question's condition for one fact.

    Errors: as for `key_of`; where-type-mismatch, where-not-a-condition; Denied access-filter-masked.
    """
    root, asking = held(tree), relations.asking
    keys = {path: key_of(asking.model, relations.fact, path, time, metric) for path in paths_in(root)}
    for path, key in keys.items():
        _check_unmasked(asking, key, path)
    type_literals(asking, root, keys)
    values = {path: wrapped(key_expression(relations, key)) for path, key in keys.items()}
    for name in references(root):
        name.replace(values[path_of(name)].copy())
    bind_literals(asking, root)
    return bare(root)


def bind_filter(relations: Relations, tree: exp.Expr, time: str | None, metric: str) -> exp.Expr:
    """A definition's filter for one fact. Errors: filter-name-unknown, path-ambiguous; Denied access-filter-masked."""
    root, asking = held(tree), relations.asking
    found = {path: filter_key(asking.model, relations.fact, path, time, metric) for path in paths_in(root)}
    for path, key in found.items():
        if isinstance(key, Key):
            _check_unmasked(asking, key, path)
        elif is_masked(asking.access, relations.fact, key):
            raise Denied("access-filter-masked", name=path)
    known = {path: key for path, key in found.items() if isinstance(key, Key)}
    type_times(root, known, partial(span_if_any, asking), literal)
    for name in references(root):
        one = found[path_of(name)]
        value = (
            key_expression(relations, one, as_it_was=True) if isinstance(one, Key) else qualify(one, relations.alias)
        )
        name.replace(wrapped(value))
    return bare(root)


def parse_filter(text: str) -> exp.Expr:
    """A definition's filter as a tree."""
    return fold_long_paths(row_expression(text).copy())


def filter_key(model: Model, fact: Dataset, path: str, time: str | None, metric: str) -> Key | exp.Expr:
    """What a name in a definition's filter means: a key, or a column of the dataset's own source."""
    parts = path.split(".")
    if len(parts) == 2 and parts[0] == fact.name:
        parts = parts[1:]
    if len(parts) == 1 and not metric_by(path):
        if parts[0] in fact.dimensions or path == METRIC_TIME:
            return key_of(model, fact, parts[0], time, metric)
        return exp.column(exp.to_identifier(parts[0], quoted=True))
    whole, cut = split(path, model)
    for asked in (whole, cut):
        if asked is not None and (asked.is_metric_time or targets(model, fact.name, asked.path)):
            return key_of(model, fact, path, time, metric)
    known = [METRIC_TIME, *fact.dimensions]
    raise QueryError("filter-name-unknown", name=path, metric=metric, dataset=fact.name, near=suggest(path, known))


def paths_in(tree: exp.Expr) -> list[str]:
    """The names a condition holds, each once."""
    return list(dict.fromkeys(path_of(name) for name in references(tree)))


def _check_unmasked(asking: Asking, key: Key, path: str) -> None:
    if is_hidden(asking, key.target):
        raise Denied("access-filter-masked", name=path)


def bind_literals(asking: Asking, tree: exp.Expr) -> None:
    """Turn every literal left in `tree` into a bound parameter."""
    for node in list(tree.find_all(exp.Literal)):
        parent = node.parent
        if isinstance(parent, (exp.Extract, exp.DateTrunc, exp.Interval, exp.AtTimeZone)) or _in_date(node):
            continue
        if parent is not None and isinstance(parent.this, exp.Typeof):
            continue
        value: str | int | float = node.this if node.is_string else _number(node.this)
        node.replace(asking.bind(value))


def type_literals(asking: Asking, root: exp.Expr, keys: Mapping[str, Key]) -> None:
    """Literals compared with a dimension take its type; a period stands for all its days.

    Errors: where-type-mismatch, period-unreadable; where-not-a-condition for a name that stands alone untrue.
    """
    for name in references(root):
        key = keys.get(path_of(name))
        if key is not None:
            _check_types(name, key)
    type_times(root, keys, partial(span_of, asking), asking.bind)


def _around(name: exp.Expr) -> exp.Expr | None:
    """What a name stands in, parentheses aside; None at the top."""
    parent = name.parent
    return _around(parent) if isinstance(parent, exp.Paren) else parent


def _check_types(name: exp.Column, key: Key) -> None:
    dimension = key.target.dimension
    outer = _around(name)
    is_boolean = dimension is not None and dimension.type == "boolean" and not key.asked.is_number
    if (outer is None or isinstance(outer, (exp.And, exp.Or, exp.Not))) and not is_boolean:
        raise QueryError("where-not-a-condition", text=path_of(name))
    comparison = comparison_of(name)
    if dimension is None or comparison is None:
        return
    for node in _literals(comparison):
        text, type_ = node.this, "number" if key.asked.is_number else dimension.type
        is_fit = True
        if type_ in ("date", "timestamp"):
            is_fit = node.is_string
        elif type_ == "number":
            is_fit = not node.is_string or _number_or_none(text) is not None
        elif type_ == "text" and not node.is_string:
            node.replace(exp.Literal.string(text))
        elif type_ == "boolean":
            is_fit = False
        if not is_fit:
            raise QueryError("where-type-mismatch", name=path_of(name), value=text, type=type_)


def _literals(comparison: exp.Expr) -> Iterator[exp.Literal]:
    children = [*comparison.iter_expressions()]
    for child in children:
        inner = bare(child)
        if isinstance(inner, exp.Tuple):
            children.extend(inner.expressions)
        if isinstance(inner, exp.Literal):
            yield inner


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
    if value is None:
        raise QueryError("where-forbidden", text=text, name="number")
    return value


def _number_or_none(text: str) -> int | float | None:
    try:
        return int(text) if len(text) < _MOST_DIGITS else float(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None
