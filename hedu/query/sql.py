"""SQL over metrics -> the question it asks, and the columns it wants back.

One read-only SELECT from the one table `metrics`, whose columns are dimensions; a metric is MEASURE(name).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from hedu.errors import QueryError
from hedu.query.question import Question, count_of
from hedu.query.result import Result

TABLE = "metrics"
_CLAUSES = ("expressions", "from_", "where", "group", "having", "order", "limit", "distinct")
_PARTS = {"year", "quarter", "month", "week", "day", "dow", "doy", "dayofweek", "dayofyear"}
_PART_NAMES = {"dayofweek": "dow", "dayofyear": "doy"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column of the answer: the name it was given, and the question's own name for it."""

    name: str
    column: str


@dataclass(frozen=True, slots=True)
class AskedInSql:
    """The question a SELECT asks, and its columns in the order they were written."""

    question: Question
    columns: tuple[Wanted, ...]

    def shaped(self, result: Result) -> Result:
        """The answer with the SELECT's columns, names and order."""
        names = [one.name for one in self.columns]
        known = {column.name: column for column in result.columns}
        table = result.table.select([one.column for one in self.columns]).rename_columns(names)
        return replace(
            result,
            table=table,
            columns=tuple(replace(known[one.column], name=one.name) for one in self.columns),
        )


def asked_in_sql(text: str, metrics: Container[str]) -> AskedInSql:
    """What a SELECT over `metrics` asks.

    Errors: QueryError sql-broken (does not parse), sql-unsupported (more than a metric can answer),
    sql-table-unknown, sql-needs-measure, sql-group-by, sql-column-twice.

    >>> asked = asked_in_sql("SELECT region, MEASURE(revenue) AS r FROM metrics GROUP BY region LIMIT 3", {"revenue"})
    >>> asked.question.metrics, asked.question.by, [one.name for one in asked.columns]
    (('revenue',), ('region',), ['region', 'r'])
    """
    select = _select(text)
    picked = [_picked(item, metrics) for item in select.expressions]
    seen: set[str] = set()
    for one, _ in picked:
        if one.name.lower() in seen:
            raise QueryError("sql-column-twice", name=one.name)
        seen.add(one.name.lower())
    columns = tuple(one for one, _ in picked)
    by = tuple(dict.fromkeys(one.column for one, is_metric in picked if not is_metric))
    named = tuple(dict.fromkeys(one.column for one, is_metric in picked if is_metric))
    _check_groups(select, columns, by, bool(named))
    aliases = {one.name.lower(): one.column for one in columns}
    where = (*_conditions(select, "where", {}, metrics), *_conditions(select, "having", aliases, metrics))
    order = tuple(_ordered(item, columns, metrics) for item in _items(select, "order"))
    return AskedInSql(Question(named, by, where, order=order, limit=_limit(select)), columns)


