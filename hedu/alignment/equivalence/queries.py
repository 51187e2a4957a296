"""Two SELECTs over one schema -> verdict: equal by form, different with a witness, or unproven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from hedu.alignment.equivalence.databases import Column, Row, Sheet
from hedu.alignment.equivalence.diagrams import TooComplex
from hedu.alignment.equivalence.metrics import scratch_of
from hedu.alignment.equivalence.nested import simplified, with_ctes_inside
from hedu.alignment.equivalence.selects import form_of
from hedu.alignment.equivalence.sheets import name_of, sheets_of
from hedu.alignment.equivalence.verdict import Verdict
from hedu.alignment.equivalence.witnesses import Asked, search
from hedu.alignment.scene import Look
from hedu.errors import QueryError

Schema = Mapping[str, Mapping[str, str]]
"""Table -> column -> type: text, number, integer, boolean, date, timestamp, or as SQL calls them."""
_KINDS = {
    "text": "text",
    "number": "number",
    "integer": "integer",
    "boolean": "bool",
    "date": "day",
    "timestamp": "moment",
}
_BY_CHANCE = (
    exp.RowNumber, exp.Ntile, exp.AnyValue, exp.First, exp.Last, exp.FirstValue, exp.LastValue, exp.NthValue,
    exp.ArgMax, exp.ArgMin, exp.ArrayAgg, exp.GroupConcat, exp.Rand, exp.TableSample, exp.Mode, exp.Lag, exp.Lead,
)  # fmt: skip
_BY_ORDER = (exp.RowNumber, exp.Ntile, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Lag, exp.Lead)


@dataclass(frozen=True, slots=True)
class TableKeys:
    """What holds of a table's rows. `foreign`: (own columns, table, its columns)."""

    primary: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()


def of_selects(
    sql_a: str, sql_b: str, schema: Schema, keys: Mapping[str, TableKeys] | None = None, look: Look | None = None
) -> Verdict:
    """Whether two SELECTs give the same rows, as often, in any order, on every database that obeys `keys`.

    Names of outputs do not count, their places do. Errors: QueryError select-broken, select-mismatched.

    >>> of_selects("SELECT count(*) FROM t WHERE x IN (1, 2)", "SELECT count(1) FROM t WHERE x = 2 OR x = 1",
    ...            {"t": {"x": "integer"}}).verdict
    'equal'
    """
    forms = [form_of_select(sql, schema, keys) for sql in (sql_a, sql_b)]
    if forms[0] is not None and forms[0] == forms[1]:
        return Verdict("equal")
    sheets = _known(schema, keys or {})
    trees = [_parsed(sql) for sql in (sql_a, sql_b)]
    if any(_is_by_chance(tree, sheets) for tree in trees):
        return Verdict("unproven")
    asked = Asked(trees[0], trees[1], _as_is, _as_is)
    try:
        known = sheets_of([_merged(_qualified(tree, schema)) for tree in trees], sheets)
    except (TooComplex, SqlglotError):
        return Verdict("unproven")
    for tree in (one for root in trees for one in root.find_all(exp.Table)):
        name = ".".join(part.name for part in tree.parts)
        if name in sheets:
            known.setdefault(name, sheets[name])
    witness, tries = search([asked], known, scratch_of(look))
    return Verdict("different" if witness is not None else "unproven", tries, witness)


def form_of_select(sql: str, schema: Schema, keys: Mapping[str, TableKeys] | None = None) -> Any:
    """The form of one SELECT: equal for SELECTs that give the same rows by construction. None where it has none.

    Errors: QueryError select-broken.
    """
    return _form(_parsed(sql), schema, _known(schema, keys or {}))


def _as_is(rows: Sequence[Row]) -> Sequence[Row]:
    return rows


@lru_cache(maxsize=500)
def _read(sql: str) -> exp.Expr | str:
    try:
        trees = parse(sql, dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        return str(error).splitlines()[0][:120]
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Query) or tree.find(exp.DDL, exp.DML, exp.Command) not in (None, tree):
        return "one SELECT is expected here"
    return tree


def _parsed(sql: str) -> exp.Expr:
    read = _read(sql)
    if isinstance(read, str):
        raise QueryError("select-broken", text=sql[:200], detail=read)
    return read.copy()


def _qualified(tree: exp.Expr, schema: Schema) -> exp.Expr:
    """Every column with its relation, stars written out."""
    from sqlglot.optimizer.qualify import qualify

    nested: dict[str, Any] = {}
    for table, columns in schema.items():
        place = nested
        *folders, last = table.split(".")
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = {name: _SQL_TYPES.get(kind, kind) for name, kind in columns.items()}
    made: exp.Expr = qualify(
        tree.copy(), schema=nested, dialect="duckdb", quote_identifiers=False, validate_qualify_columns=False
    )
    return made


