"""The dashboard asked from rollups and from base tables, in turns; each answer first shown to be the same."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

import hedu
from bench.rollups.tiles import TILES
from hedu.engine.answers import Answers
from hedu.engine.warehouse import Warehouse
from hedu.intake.integrity import prove_references, references_of
from hedu.intake.rolling import build_rollups

HERE = Path(__file__).parent
LEAST = 30.0


@dataclass(frozen=True, slots=True)
class Board:
    """Least milliseconds of the whole dashboard either way, how many times faster, and seconds to build.

    The least of several runs: a busy machine slows many small answers more than a few long ones.
    """

    rolled: float
    base: float
    ratio: float
    built: float


def board(database: Path, runs: int = 7) -> Board:
    """Measure the dashboard over the tables of a TPC-H database."""
    folder = database.absolute().with_suffix(".warehouse")
    warehouse = _warehouse(database, folder)
    files = [*sorted((HERE.parent / "tpch").glob("*.yml")), HERE / "workspace.yml"]
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    # No answer is kept: every tile is asked of the data each time.
    ws = hedu.load(texts, engine=f"duckdb:///{folder}", strict=True, answers=Answers(0))
    prove_references(warehouse, references_of(ws.model))
    started = time.perf_counter()
    build_rollups(warehouse, ws.model)
    built = time.perf_counter() - started
    _check(ws)
    pairs = [(_timed(ws, rollups=True), _timed(ws, rollups=False)) for _ in range(runs)]
    ws.close()
    rolled, base = min(one for one, _ in pairs), min(two for _, two in pairs)
    return Board(rolled, base, base / rolled, built)


def _warehouse(database: Path, folder: Path) -> Warehouse:
    warehouse = Warehouse(folder)
    if not warehouse.snapshots():
        print(f"装入 {database.name} · loading", file=sys.stderr)
        with duckdb.connect(str(database), read_only=True) as connection, warehouse.writing() as batch:
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
                batch.put(name, connection.table(name).to_arrow_reader(500_000))
    return warehouse


def _check(ws: hedu.Workspace) -> None:
    for tile in TILES:
        rolled, base = ws.ask(**tile), ws.ask(**tile, rollups=False)
        assert rolled.receipt.rollups, tile
        assert not base.receipt.rollups, tile
        mine, theirs = rolled.rows(), base.rows()
        assert len(mine) == len(theirs), tile
        for one, other in zip(mine, theirs, strict=True):
            assert all(_same(one[name], other[name]) for name in one), (tile, one, other)


def _same(one: object, two: object) -> bool:
    if one is None or two is None or isinstance(one, str) or hasattr(one, "year"):
        return one == two
    return abs(float(one) - float(two)) <= 1e-9 * max(1.0, abs(float(one)))  # type: ignore[arg-type]


def _timed(ws: hedu.Workspace, *, rollups: bool) -> float:
    started = time.perf_counter()
    for tile in TILES:
        ws.ask(**tile, rollups=rollups)
    return (time.perf_counter() - started) * 1000
