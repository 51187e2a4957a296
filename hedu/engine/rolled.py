"""Rollups in a snapshot: their tables, and what each holds of which version of the tables it was made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from hedu.engine.faults import engine_error
from hedu.engine.kept import RolledUp, rollups_of

if TYPE_CHECKING:
    from hedu.engine.batch import Batch

_REGISTERS = ("hedu_rollups", "hedu_rollup_tables", "hedu_rollup_parts")


def rolled_in(path: Path) -> frozenset[RolledUp]:
    """The rollups of a snapshot file that hold what its tables hold."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return rollups_of(connection)
    except duckdb.Error as error:
        raise engine_error(error, path.name) from None


def recorded(batch: Batch) -> dict[str, tuple[str, dict[str, str], dict[str, str]]]:
    """Rollup -> its digest, the digests of the tables it was made from, and the fingerprints of its periods."""
    found: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
        name: (digest, {}, {}) for name, digest in batch.fetch("SELECT name, digest FROM hedu_rollups")
    }
    for name, table, digest in batch.fetch("SELECT name, table_name, digest FROM hedu_rollup_tables"):
        found[name][1][table] = digest
    for name, part, fingerprint in batch.fetch("SELECT name, part, fingerprint FROM hedu_rollup_parts"):
        found[name][2][part] = fingerprint
    return found


def loaded(batch: Batch) -> dict[str, str]:
    """The tables that were loaded, with the digests of their content."""
    return dict(batch.fetch("SELECT table_name, digest FROM hedu_tables"))


def fill(batch: Batch, table: str, text: str) -> None:
    """Make a rollup's table hold exactly the rows of a SELECT."""
    batch.execute(exp.Create(this=_named(table), kind="TABLE", replace=True, expression=_query(text)).sql("duckdb"))


def refill(batch: Batch, table: str, text: str, period: exp.Expr, parts: Collection[str]) -> None:
    """Replace the rows of some periods; `period` tells which one a row belongs to."""
    wanted = exp.In(this=period, expressions=[exp.Literal.string(part) for part in sorted(parts)])
    batch.execute(exp.Delete(this=_named(table), where=exp.Where(this=wanted)).sql("duckdb"))
    rows = exp.select("*").from_(_query(text).subquery("rows")).where(wanted.copy())
    batch.execute(exp.Insert(this=_named(table), expression=rows).sql("duckdb"))


def record(
    batch: Batch, name: str, table: str, digest: str, tables: Mapping[str, str], parts: Mapping[str, str]
) -> int:
    """Remember what a rollup's table holds; its number of rows."""
    forget(batch, name)
    ((rows,),) = batch.fetch(exp.select(exp.Count(this=exp.Star())).from_(_named(table)).sql("duckdb"))
    batch.execute("INSERT INTO hedu_rollups VALUES (?, ?, ?, ?)", [name, digest, rows, batch.moment])
    for one, version in tables.items():
        batch.execute("INSERT INTO hedu_rollup_tables VALUES (?, ?, ?)", [name, one, version])
    for part, fingerprint in parts.items():
        batch.execute("INSERT INTO hedu_rollup_parts VALUES (?, ?, ?)", [name, part, fingerprint])
    return int(rows)


def forget(batch: Batch, name: str) -> None:
    """Remember nothing of a rollup."""
    for register in _REGISTERS:
        same = exp.EQ(this=exp.column("name"), expression=exp.Literal.string(name))
        batch.execute(exp.Delete(this=exp.to_table(register), where=exp.Where(this=same)).sql("duckdb"))


def drop(batch: Batch, name: str, table: str) -> None:
    """Leave a rollup out of the snapshot."""
    forget(batch, name)
    batch.execute(exp.Drop(tables=[_named(table)], kind="TABLE", exists=True).sql("duckdb"))


def _named(table: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(table, quoted=True))


def _query(text: str) -> exp.Query:
    from sqlglot import parse_one

    tree = parse_one(text, dialect="duckdb")
    assert isinstance(tree, exp.Query)
    return tree
