"""Expression text -> checked sqlglot tree. Names stay names; nothing that reaches outside its row passes."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from functools import lru_cache
from math import isinf

from sqlglot import exp, parse
from sqlglot.errors import ParseError, SqlglotError

from hedu.errors import HeduError, QueryError, Where

_DEEPEST = 200
_NAME = r"[^\W\d]\w*"
_PATH = rf"{_NAME}(?:\s*\.\s*{_NAME})+"
_METRIC = rf"\bmetric\s*\(\s*{_NAME}\s+by\s+{_NAME}(?:\s*\.\s*{_NAME})*\s*\)"
_PARAMETER = rf"\bparameter\s*\(\s*{_NAME}\s*\)"
_PIECES = re.compile(rf"""('(?:[^']|'')*')|("(?:[^"]|"")*")|({_METRIC})|({_PATH})|({_PARAMETER})""", re.IGNORECASE)
_WORDS = re.compile(rf"{_PIECES.pattern}|({_NAME})", re.IGNORECASE)
_BY = re.compile(r"\s+by\s+", re.IGNORECASE)
_METRIC_PARTS = re.compile(rf"metric\((?P<metric>{_NAME}) by (?P<entity>[\w.]+)\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_FORBIDDEN: tuple[type[exp.Expr], ...] = (
    exp.Query,
    exp.DDL,
    exp.DML,
    exp.Command,
    exp.Window,
    exp.Star,
    exp.Placeholder,
    exp.Parameter,
    exp.UDTF,
    exp.Lambda,
    exp.Alias,
)
_FORBIDDEN_FUNCTIONS = frozenset(
    {
        *("getenv", "current_setting", "current_user", "session_user", "user", "version", "getvariable"),
        *("current_database", "current_schema", "current_schemas", "current_catalog", "current_query", "current_role"),
        *("query", "query_table", "glob", "url", "file", "s3", "remote", "input", "dblink", "in_search_path"),
        *("nextval", "currval", "setseed", "set_config", "random", "gen_random_uuid", "uuid", "sleep"),
        *("lo_import", "lo_export", "txid_current", "has_table_privilege", "inet_server_addr"),
    }
)
_OF_NUMBERS = (
    *(exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Paren, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div),
    *(exp.Coalesce, exp.Nullif, exp.Case, exp.If, exp.Greatest, exp.Least, exp.Abs, exp.Round, exp.Predicate),
)
"""What a formula is usually made of: numbers and conditions, of which no text can come."""
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_DIVISIONS = (exp.Div, exp.Mod, exp.IntDiv)
_FORBIDDEN_PREFIXES = ("pg_", "duckdb_", "pragma_", "read_", "parquet_")


def parse_expression(text: str, *, where: Where | None = None, family: type[HeduError] = QueryError) -> exp.Expr:
    """One scalar or boolean expression as a tree of its own (safe to change).

    Errors: expression-broken (does not parse, several statements), expression-forbidden (subquery, window,
    star, placeholder or a function that looks outside its row), both of `family`.

    >>> parse_expression("order.channel = 'web'").sql()
    '"order"."channel" = \\'web\\''
    """
    return read_expression(text, where=where, family=family).copy()


def read_expression(text: str, *, where: Where | None = None, family: type[HeduError] = QueryError) -> exp.Expr:
    """The same tree, shared by all who ask for this text: to look at, never to change."""
    parsed = _parsed(text)
    if isinstance(parsed, tuple):
        code, detail = parsed
        raise family(code, where=where, text=text, detail=detail)
    return parsed


def row_expression(text: str, *, where: Where | None = None, family: type[HeduError] = QueryError) -> exp.Expr:
    """The tree of what is computed for each row, shared like that of `read_expression`, and of the same errors.

    What is divided by zero is NULL, which engines otherwise call an error, NULL or infinite.

    >>> row_expression("paid / seats + paid / 2").sql()
    'paid / NULLIF(seats, 0) + paid / 2'
    """
    read_expression(text, where=where, family=family)
    return _never_by_zero(text)


