"""Tables, rejects and proofs -> one snapshot file under construction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from hedu.engine.faults import engine_error
from hedu.engine.kept import Reference, proofs_of
from hedu.errors import EngineError

if TYPE_CHECKING:
    from hedu.engine.kept import Snapshot

_OWN = (
    (
        "CREATE TABLE IF NOT EXISTS hedu_tables (table_name VARCHAR, digest VARCHAR, row_count BIGINT, source VARCHAR,"
        " loaded_at VARCHAR, columns JSON)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS hedu_rejects (load VARCHAR, table_name VARCHAR, line BIGINT, column_name VARCHAR,"
        " value VARCHAR, reason VARCHAR)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS hedu_proofs (table_name VARCHAR, columns VARCHAR[], refers_to VARCHAR,"
        " refers_columns VARCHAR[])"
    ),
    "CREATE TABLE IF NOT EXISTS hedu_rollups (name VARCHAR, digest VARCHAR, row_count BIGINT, built_at VARCHAR)",
    "CREATE TABLE IF NOT EXISTS hedu_rollup_tables (name VARCHAR, table_name VARCHAR, digest VARCHAR)",
    "CREATE TABLE IF NOT EXISTS hedu_rollup_parts (name VARCHAR, part VARCHAR, fingerprint VARCHAR)",
)
_FORGET_TABLE = "DELETE FROM hedu_tables WHERE table_name = ?"
_FORGET_REJECTS = "DELETE FROM hedu_rejects WHERE table_name = ?"
_FORGET_PROOFS = "DELETE FROM hedu_proofs WHERE table_name = ? OR refers_to = ?"
REJECT_SCHEMA = pa.schema(
    [("line", pa.int64()), ("column_name", pa.string()), ("value", pa.string()), ("reason", pa.string())]
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What is remembered of a table: where its rows came from, and column -> its name there."""

    source: str = ""
    originals: Mapping[str, str] = field(default_factory=dict)


