"""`make bench-peers`: each question to each peer -> its time over ours, whether its rows are right, its planning."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

import hedu
from bench.peers.installed import PEERS, asked
from bench.planning import planning
from bench.tpch.questions import QUESTIONS, Timed
from bench.tpch.storage import TABLES, storage

TPCH = Path(__file__).parents[1] / "tpch"
PAIRS, PATIENCE = 3, 120.0
TWO_VALUES = "revenue with supply cost by supplier nation"


def main() -> int:
    options = argparse.ArgumentParser(prog="bench.peers", description=__doc__)
    options.add_argument("--scale", default="1", help="TPC-H scale factor")
    options.add_argument("--only", nargs="*", help="names of peers")
    chosen = options.parse_args()
    connection = _connected(storage(chosen.scale))
    peers = [peer for peer in PEERS if not chosen.only or peer.name in chosen.only]
    with tempfile.TemporaryDirectory() as folder:
        tables = Path(folder) / "tables.sql"
        tables.write_text(_tables(connection), encoding="utf-8")
        found = {peer.name: asked(peer, tables) for peer in peers}
    workspace = hedu.load(TPCH, engine="duckdb://")
    ours = {question.name: workspace.compile(**question.ask) for question in QUESTIONS}
    print(f"{'':62}{'ours ms':>9}" + "".join(f"{name[:14]:>16}" for name in found))
    for question in QUESTIONS:
        shown = [_against(connection, question, ours[question.name], answers) for answers in found.values()]
        alone = statistics.median(_timed(connection, ours[question.name]) or 0.0 for _ in range(PAIRS))
        print(f"{question.name:62}{alone:>9.1f}" + "".join(f"{one:>16}" for one in shown))
    _print_planning(found)
    return 0


def _connected(database: Path) -> duckdb.DuckDBPyConnection:
    """TPC-H attached as `tpch`, with a table of days, which MetricFlow needs."""
    connection = duckdb.connect()
    connection.execute(
        "create table days as select cast(range as date) as day"
        " from range(date '1992-01-01', date '1999-01-01', interval 1 day)"
    )
    connection.execute(f"attach '{database}' as tpch (read_only)")
    connection.execute("use tpch")
    return connection


def _tables(connection: duckdb.DuckDBPyConnection) -> str:
    """CREATE TABLE of every table, for peers that look at columns."""
    made = []
    for table in TABLES:
        columns = connection.sql(f"describe {table}").fetchall()
        made.append(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind, *_ in columns)});\n")
    return "".join(made)


def _against(connection: duckdb.DuckDBPyConnection, question: Timed, ours: str, answers: dict[str, Any]) -> str:
    if "missing" in answers:
        return "-"
    answer = answers["answers"].get(question.name)
    if answer is None or "refused" in answer:
        return "cannot"
    try:
        first = _timed(connection, answer["sql"])
    except duckdb.Error as error:
        return f"fails: {str(error).split(':')[0].lower()}"[:15]
    if first is None:
        return f"> {PATIENCE:.0f} s"
    mark = "" if _alike(connection, question, ours, answer["sql"]) else " wrong"
    pairs = [(_timed(connection, ours) or 0.0, _timed(connection, answer["sql"]) or 0.0) for _ in range(PAIRS)]
    return f"{statistics.median(theirs / mine for mine, theirs in pairs):.2f} x{mark}"


def _timed(connection: duckdb.DuckDBPyConnection, sql: str) -> float | None:
    """Milliseconds; None where it takes longer than anybody waits."""
    alarm = threading.Timer(PATIENCE, connection.interrupt)
    alarm.start()
    started = time.perf_counter()
    try:
        connection.sql(sql).to_arrow_table()
    except duckdb.InterruptException:
        return None
    finally:
        alarm.cancel()
    return (time.perf_counter() - started) * 1000


def _alike(connection: duckdb.DuckDBPyConnection, question: Timed, ours: str, theirs: str) -> bool:
    """Whether groups and values agree.

    Peers may show more columns between the two, and later periods, which have nothing yet; growth may be in percent.
    """
    keys, values = len(question.ask.get("by", ())), 2 if question.name == TWO_VALUES else 1
    mine = _cells(connection.sql(ours).fetchall(), keys, values)
    other = _cells(connection.sql(theirs).fetchall(), keys, values)
    scale = 100.0 if "growth" in question.name else 1.0
    return mine.keys() <= other.keys() and all(
        _close(one, two) or _close(one * scale, two)
        for key in mine
        for one, two in zip(mine[key], other[key], strict=True)
    )


def _cells(rows: Sequence[tuple[Any, ...]], keys: int, values: int) -> dict[frozenset[str], tuple[float, ...]]:
    return {
        frozenset(str(one)[:10] for one in row[:keys]): tuple(float(one) for one in row[-values:])
        for row in rows
        if None not in row[-values:]
    }


def _close(one: float, two: float) -> bool:
    return abs(one - two) <= 1e-6 * max(1.0, abs(one))


def _print_planning(found: dict[str, dict[str, Any]]) -> None:
    cold, warm = planning()
    print(f"\n{'':30}{'load ms':>10}{'first ms':>10}{'again ms':>10}")
    print(f"{'hedu ' + hedu.__version__:30}{'':>10}{cold:>10.2f}{warm:>10.2f}")
    for name, answers in found.items():
        if "missing" in answers:
            print(f"{name:30}  {answers['missing']}")
            continue
        taken = [answer["ms"] for answer in answers["answers"].values() if "ms" in answer]
        first = statistics.median(ms[0] for ms in taken)
        again = statistics.median(one for ms in taken for one in ms[1:])
        print(f"{name + ' ' + answers['version']:30}{answers['load_ms']:>10.0f}{first:>10.2f}{again:>10.2f}")


if __name__ == "__main__":
    raise SystemExit(main())
