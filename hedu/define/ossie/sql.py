"""The SQL of an Ossie field or metric -> its tree, and the aggregates it is made of.

What cannot be said natively raises Refused with the reason; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedu.define.definitions import Aggregation, Percentile
from hedu.define.ossie.meant import Refused, meant
from hedu.define.ossie.model import Expression

DEEPEST = 150
_SQL: dict[str, tuple[str, ...]] = {
    "ANSI_SQL": ("duckdb", ""),
    "OSSIE_SQL_2026": ("duckdb", ""),
    "OSI_SQL_2026": ("duckdb", ""),
    "DUCKDB": ("duckdb",),
    "POSTGRES": ("postgres",),
    "POSTGRESQL": ("postgres",),
    "SNOWFLAKE": ("snowflake",),
    "DATABRICKS": ("databricks",),
    "SPARK": ("spark",),
    "BIGQUERY": ("bigquery",),
    "TRINO": ("trino",),
    "CLICKHOUSE": ("clickhouse",),
    "REDSHIFT": ("redshift",),
    "MYSQL": ("mysql",),
}
_PLAIN: dict[type[exp.Expr], Aggregation] = {
    exp.Sum: "sum",
    exp.Avg: "average",
    exp.Min: "min",
    exp.Max: "max",
    exp.Median: "median",
    exp.ApproxDistinct: "approx_count_distinct",
    exp.Stddev: "stddev",
    exp.StddevSamp: "stddev",
    exp.StddevPop: "stddev_pop",
    exp.Variance: "variance",
    exp.VariancePop: "variance_pop",
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One aggregate call: of `argument` (None: of rows; then `table` may name whose)."""

    agg: Aggregation
    argument: exp.Expr | None
    percentile: Percentile | None = None
    table: str = ""


def tree_of(expression: Expression) -> tuple[exp.Expr, str]:
    """The first dialect's tree that can be read, in the order of preference, and its dialect. Refused: none can."""
    held = sorted(expression.dialects, key=lambda pair: list(_SQL).index(pair[0]) if pair[0] in _SQL else len(_SQL))
    refused: Refused | None = None
    for dialect, text in held:
        tree = next((tree for spelling in _SQL.get(dialect, ()) if (tree := _parsed(text, spelling)) is not None), None)
        if tree is not None:
            try:
                return _understood(tree, text, dialect), dialect
            except Refused as error:
                refused = refused or error
    if refused is not None:
        raise refused
    names = ", ".join(dialect for dialect, _ in expression.dialects)
    raise Refused(f"没有一种写法能当作 SQL 读懂（{names}）", f"none of its dialects can be read as SQL ({names})")


def _understood(tree: exp.Expr, text: str, dialect: str) -> exp.Expr:
    _check_depth(tree)
    _check_of_mysql(tree, text, dialect)
    return meant(tree, dialect)


