"""Every case on every engine: the oracle's rows, and DuckDB's own in the same order and of the same kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hedu.engine.arrived import kind_of
from hedu.errors import HeduError
from hedu.sql.declared import faults_in_data
from tests.cases.test_cases import NOW, _access, _equal, _rows, _sortable, cases, world_database, world_workspace
from tests.engines import chdb, postgresql, spark
from tests.engines.gaps import expect
from tests.engines.worlds import Site

ENGINES = {
    "postgresql": (postgresql, [pytest.mark.engine_postgres]),
    "chdb": (chdb, [pytest.mark.engine_clickhouse]),
    "spark": (spark, [pytest.mark.engine_spark, pytest.mark.slow]),
}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=marks) for name, (_, marks) in ENGINES.items()])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def site(engine: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running engine with the worlds in it."""
    with ENGINES[engine][0].site(request) as opened:
        yield opened


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.mark.parametrize(("world", "case"), cases())
def test_case(
    world: str, case: Mapping[str, Any], engine: str, site: Site, databases: Path, request: pytest.FixtureRequest
) -> None:
    expect(ENGINES[engine][0].GAPS, request.node.callspec.id.removeprefix(f"{engine}-"), request)
    workspace = site.workspace(world)
    asked = {**case["ask"], "access": _access(case.get("access"))}
    if "error" in case:
        with pytest.raises(HeduError) as caught:
            workspace.ask(**asked)
        assert caught.value.code == case["error"]
        return
    result = workspace.ask(**asked)
    with duckdb.connect(str(world_database(world, databases)), read_only=True) as connection:
        oracle = connection.execute(case["oracle"]).to_arrow_table()
        totals = connection.execute(case["totals"]).to_arrow_table() if "totals" in case else None
    assert result.table.column_names == oracle.column_names
    _assert_same(_rows(result.table), _rows(oracle), case)
    here = world_workspace(world, databases).ask(**asked).table
    _assert_same(_rows(result.table), _rows(here), case, is_ordered=True)
    assert [kind_of(one) for one in result.table.schema.types] == [kind_of(one) for one in here.schema.types]
    if totals is not None:
        assert result.totals is not None
        _assert_same(_rows(result.totals), _rows(totals), case)


def test_declared_data(site: Site) -> None:
    """Only what `edges` breaks on purpose is found in the data, on every engine, and the post that is above all others."""
    found = []
    for world in ("edges", "shop", "abroad"):
        workspace = site.workspace(world)
        faults = faults_in_data(workspace.model, workspace.engine.rows, workspace.engine.dialect, NOW)
        found += [(world, one.code, one.facts.get("dataset"), one.facts.get("count")) for one in faults]
    assert found == [("edges", "validity-overlaps", "plans", 3), ("shop", "reference-not-held", "posts", 1)]


def _assert_same(
    ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]], case: Mapping[str, Any], *, is_ordered: bool = False
) -> None:
    """The same rows, in the asked order if one was asked."""
    if not is_ordered and not case["ask"].get("order"):
        ours, theirs = sorted(ours, key=_sortable), sorted(theirs, key=_sortable)
    assert len(ours) == len(theirs), (ours, theirs)
    near = [case["tolerance"]] if "tolerance" in case else []
    for own, other in zip(ours, theirs, strict=True):
        assert all(_equal(a, b, *near) for a, b in zip(own, other, strict=True)), (own, other)