def _merged(made: exp.Expr) -> exp.Expr:
    """Nested queries drawn in where nothing is lost."""
    from sqlglot.optimizer.merge_subqueries import merge_subqueries

    kept = [*_filled_with_nulls(made), *(one.parent_select for one in made.find_all(exp.Window) if one.parent_select)]
    for select in kept:
        select.set(_NOT_DRAWN_IN, True)
    found: exp.Expr = merge_subqueries(made)
    for select in kept:
        select.set(_NOT_DRAWN_IN, None)
    return found


_NOT_DRAWN_IN = "settings"
"""A part of SELECT that keeps it from being drawn in, used as a mark: none of ours has it."""


def _filled_with_nulls(tree: exp.Expr) -> Iterator[exp.Select]:
    """Nested SELECTs an outer join may fill with NULLs, of more than plain columns: what they compute is NULL then."""
    made = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    for join in tree.find_all(exp.Join):
        if join.side == "LEFT":
            sides = [join.this]
        elif join.side:
            sides = [join.this, *(one.this for one in join.parent.find_all(exp.From, exp.Join))] if join.parent else []
        else:
            continue
        for side in sides:
            inner = made.get(side.name) if isinstance(side, exp.Table) else side.this
            if isinstance(inner, exp.Select) and not _is_plain(inner, made):
                yield inner


def _is_plain(select: exp.Select, made: Mapping[str, exp.Expr]) -> bool:
    """Whether it only names columns of one table."""
    source = select.args.get("from_")
    is_table = source is not None and isinstance(source.this, exp.Table) and source.this.name not in made
    return is_table and all(isinstance(one.unalias(), exp.Column) for one in select.expressions)


_SQL_TYPES = {"number": "double", "integer": "bigint", "text": "varchar"}


def _form(tree: exp.Expr, schema: Schema, sheets: Mapping[str, Sheet]) -> Any:
    try:
        return form_of(_merged(simplified(_merged(with_ctes_inside(_qualified(tree, schema))), sheets)), sheets)
    except (TooComplex, SqlglotError, RecursionError):
        return None


def _is_by_chance(tree: exp.Expr, sheets: Mapping[str, Sheet]) -> bool:
    """Whether equal rows may be told apart by luck alone: cut off without a full order, the first of several."""
    for call in tree.find_all(*_BY_CHANCE):
        over = call.find_ancestor(exp.Window)
        if over is None or not isinstance(call, _BY_ORDER) or not _is_ordered(over, over.parent_select, sheets):
            return True
    cut = [one for one in tree.find_all(exp.Query) if one.args.get("limit") or one.args.get("offset")]
    return any(not _is_ordered(one, one if isinstance(one, exp.Select) else None, sheets) for one in cut)


def _is_ordered(part: exp.Expr, select: exp.Select | None, sheets: Mapping[str, Sheet]) -> bool:
    """Whether no two rows of the only table are alike in what they are ordered and split by: its key is among it."""
    first = select.args.get("from_") if select is not None else None
    if select is None or first is None or not isinstance(first.this, exp.Table) or select.args.get("joins"):
        return False
    if select.args.get("group") or select.args.get("distinct"):
        return False
    order = part.args.get("order")
    by = [*(part.args.get("partition_by") or ()), *(one.this for one in (order.expressions if order else ()))]
    given = {one.alias for one in select.expressions if isinstance(one, exp.Alias) and one.this.name != one.alias}
    key = set(sheets.get(name_of(first.this), Sheet()).primary)
    return bool(key) and key <= {one.name for one in by if isinstance(one, exp.Column)} - given


def _known(schema: Schema, keys: Mapping[str, TableKeys]) -> dict[str, Sheet]:
    found = {}
    for table, columns in schema.items():
        held = keys.get(table, TableKeys())
        kinds = {name: Column(_kind(kind), never_null=name in held.primary) for name, kind in columns.items()}
        found[table] = Sheet(kinds, held.primary, held.unique, held.foreign)
    return found


def _kind(name: str) -> str:
    if name in _KINDS:
        return _KINDS[name]
    made = exp.DataType.build(name, dialect="duckdb")
    families = {
        "integer": exp.DataType.INTEGER_TYPES,
        "number": exp.DataType.NUMERIC_TYPES,
        "text": exp.DataType.TEXT_TYPES,
    }
    for kind, types in families.items():
        if made.this in types:
            return kind
    return {"BOOLEAN": "bool", "DATE": "day"}.get(made.this.name, "moment")
