"""Questions -> a table of ratios: our SQL over the fastest hand-written SQL, runs interleaved."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

import hedu
from bench.tpch.questions import QUESTIONS, Timed

HERE = Path(__file__).parent
# What is said of copies matters to large answers only.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning, r"bench\.tpch\.run$")


@dataclass(frozen=True, slots=True)
class Row:
    """Median milliseconds of both sides, and the median of the ratios of neighbouring runs."""

    name: str
    ours: float
    by_hand: float
    ratio: float
    most: float


def measure(database: Path, runs: int, only: str = "") -> list[Row]:
    """Every question (whose name holds `only`), each answer first shown to equal the hand-written ones."""
    workspace = hedu.load(HERE, engine=f"duckdb:///{database.absolute()}")
    with duckdb.connect(str(database), read_only=True) as connection:
        asked = [question for question in QUESTIONS if only in question.name]
        return [_measured(connection, workspace, question, runs) for question in asked]


def _measured(connection: duckdb.DuckDBPyConnection, workspace: hedu.Workspace, question: Timed, runs: int) -> Row:
    ours = workspace.ask(**question.ask).receipt.sql
    ours = ours.replace(f'"{workspace.engine.url}".', "")
    answer = connection.sql(ours).to_arrow_table()
    for sql in question.by_hand:
        _check_equal(question.name, answer, connection.sql(sql).to_arrow_table())
    rivals = {sql: statistics.median(_timed(connection, sql) for _ in range(3)) for sql in question.by_hand}
    rival = min(rivals, key=lambda sql: rivals[sql])
    pairs = [_pair(connection, ours, rival, swap=bool(at % 2)) for at in range(runs)]
    return Row(
        question.name,
        statistics.median(mine for mine, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(mine / theirs for mine, theirs in pairs),
        question.most,
    )


def _pair(connection: duckdb.DuckDBPyConnection, ours: str, rival: str, *, swap: bool) -> tuple[float, float]:
    """Both once, one right after the other, so that a busy machine slows both alike."""
    if swap:
        theirs = _timed(connection, rival)
        return _timed(connection, ours), theirs
    return _timed(connection, ours), _timed(connection, rival)


def _timed(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Executed, as `hedu.engine` asks: a relation would be bound twice, which is no part of an answer."""
    started = time.perf_counter()
    connection.execute(sql).to_arrow_table()
    return (time.perf_counter() - started) * 1000


def _check_equal(name: str, ours: pa.Table, theirs: pa.Table) -> None:
    mine, other = _rows(ours), _rows(theirs)
    assert len(mine) == len(other), f"{name}: {len(mine)} rows against {len(other)}"
    for left, right in zip(mine, other, strict=True):
        for one, two in zip(left, right, strict=False):
            assert _same(one, two), f"{name}: {left} against {right}"


def _same(one: object, two: object) -> bool:
    if one is None or two is None or isinstance(one, str):
        return one == two
    if hasattr(one, "year"):
        return str(one)[:10] == str(two)[:10]
    return abs(float(one) - float(two)) <= 1e-9 * max(1.0, abs(float(one)))  # type: ignore[arg-type]


def _rows(table: pa.Table) -> Sequence[tuple[object, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]
