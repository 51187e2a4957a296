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
INTEGERS = (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT, exp.DType.INT128,
             exp.DType.UTINYINT, exp.DType.USMALLINT, exp.DType.UINT, exp.DType.UBIGINT)  # fmt: skip
WHOLE = (
    exp.Count,
    exp.Sum,
    exp.Extract,
    exp.DateDiff,
    exp.Floor,
    exp.Ceil,
    exp.Length,
    exp.Null,
    exp.Predicate,
    exp.Boolean,
)
"""What is a whole number already."""
Make = Callable[[exp.Expr], exp.Expr | None]


def part_of(node: exp.Anonymous) -> tuple[str, exp.Expr | None]:
    """The part and the moment of `date_part('hour', x)` and `weekday(x)`, which sqlglot does not know by name."""
    match node.name.lower(), node.expressions:
        case (("date_part" | "datepart"), [exp.Literal(is_string=True) as part, moment]):
            return part.name.lower(), moment
        case "weekday", [moment]:
            return "dow", moment
    return "", None


def wall_clock(node: exp.Expr) -> exp.AtTimeZone | None:
    """The column and the zone it is kept in, of an instant; for engines whose columns are all of one kind."""
    if isinstance(node, exp.AtTimeZone):
        return node
    own = node.args.get("default") if isinstance(node, exp.Case) else None
    if not isinstance(own, exp.AtTimeZone) or not isinstance(own.this, exp.Cast):
        return None
    return exp.AtTimeZone(this=own.this.this, zone=own.args["zone"])


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


_PREDICATES = (exp.Predicate, exp.Not, exp.And, exp.Or, exp.Boolean, exp.LogicalOr, exp.LogicalAnd,
               exp.Contains, exp.StartsWith, exp.EndsWith, exp.RegexpLike, exp.ArrayContains)  # fmt: skip


def is_predicate(node: exp.Expr) -> bool:
    """Whether the value is true or false."""
    match node.unnest():
        case exp.Coalesce(this=first):
            return is_predicate(first)
        case exp.Case(args=args):
            branches = [one.args["true"] for one in args["ifs"]]
            return all(is_predicate(one) or isinstance(one, exp.Null) for one in branches)
        case inner:
            return isinstance(inner, _PREDICATES)


def named(node: exp.Expr) -> exp.Expr | None:
    """A column of a relation, shown under its own name whatever else bears it."""
    is_shown = isinstance(node.parent, exp.Select) and node.arg_key == "expressions"
    return exp.alias_(node.copy(), node.name, quoted=True) if is_shown and node.args.get("table") else None


def ordered_outside(tree: exp.Expr, term: Callable[[exp.Ordered], list[exp.Expr]] = lambda one: [one]) -> exp.Expr:
    """The order and the limit in a SELECT around, where a name can only mean an output column.

    Each part of the order becomes what `term` makes of it.
    """
    order = tree.args.get("order")
    if not isinstance(tree, exp.Select) or order is None:
        return tree
    terms = [made.copy() for one in order.expressions for made in term(one)]
    limit, ctes = tree.args.get("limit"), tree.args.get("with_")
    for name in ("order", "limit", "with_"):
        tree.set(name, None)
    answer = exp.TableAlias(this=exp.to_identifier("answer", quoted=True))
    outer = exp.select("*").from_(exp.Subquery(this=tree, alias=answer))
    outer.set("order", exp.Order(expressions=terms))
    outer.set("limit", limit)
    outer.set("with_", ctes)
    return outer


def double_division(node: exp.Expr) -> exp.Expr | None:
    """Division is of floats, as in DuckDB: exact numbers would lose digits, whole numbers their rest."""
    if is_double(node.this):
        return None
    left, safe = as_double(node.this), node.args.get("safe")
    return exp.Div(this=left, expression=node.expression, typed=True, safe=safe)


def is_double(node: exp.Expr) -> bool:
    """Whether a cast to a float stands there already."""
    inner = node.unnest()
    return isinstance(inner, exp.Cast) and bool(inner.to.is_type(exp.DType.DOUBLE))


def as_double(node: exp.Expr) -> exp.Expr:
    """`node` as a float, cast once."""
    return node if is_double(node) else exp.cast(node, "double")