def without_zero(divisor: exp.Expr) -> exp.Expr:
    """What to divide by instead of `divisor`: NULL where it is zero. A number other than zero stays as it is."""
    is_number = isinstance(divisor, exp.Literal) and divisor.is_number
    if isinstance(divisor, exp.Nullif) or (is_number and float(divisor.name)):
        return divisor
    return exp.Nullif(this=divisor.copy(), expression=exp.Literal.number(0))


@lru_cache(maxsize=50_000)
def _never_by_zero(text: str) -> exp.Expr:
    tree = read_expression(text)
    if tree.find(*_DIVISIONS) is None:
        return tree
    root = held(tree)
    for division in reversed(list(root.find_all(*_DIVISIONS))):
        division.set("expression", without_zero(division.expression))
    return released(root)


def held(tree: exp.Expr) -> exp.Paren:
    """A copy of `tree` in a holder, so that any part of it, the whole too, can be replaced in place."""
    return exp.Paren(this=tree.copy())


def released(holder: exp.Paren) -> exp.Expr:
    """What a holder holds in the end, free of it."""
    tree: exp.Expr = holder.this
    tree.pop()
    return tree


def _said(error: SqlglotError) -> str:
    """What a parser found, without its own class names and the SELECT that it was given."""
    if not isinstance(error, ParseError) or not error.errors:
        return "a quote or bracket is not closed"
    what, near = error.errors[0]["description"], error.errors[0]["highlight"]
    return f"something is missing after `{near}`" if "<class" in what else f"{what}, near `{near}`"


@lru_cache(maxsize=50_000)
def _parsed(text: str) -> exp.Expr | tuple[str, str]:
    if _CONTROL.search(text):
        return ("expression-broken", "control character")
    try:
        trees = parse("SELECT " + _quote_paths(text), dialect="duckdb")
    except RecursionError:
        return ("expression-broken", f"nested more than {_DEEPEST} levels deep")
    except SqlglotError as error:
        return ("expression-broken", _said(error))
    select = trees[0] if len(trees) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or _has_clauses(select):
        return ("expression-broken", "one expression is expected here")
    tree: exp.Expr = select.expressions[0]
    if _depth(tree) > _DEEPEST:
        return ("expression-broken", f"nested more than {_DEEPEST} levels deep")
    fault = _fault(tree)
    if fault is not None:
        return fault
    tree.pop()
    return tree


def _depth(tree: exp.Expr) -> int:
    """How deep a tree is nested; what AND or OR joins counts as one level, for it is taken apart level by level."""
    deepest = 0
    pending: list[tuple[exp.Expr, int]] = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            is_same = isinstance(node, exp.Connector) and type(child) is type(node)
            pending.append((child, depth if is_same else depth + 1))
    return deepest


def _has_clauses(select: exp.Select) -> bool:
    return any(value for key, value in select.args.items() if key not in ("expressions", "kind", "hint"))


def _fault(tree: exp.Expr) -> tuple[str, str] | None:
    for node in tree.walk():
        if isinstance(node, _FORBIDDEN) and not _is_count_star(node):
            return ("expression-forbidden", node.key)
        if isinstance(node, exp.Func):
            name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
            if name in _FORBIDDEN_FUNCTIONS or name.startswith(_FORBIDDEN_PREFIXES):
                return ("expression-forbidden", name)
        if isinstance(node, exp.Literal) and node.is_number and isinf(float(node.name)):
            return ("expression-broken", f"{node.name} is more than a number can be")
        if isinstance(node, _COMPARISONS) and isinstance(node.this, _COMPARISONS):
            return ("expression-broken", "comparisons do not chain; write a < b AND b < c")
    return None


def _is_count_star(node: exp.Expr) -> bool:
    return isinstance(node, exp.Star) and isinstance(node.parent, exp.Count)


def _quote_paths(text: str) -> str:
    """Quote the parts of dotted names, so that a path may hold any word (`order.channel`)."""

    def quoted(match: re.Match[str]) -> str:
        if match.group(3) is not None:
            inner = match.group(3).partition("(")[2].rstrip(") \t\n")
            metric, entity = _BY.split(inner, maxsplit=1)
            return f'"metric({metric.strip()} by {"".join(entity.split())})"'
        if match.group(5) is not None:
            return f'"parameter({match.group(5).partition("(")[2].rstrip(") ").strip()})"'
        if match.group(4) is None:
            return match.group(0)
        return ".".join(f'"{part.strip()}"' for part in match.group(4).split("."))

    return _PIECES.sub(quoted, text)


