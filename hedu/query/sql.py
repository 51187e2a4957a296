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
_CALLS = ("measure", "agg", "aggregate")
_TABLE_PARTS = ("this", "alias")
_PARTS = {name: name for name in ("year", "quarter", "month", "week", "day", "doy")}
_PARTS |= {"isodow": "dow", "dayofyear": "doy", "weekofyear": "week", "dayofmonth": "day", "dayofweekiso": "dow"}
_SUNDAYS = ("dow", "dayofweek", "weekday")
_PART_CALLS = (
    exp.Year, exp.Quarter, exp.Month, exp.Week, exp.Day, exp.DayOfYear, exp.DayOfMonth, exp.WeekOfYear,
    exp.DayOfWeekIso, exp.DayOfWeek,
)  # fmt: skip
_TIMED = (exp.TimestampTrunc, exp.DateTrunc, exp.Extract, exp.Anonymous, *_PART_CALLS)


@dataclass(frozen=True, slots=True)
class _Names:
    """What names may mean: the metrics there are, and what the SELECT calls the table."""

    metrics: Container[str]
    table: str = TABLE

    def plain(self, column: exp.Column) -> str:
        """A column's name without its table's."""
        parts = [part.name for part in column.parts]
        return ".".join(parts[1:] if len(parts) > 1 and parts[0].lower() == self.table else parts)


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
        """The answer with the SELECT's columns, names and order. Errors: metric-unknown (a saved question)."""
        asked = (*self.question.by, *self.question.metrics)
        if len(result.columns) != len(asked):
            raise QueryError("metric-unknown", name=self.question.metrics[0], near=())
        # By their places: an imported project answers under longer names than it was asked by.
        places = [asked.index(one.column) for one in self.columns]
        named = zip(places, self.columns, strict=True)
        return replace(
            result,
            table=result.table.select(places).rename_columns([one.name for one in self.columns]),
            columns=tuple(replace(result.columns[place], name=one.name) for place, one in named),
        )


def asked_in_sql(text: str, metrics: Container[str]) -> AskedInSql:
    """What a SELECT over `metrics` asks.

    Errors: QueryError sql-broken (does not parse), sql-unsupported (more than a metric can answer),
    sql-table-unknown, sql-needs-measure, sql-group-by, sql-column-twice, sql-weekday.

    >>> asked = asked_in_sql("SELECT region, MEASURE(revenue) AS r FROM metrics GROUP BY region LIMIT 3", {"revenue"})
    >>> asked.question.metrics, asked.question.by, [one.name for one in asked.columns]
    (('revenue',), ('region',), ['region', 'r'])
    """
    select = _select(text)
    names = _Names(metrics, select.args["from_"].this.alias_or_name.lower())
    _fold(select, names.table)
    picked = [_picked(item, names) for item in select.expressions]
    seen: set[str] = set()
    for one, _ in picked:
        if one.name.lower() in seen:
            raise QueryError("sql-column-twice", name=one.name)
        seen.add(one.name.lower())
    columns = tuple(one for one, _ in picked)
    by = tuple(dict.fromkeys(one.column for one, is_metric in picked if not is_metric))
    named = tuple(dict.fromkeys(one.column for one, is_metric in picked if is_metric))
    _check_groups(select, columns, by, bool(named), names)
    # As in SQL, HAVING looks at the table's columns before it looks at names given in SELECT.
    aliases = {one.name.lower(): one.column for one in columns if one.name not in by}
    where = (*_conditions(select, "where", {}, names), *_conditions(select, "having", aliases, names))
    order = tuple(_ordered(item, columns, names) for item in _items(select, "order"))
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
    alias = table.args.get("alias")
    if any(value for part, value in table.args.items() if part not in _TABLE_PARTS) or (alias and alias.columns):
        raise QueryError("sql-unsupported", what=f"FROM {table.sql('duckdb')}"[:80])
    if select.find(exp.Subquery, exp.Window) or any(node is not select for node in select.find_all(exp.Query)):
        raise QueryError("sql-unsupported", what="SELECT (SELECT …)")
    return select


def _fold(select: exp.Select, table: str) -> None:
    """Names beyond four parts parse as chains of fields: make each one column, without its table."""
    for chain in list(select.find_all(exp.Dot)):
        parts = [] if isinstance(chain.parent, exp.Dot) else chain.parts
        if parts and all(isinstance(part, exp.Identifier) for part in parts):
            named = [part.name for part in parts[parts[0].name.lower() == table :]]
            chain.replace(exp.column(named[-1], table=exp.to_identifier(".".join(named[:-1])), quoted=True))


def _picked(item: exp.Expr, names: _Names) -> tuple[Wanted, bool]:
    """A column of the SELECT, and whether it is a metric."""
    tree = item.this if isinstance(item, exp.Alias) else item
    name = _meant(tree, names)
    return Wanted(item.alias or name, name), _measured(tree.unnest(), names) is not None