class Batch:
    """A snapshot under construction; nobody sees it before the batch ends."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, moment: datetime) -> None:
        self._connection = connection
        self.moment = moment.astimezone(UTC).isoformat(timespec="seconds")
        self.changed: set[str] = set()
        self.published: Snapshot | None = None
        for statement in _OWN:
            connection.execute(statement)

    def put(
        self,
        table: str,
        data: pa.Table | pa.RecordBatchReader,
        meta: Meta = Meta(),
        rejects: pa.Table | None = None,
    ) -> bool:
        """Make `table` hold exactly `data`; False where it does already. EngineError: engine-refused, …"""
        rejects = REJECT_SCHEMA.empty_table() if rejects is None else rejects
        seen = _Digest(data.schema, meta, rejects)
        if isinstance(data, pa.Table):
            data = data.combine_chunks()
            seen.take(data)
            if self._digest(table) == seen.hex:
                return False
            reader = data.to_reader()
        else:
            reader = pa.RecordBatchReader.from_batches(data.schema, seen.watch(data))
        self._replace(table, reader)
        if self._digest(table) == seen.hex:
            return False
        self._remember(table, seen, meta, rejects)
        return True

    def drop(self, table: str) -> None:
        """Leave `table` out of the snapshot; nothing happens where there is none."""
        self._execute(exp.Drop(tables=[_table(table)], kind="TABLE", exists=True).sql("duckdb"))
        self._forget(table)
        self.changed.add(table)

    def run(self, sql: str) -> pa.Table:
        """Ask the snapshot under construction."""
        try:
            return self._connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise engine_error(error, "") from None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Change the snapshot under construction. EngineError: engine-refused, warehouse-full, …"""
        self._execute(sql, parameters)

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the snapshot under construction for plain rows."""
        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise engine_error(error, "") from None

    def prove(self, reference: Reference, *, holds: bool) -> None:
        """Record whether each row of a table has exactly one match in the table it refers to."""
        table, columns, referred, key = reference
        self._connection.execute(
            "DELETE FROM hedu_proofs WHERE table_name = ? AND columns = ? AND refers_to = ? AND refers_columns = ?",
            [table, list(columns), referred, list(key)],
        )
        if holds:
            row = [table, list(columns), referred, list(key)]
            self._connection.execute("INSERT INTO hedu_proofs VALUES (?, ?, ?, ?)", row)

    def proofs(self) -> frozenset[Reference]:
        """What is recorded as proved; proofs of tables changed in this batch are to be made again."""
        return proofs_of(self._connection)

    def finish(self) -> str:
        """Drop proofs nobody renewed, write everything out; the digest of the whole content."""
        rows = self._connection.execute("SELECT table_name, digest FROM hedu_tables ORDER BY 1").fetchall()
        rolled = self._connection.execute("SELECT name, digest FROM hedu_rollups ORDER BY 1").fetchall()
        made = self._connection.execute("SELECT * FROM hedu_rollup_tables ORDER BY ALL").fetchall()
        digest = _sha([rows, sorted(self.proofs()), *([rolled, made] if rolled else [])])
        self._execute("CHECKPOINT")
        self._connection.close()
        return digest

    def _replace(self, table: str, reader: pa.RecordBatchReader) -> None:
        target = _table(table)
        if target.args.get("db"):
            self._execute(exp.Create(this=exp.Table(db=target.args["db"]), kind="SCHEMA", exists=True).sql("duckdb"))
        rows = exp.select("*").from_(exp.to_table("incoming"))
        sql = exp.Create(this=target, kind="TABLE", replace=True, expression=rows).sql("duckdb")
        try:
            self._connection.register("incoming", reader)
        except duckdb.Error as error:
            raise engine_error(error, "") from None
        try:
            self._execute(sql)
        finally:
            self._connection.unregister("incoming")

    def _remember(self, table: str, seen: _Digest, meta: Meta, rejects: pa.Table) -> None:
        self._forget(table)
        columns = json.dumps(dict(meta.originals), ensure_ascii=False)
        row = [table, seen.hex, seen.rows, meta.source, self.moment, columns]
        self._connection.execute("INSERT INTO hedu_tables VALUES (?, ?, ?, ?, ?, ?)", row)
        self._connection.register("rejected", rejects)
        load = f"{table}@{self.moment}"
        self._connection.execute(
            "INSERT INTO hedu_rejects SELECT ?, ?, line, column_name, value, reason FROM rejected", [load, table]
        )
        self._connection.unregister("rejected")
        self.changed.add(table)

    def _forget(self, table: str) -> None:
        for statement in (_FORGET_TABLE, _FORGET_REJECTS):
            self._connection.execute(statement, [table])
        self._connection.execute(_FORGET_PROOFS, [table, table])

    def _digest(self, table: str) -> str | None:
        found = self._connection.execute("SELECT digest FROM hedu_tables WHERE table_name = ?", [table]).fetchall()
        return found[0][0] if found else None

    def _execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        try:
            self._connection.execute(sql, list(parameters) or None)
        except (duckdb.IOException, duckdb.FatalException) as error:
            detail = engine_error(error, "").problem.facts["detail"]
            raise EngineError("warehouse-full", detail=detail) from None
        except duckdb.Error as error:
            raise engine_error(error, "") from None


@contextmanager
def open_batch(part: Path, moment: datetime) -> Iterator[Batch]:
    """A batch over the file `part`, which may hold the former snapshot's content."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
    }
    try:
        connection = duckdb.connect(str(part), config=config)
    except duckdb.Error as error:
        raise engine_error(error, part.name) from None
    try:
        yield Batch(connection, moment)
    finally:
        connection.close()


class _Digest:
    """The digest of a table's content, taken in one pass."""

    def __init__(self, schema: pa.Schema, meta: Meta, rejects: pa.Table) -> None:
        bare = schema.remove_metadata()
        self._hash = hashlib.blake2b(digest_size=16)
        self._hash.update(bare.to_string().encode() + repr(sorted(meta.originals.items())).encode())
        self._sink = pa.PythonFile(_Feed(self._hash), mode="w")
        self._bare = bare
        self._writer = pa.ipc.new_stream(self._sink, bare)
        self.rows = 0
        self.take(rejects, only_hash=True)

    def take(self, table: pa.Table, *, only_hash: bool = False) -> None:
        if only_hash:
            self._hash.update(repr(table.to_pylist()).encode())
            return
        self._writer.write_table(table.cast(self._bare))
        self.rows += table.num_rows

    def watch(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        for batch in reader:
            self.take(pa.Table.from_batches([batch]))
            yield batch

    @property
    def hex(self) -> str:
        return self._hash.hexdigest()


class _Feed:
    """A file whose bytes go into a hash."""

    closed = False

    def __init__(self, into: hashlib.blake2b) -> None:
        self._into = into

    def write(self, data: bytes) -> int:
        self._into.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        self.closed = True


def _table(name: str) -> exp.Table:
    """`schema.table` as a tree; the dots of the name separate."""
    parts = [exp.to_identifier(part, quoted=True) for part in name.split(".")]
    return exp.Table(**dict(zip(("this", "db"), reversed(parts), strict=False)))


def _sha(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]