def metric_by(path: str) -> tuple[str, str] | None:
    """The metric and the entity of a name such as `metric(orders by customer)`; None for any other name.

    >>> metric_by("metric(orders by order.customer)"), metric_by("orders")
    (('orders', 'order.customer'), None)
    """
    match = _METRIC_PARTS.fullmatch(path)
    return (match["metric"], match["entity"]) if match else None


def with_metrics_renamed(text: str, names: Mapping[str, str], bare: Container[str] = ()) -> str:
    """An expression's text with metrics under their new names: in `metric(… by …)`, and where they stand alone and are
    among `bare`. All else stays as it is written.

    >>> with_metrics_renamed("metric(orders by customer) > 3 and orders = 'orders'", {"orders": "sold"}, {"orders"})
    "metric(sold by customer) > 3 and sold = 'orders'"
    """

    def renamed(match: re.Match[str]) -> str:
        whole = match.group(0)
        if match.group(3) is not None:
            head, _, inner = whole.partition("(")
            metric, entity = _BY.split(inner, maxsplit=1)
            return f"{head}({names.get(metric.strip(), metric.strip())} by {entity}"
        plain = whole.strip('"') if match.group(2) is not None else match.group(6)
        return names.get(plain, whole) if plain is not None and plain in bare else whole

    return _WORDS.sub(renamed, text)


def path_of(column: exp.Column) -> str:
    """The dotted name a column reference spells.

    >>> path_of(parse_expression("customer.nation.name"))
    'customer.nation.name'
    """
    return ".".join(part.name for part in column.parts)


def references(tree: exp.Expr) -> list[exp.Column]:
    """Every name in the tree but those of parameters, longest paths whole (`a.b.c.d.e` comes as one)."""
    return [column for column in tree.find_all(exp.Column) if parameter_of(column) is None]


@lru_cache(maxsize=50_000)
def names_in(text: str) -> tuple[str, ...]:
    """The names that an expression's text refers to, each once; the errors of `read_expression`.

    >>> names_in("a - customer.age / a")
    ('a', 'customer.age')
    """
    return tuple(dict.fromkeys(path_of(column) for column in references(read_expression(text))))


@lru_cache(maxsize=50_000)
def aggregates(text: str) -> bool:
    """Whether an expression's text holds an aggregate function; the errors of `read_expression`."""
    return is_aggregate(read_expression(text))


@lru_cache(maxsize=50_000)
def is_text(text: str) -> bool:
    """Whether a formula over numbers comes to a text; the errors of `read_expression`.

    >>> is_text("a || b"), is_text("case when a > b then 'good' end"), is_text("a / b")
    (True, True, False)
    """
    root = held(read_expression(text))
    if all(isinstance(node, _OF_NUMBERS) and not node.is_string for node in root.walk()):
        return False
    from sqlglot.optimizer.annotate_types import annotate_types  # takes a while to import, and few formulas need it

    for column in root.find_all(exp.Column):
        column.type = exp.DataType.build("double")
    return bool(annotate_types(root, dialect="duckdb").this.is_type(*exp.DataType.TEXT_TYPES))


def parameter_of(column: exp.Expr) -> str | None:
    """The parameter that a name such as `parameter(least)` stands for; None for any other name."""
    name = column.name if isinstance(column, exp.Column) else ""
    return name.removeprefix("parameter(")[:-1] if name.startswith("parameter(") and name.endswith(")") else None


def fold_long_paths(tree: exp.Expr) -> exp.Expr:
    """Paths beyond four parts parse as Dot chains; make each one Column named by the whole path."""
    for dot in list(tree.find_all(exp.Dot)):
        if isinstance(dot.parent, exp.Dot):
            continue
        parts = [part.name for part in dot.parts]
        column = exp.Column(this=exp.to_identifier(parts[-1], quoted=True))
        column.args["table"] = exp.to_identifier(".".join(parts[:-1]), quoted=True)
        if dot is tree:
            return column
        dot.replace(column)
    return tree


def is_aggregate(tree: exp.Expr) -> bool:
    """Whether the tree holds an aggregate function."""
    return tree.find(exp.AggFunc) is not None
