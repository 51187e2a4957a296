"""SELECT trees -> the tables they read, as sheets to fill: their columns, of what kind, with values worth trying."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlglot import exp

from hedu.alignment.equivalence.databases import Column, Sheet, distinct, near
from hedu.alignment.equivalence.diagrams import TooComplex
from hedu.alignment.equivalence.reading import DATES
from hedu.model.types import GRAINS
from hedu.plan.periods import shift

MARK = "hedu_try"
PLACE = "\x02"
"""Where the number of the try goes in a text made by `marked`."""
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between,
             exp.Like, exp.ILike, exp.Coalesce, exp.Case, exp.If)  # fmt: skip
_TEXTUAL = (exp.Lower, exp.Upper, exp.Like, exp.ILike, exp.DPipe, exp.StartsWith, exp.Trim, exp.Substring)
_TEMPORAL = (exp.TimestampTrunc, exp.DateTrunc, exp.DateDiff, exp.Extract, exp.Year, exp.Month, exp.Day, exp.Quarter,
             exp.Week, exp.AtTimeZone)  # fmt: skip
_NUMERIC = (exp.Sum, exp.Avg, exp.Mul, exp.Div, exp.Add, exp.Sub, exp.Neg, exp.Abs, exp.Round, exp.IntDiv, exp.Mod,
            exp.Median)  # fmt: skip


_KINDS: dict[type, str] = {bool: "bool", int: "number", float: "number", str: "text", date: "day", datetime: "moment"}


def name_of(table: exp.Table) -> str:
    """The dotted name of a table, one identifier in a scratch database."""
    return ".".join(part.name for part in table.parts)


def sheets_of(trees: Sequence[exp.Expr], known: Mapping[str, Sheet]) -> dict[str, Sheet]:
    """The tables that `trees` read; what `known` says of kinds and keys holds. TooComplex where a name is unclear."""
    found: dict[str, Sheet] = {}
    met: list[tuple[Column, Column]] = []
    for tree in trees:
        owner = _owners(tree, known)
        for name in tree.find_all(exp.Column):
            column = _place(owner(name), name.name, found, known)
            if column is not None:
                column.kind = column.kind or _kind_at(name)
                column.pool += [value for value in _literals_near(name) if _fits(value, column)]
        met += _met(tree, owner, found, known)
    for table, sheet in found.items():
        for key in (*sheet.primary, *(one for unique in sheet.unique for one in unique)):
            _place(table, key, found, known)
    _settle(found, met)
    return found


def _owners(tree: exp.Expr, known: Mapping[str, Sheet]) -> Callable[[exp.Column], str | None]:
    """Column -> the table it belongs to; None for columns of subqueries."""
    shadowed = {cte.alias for cte in tree.find_all(exp.CTE)}
    by_alias: dict[str, str | None] = dict.fromkeys(shadowed)
    by_alias |= {one.alias: None for one in tree.find_all(exp.Subquery) if one.alias}
    for table in tree.find_all(exp.Table):
        is_cte = table.name in shadowed and not table.args.get("db")
        by_alias[table.alias_or_name] = None if is_cte else name_of(table)

    def owner(column: exp.Column) -> str | None:
        if column.table:
            return by_alias.get(column.table)
        select = column.find_ancestor(exp.Select)
        sources = [one for one in _sources(select) if one not in shadowed] if select is not None else []
        if column.name in (select.named_selects if select else []) and column.find_ancestor(exp.Order, exp.Having):
            return None
        owning = [one for one in sources if column.name in known.get(one, Sheet()).columns]
        if len(owning) == 1 or len(sources) == 1:
            return (owning or sources)[0]
        if not sources:
            return None
        raise TooComplex

    return owner


def _sources(select: exp.Select) -> list[str]:
    source = select.args.get("from_") or select.args.get("from")
    relations = [source.this] if source is not None else []
    relations += [join.this for join in select.args.get("joins") or ()]
    return [name_of(one) for one in relations if isinstance(one, exp.Table)]


def _place(table: str | None, name: str, found: dict[str, Sheet], known: Mapping[str, Sheet]) -> Column | None:
    if table is None:
        return None
    told = known.get(table, Sheet())
    sheet = found.setdefault(table, Sheet({}, told.primary, told.unique, told.foreign))
    if name not in sheet.columns:
        before = told.columns.get(name, Column())
        sheet.columns[name] = Column(before.kind, list(before.pool), before.never_null or name in told.primary)
    return sheet.columns[name]


def _kind_at(name: exp.Column) -> str:
    """What kind a column has to be, from where it stands; "" where that tells nothing."""
    parent = name.parent
    while isinstance(parent, exp.Paren | exp.Distinct):
        parent = parent.parent
    if isinstance(parent, _TEXTUAL):
        return "text"
    if isinstance(parent, _TEMPORAL):
        return "moment" if isinstance(parent, exp.AtTimeZone) else "day"
    if isinstance(parent, _NUMERIC) and not parent.find(exp.Interval):
        return "number"
    if isinstance(parent, exp.And | exp.Or | exp.Not | exp.Where | exp.Filter):
        return "bool"
    for value in _literals_near(name):
        return _KINDS[type(value)]
    return ""


def _literals_near(name: exp.Column) -> Iterator[Any]:
    """The literals a column is compared with."""
    node = name.find_ancestor(*_COMPARED)
    if node is None:
        return
    for cast in node.find_all(exp.Cast):
        if isinstance(cast.this, exp.Literal) and cast.to.is_type(*DATES):
            for one in _times(cast.this.this, not cast.to.is_type("date")):
                yield from (one, *_moved(one, cast.parent))
    for literal in node.find_all(exp.Literal):
        if isinstance(literal.parent, exp.Cast | exp.Interval):
            continue
        if literal.is_string:
            yield literal.this.replace("%", "").replace("_", "q")
            yield from _times(literal.this, len(literal.this) > 10)
        else:
            value = float(literal.this)
            yield int(value) if value.is_integer() else value
    yield from (bool(one.this) for one in node.find_all(exp.Boolean))


def _moved(value: date, by: exp.Expr | None) -> Iterator[date]:
    """The day or moment that adding an interval to `value` gives."""
    interval = by.expression if isinstance(by, exp.Add | exp.Sub) else None
    if not isinstance(interval, exp.Interval) or not interval.name.isdigit():
        return
    grain = next((one for one in GRAINS if one == interval.text("unit").lower()), None)
    if grain in ("day", "week", "month", "quarter", "year"):
        yield shift(value, grain, -int(interval.name) if isinstance(by, exp.Sub) else int(interval.name))


def _times(text: str, is_moment: bool) -> Iterator[date]:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return
    yield found if is_moment else found.date()


def _fits(value: Any, column: Column) -> bool:
    match column.kind:
        case "number" | "integer":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "text":
            return isinstance(value, str)
        case "day" | "moment":
            return isinstance(value, date) or (isinstance(value, int) and 1900 < value < 2200)
        case "bool":
            return isinstance(value, bool)
    return True


def _met(
    tree: exp.Expr, owner: Callable[[exp.Column], str | None], found: dict[str, Sheet], known: Mapping[str, Sheet]
) -> list[tuple[Column, Column]]:
    """Columns that are compared with each other: they take each other's kind and values."""
    pairs = []
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ):
        if isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column):
            left = _place(owner(node.this), node.this.name, found, known)
            right = _place(owner(node.expression), node.expression.name, found, known)
            if left is not None and right is not None:
                pairs.append((left, right))
    return pairs


