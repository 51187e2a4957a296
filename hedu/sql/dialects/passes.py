"""Passes that several dialects share, and how to write one."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

PARTS = ("year", "quarter", "month", "week", "day", "isodow", "dow", "doy", "hour", "minute", "second")
CALENDAR: dict[type[exp.Expr], str] = {
    exp.DayOfWeekIso: "isodow",
    exp.DayOfWeek: "dow",
    exp.Week: "week",
    exp.DayOfYear: "doy",
}
Make = Callable[[exp.Expr], exp.Expr | None]


def each(kinds: type[exp.Expr] | tuple[type[exp.Expr], ...], make: Make) -> Callable[[exp.Expr], exp.Expr]:
    """A pass that puts `make(node)` in place of each node of these kinds, innermost first; None leaves it."""

    def one(tree: exp.Expr) -> exp.Expr:
        root = exp.Paren(this=tree)
        found = kinds if isinstance(kinds, tuple) else (kinds,)
        for node in reversed(list(root.find_all(*found))):
            parent, key, at = node.parent, node.arg_key, node.index
            made = make(node)
            if made is None or made is node or parent is None or key is None:
                continue
            if at is None:
                parent.set(key, made)
            else:
                parent.args[key][at] = made
                made.parent, made.arg_key, made.index = parent, key, at
        result: exp.Expr = root.this
        result.pop()
        return result

    return one


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A function that sqlglot need not know."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def whole_aggregate(node: exp.Expr) -> exp.Expr:
    """The aggregate with its FILTER and WITHIN GROUP."""
    while isinstance(node.parent, (exp.Filter, exp.WithinGroup)) and node.arg_key == "this":
        node = node.parent
    return node


def double_division(node: exp.Expr) -> exp.Expr | None:
    """Division is of floats, as in DuckDB: exact numbers would lose digits, whole numbers their rest."""
    left = node.this.unnest()
    if isinstance(left, exp.Cast) and left.to.is_type(exp.DType.DOUBLE):
        return None
    return exp.Div(
        this=exp.cast(node.this, "double"), expression=node.expression, typed=True, safe=node.args.get("safe")
    )
