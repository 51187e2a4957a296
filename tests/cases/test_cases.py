"""Every case file: definitions + question + independent oracle SQL over the base tables -> equal rows."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import hedu
from hedu.errors import HeduError
from hedu.query import Access, Mask, RowFilter

HERE = Path(__file__).parent
NOW = datetime(2024, 6, 30, 12)


def cases() -> list[Any]:
    """One parameter a case, named after its file and its own name."""
    found = []
    for path in sorted(HERE.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in content["cases"]:
            found.append(pytest.param(content["world"], case, id=f"{path.stem}: {case['name']}"))
    return found


@functools.lru_cache
def world_database(world: str, folder: Path) -> Path:
    """The base tables of a world, once a run."""
    path = folder / f"{world}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((HERE / "worlds" / world / "tables.sql").read_text(encoding="utf-8"))
    return path


@functools.lru_cache
def world_workspace(world: str, folder: Path) -> hedu.Workspace:
    database = world_database(world, folder)
    return hedu.load(HERE / "worlds" / world, engine=f"duckdb:///{database}", strict=True, now=NOW)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.mark.parametrize(("world", "case"), cases())
def test_case(world: str, case: Mapping[str, Any], databases: Path) -> None:
    workspace = world_workspace(world, databases)
    asked = {**case["ask"], "access": _access(case.get("access"))}
    if "error" in case:
        with pytest.raises(HeduError) as caught:
            workspace.ask(**asked)
        assert caught.value.code == case["error"]
        for fact in case.get("says", ()):
            assert fact in str(caught.value)
        return
    result = workspace.ask(**asked)
    with duckdb.connect(str(world_database(world, databases)), read_only=True) as connection:
        oracle = connection.execute(case["oracle"]).to_arrow_table()
    assert result.table.column_names == oracle.column_names
    ours, theirs = _rows(result.table), _rows(oracle)
    near = case.get("tolerance", 1e-9)
    if not case["ask"].get("order"):
        ours, theirs = sorted(ours, key=_sortable), sorted(theirs, key=_sortable)
    assert len(ours) == len(theirs), (ours, theirs)
    for own, other in zip(ours, theirs, strict=True):
        assert all(_equal(a, b, near) for a, b in zip(own, other, strict=True)), (own, other)
    if "totals" in case:
        with duckdb.connect(str(world_database(world, databases)), read_only=True) as connection:
            expected = connection.execute(case["totals"]).to_arrow_table()
        assert result.totals is not None
        assert all(_equal(a, b) for a, b in zip(_rows(result.totals)[0], _rows(expected)[0], strict=True))


def _access(rights: Mapping[str, Any] | None) -> Access:
    rights = rights or {}
    return Access(
        tuple(RowFilter(*item) for item in rights.get("rows", ())),
        tuple(Mask(*item) for item in rights.get("masks", ())),
        tuple(rights.get("hidden", ())),
    )


def _rows(table: Any) -> list[tuple[Any, ...]]:
    columns = [[_plain(value) for value in column.to_pylist()] for column in table.columns]
    return list(zip(*columns, strict=True)) if columns else []


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return float(value) if isinstance(value, Decimal) else value


def _equal(a: Any, b: Any, near: float = 1e-9) -> bool:
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return math.isclose(a, b, rel_tol=near, abs_tol=1e-12)
    return bool(a == b)


def _sortable(row: tuple[Any, ...]) -> list[tuple[bool, str]]:
    return [(value is None, f"{value:030.9f}" if isinstance(value, float) else _text(value)) for value in row]


def _text(value: Any) -> str:
    return f"{value:030.9f}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def test_dates_are_dates(databases: Path) -> None:
    """Times from day upwards come as dates whatever the column's own type, so that facts meet."""
    table = world_workspace("shop", databases).ask("tickets", by="metric_time.month").table
    assert isinstance(table.column(0).to_pylist()[0], date)