def _select(text: str) -> exp.Select:
    try:
        trees = [tree for tree in parse(text, dialect="duckdb") if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise QueryError("sql-broken", text=text, detail=str(error).splitlines()[0][:120]) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        raise QueryError("sql-unsupported", what="SELECT" if not trees else trees[0].key.upper())
    select = trees[0]
    for clause, value in select.args.items():
        if value and clause not in _CLAUSES:
            raise QueryError("sql-unsupported", what=clause.rstrip("_").upper())
    source = select.args.get("from_")
    table = source.this if source is not None else None
    if not isinstance(table, exp.Table) or table.args.get("joins"):
        raise QueryError("sql-table-unknown", name=table.sql() if table is not None else "")
    if table.name.lower() != TABLE or table.db:
        raise QueryError("sql-table-unknown", name=table.sql())
    if select.find(exp.Subquery, exp.Window) or any(node is not select for node in select.find_all(exp.Query)):
        raise QueryError("sql-unsupported", what="SELECT (SELECT …)")
    return select


def _picked(item: exp.Expr, metrics: Container[str]) -> tuple[Wanted, bool]:
    """A column of the SELECT, and whether it is a metric."""
    tree = item.this if isinstance(item, exp.Alias) else item
    name = _meant(tree, metrics)
    return Wanted(item.alias or name, name), _measured(tree) is not None


def _meant(tree: exp.Expr, metrics: Container[str]) -> str:
    """The question's name for an expression: a dimension's path, a time at a grain, a metric."""
    tree = tree.unnest()
    measured = _measured(tree)
    if measured is not None:
        return measured
    if isinstance(tree, exp.Column) and not isinstance(tree.this, exp.Star):
        name = ".".join(part.name for part in tree.parts)
        name = name.removeprefix(f"{TABLE}.")
        if name in metrics:
            raise QueryError("sql-needs-measure", name=name)
        return name
    timed = _timed(tree, metrics)
    if timed is None:
        raise QueryError("sql-unsupported", what=tree.sql("duckdb")[:80])
    return timed


def _measured(tree: exp.Expr) -> str | None:
    """The metric in MEASURE(metric) or AGG(metric)."""
    inner = tree.this if isinstance(tree, exp.Agg) else None
    if isinstance(tree, exp.Anonymous) and tree.name.lower() == "measure" and len(tree.expressions) == 1:
        inner = tree.expressions[0]
    return inner.name if isinstance(inner, exp.Column) else None


def _timed(tree: exp.Expr, metrics: Container[str]) -> str | None:
    """date_trunc('month', x) -> x.month; extract(year from x) -> x.extract_year."""
    if isinstance(tree, (exp.TimestampTrunc, exp.DateTrunc)):
        return f"{_meant(tree.this, metrics)}.{tree.text('unit').lower()}"
    if isinstance(tree, exp.Extract):
        part = tree.name.lower()
        if part in _PARTS:
            return f"{_meant(tree.expression, metrics)}.extract_{_PART_NAMES.get(part, part)}"
    return None


def _check_groups(select: exp.Select, columns: Sequence[Wanted], by: Sequence[str], is_measured: bool) -> None:
    """GROUP BY must say what SELECT says: every dimension, and nothing else."""
    distinct = select.args.get("distinct")
    if distinct is not None and (is_measured or distinct.args.get("on")):
        raise QueryError("sql-unsupported", what="DISTINCT")
    group = select.args.get("group")
    if group is None:
        if by and is_measured:
            raise QueryError("sql-group-by", missing=by)
        return
    if group.args.get("all"):
        return
    for clause, value in group.args.items():
        if value and clause not in ("expressions", "all"):
            raise QueryError("sql-unsupported", what=clause.rstrip("_").replace("_", " ").upper())
    grouped = {_column_of(item, columns, ()) for item in group.expressions}
    if grouped != set(by):
        raise QueryError("sql-group-by", missing=sorted(grouped ^ set(by)))


def _column_of(item: exp.Expr, columns: Sequence[Wanted], metrics: Container[str]) -> str:
    """What a place, an alias or an expression of GROUP BY and ORDER BY means."""
    if isinstance(item, exp.Literal) and item.is_int:
        at = int(item.name)
        if not 1 <= at <= len(columns):
            raise QueryError("sql-unsupported", what=item.name)
        return columns[at - 1].column
    if isinstance(item, exp.Column) and not item.table:
        for one in columns:
            if one.name.lower() == item.name.lower():
                return one.column
    return _meant(item, metrics)


def _ordered(item: exp.Expr, columns: Sequence[Wanted], metrics: Container[str]) -> str:
    tree = item.this if isinstance(item, exp.Ordered) else item
    descends = isinstance(item, exp.Ordered) and bool(item.args.get("desc"))
    if isinstance(item, exp.Ordered) and item.args.get("nulls_first"):
        raise QueryError("sql-unsupported", what="NULLS FIRST")
    name = _column_of(tree, columns, metrics)
    if name not in {one.column for one in columns}:
        raise QueryError("sql-unsupported", what=f"ORDER BY {tree.sql('duckdb')}")
    return f"-{name}" if descends else name


def _conditions(select: exp.Select, clause: str, aliases: Mapping[str, str], metrics: Container[str]) -> Iterator[str]:
    """The texts of WHERE or HAVING in the question's grammar."""
    found = select.args.get(clause)
    if found is None:
        return
    for conjunct in found.this.flatten() if isinstance(found.this, exp.And) else [found.this]:
        root = exp.Paren(this=conjunct.copy())
        for call in list(root.find_all(exp.Anonymous, exp.Agg)):
            measured = _measured(call)
            if measured is None or clause == "where":
                raise QueryError("sql-unsupported", what=f"{clause.upper()} {call.sql('duckdb')}")
            call.replace(exp.to_identifier(measured, quoted=True))
        for node in list(root.find_all(exp.Column)):
            name = aliases.get(node.name.lower(), "") if not node.table else ""
            parts = (name or _meant(node, metrics)).split(".")
            node.replace(
                exp.Dot.build([exp.to_identifier(part, quoted=True) for part in parts])
                if len(parts) > 1
                else exp.to_identifier(parts[0], quoted=True)
            )
        yield root.this.sql("duckdb")


def _items(select: exp.Select, clause: str) -> list[exp.Expr]:
    found = select.args.get(clause)
    return list(found.expressions) if found is not None else []


def _limit(select: exp.Select) -> int | None:
    found: Any = select.args.get("limit")
    if found is None:
        return None
    count = found.expression if isinstance(found, exp.Limit) else None
    if not isinstance(count, exp.Literal) or not count.is_int:
        raise QueryError("sql-unsupported", what=found.sql("duckdb").strip())
    return count_of(int(count.name))