def _check_depth(tree: exp.Expr) -> None:
    """What stands too deep cannot be walked, here or later."""
    deepest, pending = 0, [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        deepest = max(deepest, depth)
        pending += [(inner, depth + 1) for inner in node.iter_expressions()]
    if deepest > DEEPEST:
        raise Refused("算式嵌套太深", "the expression is nested too deep")


def _check_of_mysql(tree: exp.Expr, text: str, dialect: str) -> None:
    if dialect != "MYSQL":
        return
    if tree.find(exp.Stddev, exp.Variance) is not None:
        raise Refused("MySQL 的标准差、方差默认按总体计算", "what MySQL calls STDDEV and VARIANCE is of the population")
    if any(token.token_type.name == "DPIPE" for token in sqlglot.tokenize(text, dialect="mysql")):
        raise Refused(
            "MySQL 的 || 是“或”还是拼接取决于设置", "whether || is OR or joins texts depends on MySQL's settings"
        )


def _parsed(text: str, dialect: str) -> exp.Expr | None:
    try:
        trees = sqlglot.parse(f"SELECT {text}", dialect=dialect or None)
    except (SqlglotError, RecursionError):
        return None
    select = trees[0] if len(trees) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        return None
    if any(value for key, value in select.args.items() if key not in ("expressions", "kind", "hint")):
        return None
    tree: exp.Expr = select.expressions[0]
    tree.pop()
    return tree


def sql_of(tree: exp.Expr) -> str:
    """The text native definitions hold."""
    return tree.sql("duckdb", comments=False)


def split(tree: exp.Expr, placed: Callable[[Aggregate], exp.Expr]) -> exp.Expr:
    """`tree` with every aggregate replaced by what `placed` gives for it. Refused: what no aggregate can be."""
    if isinstance(tree, (exp.Window, exp.WindowSpec)):
        raise Refused("窗口函数依赖提问方式，指标里没有对应的写法", "a window function depends on the question asked")
    if isinstance(tree, exp.Query):
        raise Refused("子查询", "a subquery")
    found = _aggregate(tree)
    if found is not None:
        return placed(found)
    copy = tree.copy()
    for key, value in list(copy.args.items()):
        if isinstance(value, exp.Expr):
            copy.set(key, split(value, placed))
        elif isinstance(value, list):
            copy.set(key, [split(one, placed) if isinstance(one, exp.Expr) else one for one in value])
    return copy


def _aggregate(tree: exp.Expr) -> Aggregate | None:
    if isinstance(tree, exp.Filter):
        inner = _aggregate(tree.this)
        if inner is None:
            raise Refused("FILTER 之前不是可用的汇总函数", "FILTER without an aggregate that is known")
        return _where(inner, tree.expression.this)
    if isinstance(tree, exp.WithinGroup):
        return _within(tree)
    if isinstance(tree, (exp.PercentileCont, exp.PercentileDisc)) and tree.args.get("expression") is not None:
        return _percentile(tree, tree.this, _part(tree.expression))
    if isinstance(tree, exp.Count):
        return _count(tree)
    if isinstance(tree, exp.CountIf):
        return _where(Aggregate("count", None), _one(tree))
    if isinstance(tree, (exp.ApproxQuantile, exp.Quantile)):
        part = _part(tree.args.get("quantile"))
        how = Percentile(part, "approximate" if isinstance(tree, exp.ApproxQuantile) else "continuous")
        return Aggregate("percentile", _one(tree), how)
    if isinstance(tree, exp.Anonymous) and tree.name.upper() == "APPROX_PERCENTILE" and len(tree.expressions) == 2:
        value, part = tree.expressions
        _check_row(value)
        return Aggregate("percentile", value.copy(), Percentile(_part(part), "approximate"))
    if isinstance(tree, exp.Sum) and isinstance(tree.this, exp.Distinct) and len(tree.this.expressions) == 1:
        _check_row(tree.this.expressions[0])
        return Aggregate("sum_distinct", tree.this.expressions[0].copy())
    agg = _PLAIN.get(type(tree))
    if agg is not None:
        return Aggregate(agg, _one(tree))
    if isinstance(tree, exp.AggFunc):
        name = tree.sql_name()
        raise Refused(f"汇总函数 {name} 没有对应的汇总方式", f"the aggregate {name} has no counterpart")
    return None


def _one(tree: exp.Expr) -> exp.Expr:
    """The argument of an aggregate: one expression of a row."""
    argument: exp.Expr = tree.this
    if isinstance(argument, exp.Distinct):
        if not isinstance(tree, (exp.Min, exp.Max)) or len(argument.expressions) != 1:
            raise Refused("去重之后再汇总只支持计数与求和", "only counts and sums are supported over distinct values")
        argument = argument.expressions[0]
    _check_row(argument)
    return argument.copy()


def _check_row(argument: exp.Expr) -> None:
    if argument.find(exp.AggFunc, exp.WithinGroup) is not None:
        raise Refused("汇总里面又有汇总", "an aggregate of an aggregate")
    if argument.find(exp.Window, exp.Query) is not None:
        raise Refused("汇总里面有窗口函数或子查询", "a window function or subquery inside an aggregate")


def _count(tree: exp.Count) -> Aggregate:
    argument = tree.this
    if isinstance(argument, exp.Star) or argument is None:
        return Aggregate("count", None)
    if isinstance(argument, exp.Column) and isinstance(argument.this, exp.Star):
        return Aggregate("count", None, table=argument.table)
    if isinstance(argument, exp.Distinct):
        if len(argument.expressions) != 1:
            raise Refused("多列去重计数", "a count of distinct combinations of several columns")
        _check_row(argument.expressions[0])
        return Aggregate("count_distinct", argument.expressions[0].copy())
    if isinstance(argument, exp.Literal):
        return Aggregate("count", None)
    _check_row(argument)
    return Aggregate("count", argument.copy())


def _within(tree: exp.WithinGroup) -> Aggregate:
    """PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x), upwards or downwards."""
    call, ordered = tree.this, tree.expression.expressions
    if not isinstance(call, (exp.PercentileCont, exp.PercentileDisc)) or len(ordered) != 1:
        raise Refused("WITHIN GROUP 只支持分位数", "WITHIN GROUP is supported for percentiles only")
    at = _part(call.this)
    argument = ordered[0].this if isinstance(ordered[0], exp.Ordered) else ordered[0]
    if isinstance(ordered[0], exp.Ordered) and ordered[0].args.get("desc"):
        if isinstance(call, exp.PercentileDisc):
            raise Refused("从大到小的离散分位数", "a discrete percentile counted from the greatest")
        at = round(1 - at, 12)
    return _percentile(call, argument, at)


def _percentile(call: exp.Expr, argument: exp.Expr, at: float) -> Aggregate:
    _check_row(argument)
    how = Percentile(at, "continuous" if isinstance(call, exp.PercentileCont) else "discrete")
    return Aggregate("percentile", argument.copy(), how)


def _part(tree: exp.Expr | None) -> float:
    try:
        at = float(tree.name) if isinstance(tree, exp.Literal) else -1.0
    except ValueError:
        at = -1.0
    if not 0 <= at <= 1:
        raise Refused("分位必须是 0 到 1 的数", "the percentile must be a number from 0 to 1")
    return at if at != int(at) else int(at)


def _where(inner: Aggregate, condition: exp.Expr) -> Aggregate:
    """Only rows that fulfil the condition: a group without any stays, as in SQL."""
    _check_row(condition)
    value = inner.argument if inner.argument is not None else exp.Literal.number(1)
    case = exp.Case().when(condition.copy(), value)
    return Aggregate(inner.agg, case, inner.percentile, inner.table)


def columns_of(tree: exp.Expr) -> Iterator[exp.Column]:
    """Every column, outermost first; the list is made before any is replaced."""
    yield from list(tree.find_all(exp.Column))