def _settle(found: Mapping[str, Sheet], met: Sequence[tuple[Column, Column]]) -> None:
    for _ in range(3):
        for left, right in met:
            left.kind, right.kind = left.kind or right.kind, right.kind or left.kind
            if left.kind == right.kind:
                left.pool = right.pool = distinct([*left.pool, *right.pool])
    for sheet in found.values():
        for column in sheet.columns.values():
            column.kind = column.kind or "text"
            column.pool = distinct(
                value for one in column.pool for value in near(_shaped(_start(one, column), column.kind))
            )


def _start(value: Any, column: Column) -> Any:
    """A year stands for its first day."""
    return date(value, 1, 1) if column.kind in ("day", "moment") and isinstance(value, int) else value


def _shaped(value: Any, kind: str) -> Any:
    match kind:
        case "number":
            return float(value)
        case "integer":
            return int(value)
        case "day" if isinstance(value, datetime):
            return value.date()
        case "moment" if not isinstance(value, datetime):
            return datetime.combine(value, datetime.min.time())
    return value


def marked(tree: exp.Expr, sheets: Mapping[str, Sheet]) -> str:
    """The text of a SELECT that reads one try out of tables that hold them all; PLACE stands for its number."""
    tree = tree.copy()
    shadowed = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if table.name in shadowed and not table.args.get("db"):
            continue
        name = name_of(table)
        columns: list[exp.Expr] = (
            [exp.column(one, quoted=True) for one in sheets[name].columns] if name in sheets else []
        )
        rows = exp.select(*(columns or [exp.Literal.number(1)])).from_(
            exp.Table(this=exp.to_identifier(name, quoted=True))
        )
        rows = rows.where(exp.EQ(this=exp.column(MARK, quoted=True), expression=exp.Var(this=PLACE)))
        alias = exp.TableAlias(this=exp.to_identifier(table.alias_or_name, quoted=True))
        table.replace(exp.Subquery(this=rows, alias=alias))
    return tree.sql("duckdb")