def _meant(tree: exp.Expr, names: _Names) -> str:
    """The question's name for an expression: a dimension's path, a time at a grain, a metric."""
    tree = tree.unnest()
    measured = _measured(tree, names)
    if measured is not None:
        return measured
    if isinstance(tree, exp.Column) and not isinstance(tree.this, exp.Star):
        name = names.plain(tree)
        if name in names.metrics:
            raise QueryError("sql-needs-measure", name=name)
        return name
    timed = _timed(tree, names)
    if timed is None:
        raise QueryError("sql-unsupported", what=tree.sql("duckdb")[:80])
    return timed


def _measured(tree: exp.Expr, names: _Names) -> str | None:
    """The metric in MEASURE(metric), AGG(metric) or AGGREGATE(metric)."""
    inner = tree.this if isinstance(tree, exp.Agg) else None
    if isinstance(tree, exp.Anonymous) and tree.name.lower() in _CALLS and len(tree.expressions) == 1:
        inner = tree.expressions[0]
    return names.plain(inner) if isinstance(inner, exp.Column) and not isinstance(inner.this, exp.Star) else None


def _timed(tree: exp.Expr, names: _Names) -> str | None:
    """date_trunc('month', x) -> x.month; extract(year from x), date_part('year', x), year(x) -> x.extract_year."""
    if isinstance(tree, (exp.TimestampTrunc, exp.DateTrunc)):
        return f"{_meant(tree.this, names)}.{tree.text('unit').lower()}"
    part, inner = "", None
    if isinstance(tree, exp.Extract):
        part, inner = tree.name.lower(), tree.expression
    elif isinstance(tree, _PART_CALLS):
        part, inner = tree.key, tree.this
    elif isinstance(tree, exp.Anonymous) and tree.name.lower() in ("date_part", "datepart"):
        first, inner = tree.expressions if len(tree.expressions) == 2 else (None, None)
        part = first.name.lower() if isinstance(first, exp.Literal) and first.is_string else ""
    if part in _SUNDAYS:
        raise QueryError("sql-weekday", what=tree.sql("duckdb")[:80])
    return f"{_meant(inner, names)}.extract_{_PARTS[part]}" if inner is not None and part in _PARTS else None


def _check_groups(
    select: exp.Select, columns: Sequence[Wanted], by: Sequence[str], is_measured: bool, names: _Names
) -> None:
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
    grouped = {_column_of(item, columns, replace(names, metrics=())) for item in group.expressions}
    if grouped != set(by):
        raise QueryError("sql-group-by", missing=sorted(grouped ^ set(by)))


def _column_of(item: exp.Expr, columns: Sequence[Wanted], names: _Names) -> str:
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
    return _meant(item, names)


def _ordered(item: exp.Expr, columns: Sequence[Wanted], names: _Names) -> str:
    tree = item.this if isinstance(item, exp.Ordered) else item
    descends = isinstance(item, exp.Ordered) and bool(item.args.get("desc"))
    if isinstance(item, exp.Ordered) and item.args.get("nulls_first"):
        raise QueryError("sql-unsupported", what="NULLS FIRST")
    name = _column_of(tree, columns, names)
    if name not in {one.column for one in columns}:
        raise QueryError("sql-unsupported", what=f"ORDER BY {tree.sql('duckdb')}")
    return f"-{name}" if descends else name


def _conditions(select: exp.Select, clause: str, aliases: Mapping[str, str], names: _Names) -> Iterator[str]:
    """The texts of WHERE or HAVING in the question's grammar."""
    found = select.args.get(clause)
    if found is None:
        return
    for conjunct in found.this.flatten() if isinstance(found.this, exp.And) else [found.this]:
        root = exp.Paren(this=conjunct.copy())
        for call in list(root.find_all(*_TIMED)):
            timed = _timed(call, names)
            if timed is not None:
                call.replace(_path(timed))
        for call in list(root.find_all(exp.Anonymous, exp.Agg)):
            measured = _measured(call, names)
            if measured is None or clause == "where":
                raise QueryError("sql-unsupported", what=f"{clause.upper()} {call.sql('duckdb')}")
            call.replace(exp.to_identifier(measured, quoted=True))
        for node in list(root.find_all(exp.Column)):
            name = aliases.get(node.name.lower(), "") if not node.table else ""
            node.replace(_path(name or _meant(node, names)))
        yield root.this.sql("duckdb")


def _path(name: str) -> exp.Expr:
    """A question's name as its grammar reads it."""
    parts = [exp.to_identifier(part, quoted=True) for part in name.split(".")]
    return exp.Dot.build(parts) if len(parts) > 1 else parts[0]


def _items(select: exp.Select, clause: str) -> list[exp.Expr]:
    found = select.args.get(clause)
    return list(found.expressions) if found is not None else []


def _limit(select: exp.Select) -> int | None:
    found: Any = select.args.get("limit")
    if found is None:
        return None
    count = found.expression if isinstance(found, exp.Limit) else None
    options = found.args.get("limit_options")
    if options is not None and any(options.args.values()):
        raise QueryError("sql-unsupported", what=found.sql("duckdb").strip())
    if not isinstance(count, exp.Literal) or not count.is_int:
        raise QueryError("sql-unsupported", what=found.sql("duckdb").strip())
    return count_of(int(count.name))
