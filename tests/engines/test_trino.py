"""Trino: only the text is tried here, for no Trino runs; each case at least reads as Trino's SQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from hedu.engine import connect
from hedu.errors import EngineError
from tests.cases.test_cases import _access, cases, world_workspace
from tests.engines.gaps import expect
from tests.engines.trino import GAPS

pytestmark = pytest.mark.engine_trino
# What DuckDB has and Trino has not, should a pass forget it.
_UNKNOWN = {"MEDIAN", "QUANTILE_CONT", "QUANTILE_DISC", "PERCENTILE_CONT", "PERCENTILE_DISC", "ARG_MAX", "ARG_MIN",
            "LIST_CONTAINS", "STRFTIME", "DATE_PART", "GENERATE_SERIES", "APPROX_QUANTILE"}  # fmt: skip


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.mark.parametrize(("world", "case"), [one for one in cases() if "error" not in one.values[1]])
def test_case_reads_as_trino(
    world: str, case: Mapping[str, Any], databases: Path, request: pytest.FixtureRequest
) -> None:
    expect(GAPS, request.node.callspec.id, request)
    asked = {**case["ask"], "access": _access(case.get("access"))}
    text = world_workspace(world, databases).compile(**asked, dialect="trino")
    tree = sqlglot.parse_one(text, dialect="trino")
    assert isinstance(tree, exp.Query)
    assert not {word for word in _UNKNOWN if f"{word}(" in text}


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(EngineError) as caught:
        connect("trino://me:hush@127.0.0.1:1/catalog/schema?secure=1")
    assert caught.value.code == "engine-unreachable" and "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("varchar(20)", pa.string()),
        ("bigint", pa.int64()),
        ("decimal(12,2)", pa.decimal128(12, 2)),
        ("timestamp(3)", pa.timestamp("us")),
        ("timestamp(3) with time zone", pa.timestamp("us", "UTC")),
        ("row(x integer)", pa.string()),
    ],
)
def test_types_of_trino(kind: str, found: pa.DataType) -> None:
    from hedu.engine.trino import _kind

    assert _kind(kind) == found


def test_a_fault_of_the_server_is_worded() -> None:
    from hedu.engine.trino import _worded

    class Fault(Exception):
        error_name = "TABLE_NOT_FOUND"
        message = "line 1:15: Table 'a.b.nix' does not exist"

    assert _worded(Fault(), "trino://x", None).code == "engine-missing-table"
