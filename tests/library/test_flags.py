"""A flag that is several conditions is one value: in filters, policies and formulas its conditions stay together."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import hedu
from hedu.query import Access, RowFilter

TEXT = """\
version: 1
dataset: stays
source: stays
primary_key: id
dimensions:
  id: {type: number}
  left_early: {type: boolean, expr: went IS NOT NULL AND went < 5}
  odd: {type: boolean, expr: went IS NULL OR went > 8}
measures: {stays: {agg: count}}
---
version: 1
metric: stays
simple: stays.stays
---
version: 1
metric: whole_stays
simple: {measure: stays.stays, where: not left_early and not odd}
"""
EARLY, ODD = "(went IS NOT NULL AND went < 5)", "(went IS NULL OR went > 8)"
ASKED = [
    ("left_early = false", f"{EARLY} = false"),
    ("left_early <> true", f"{EARLY} <> true"),
    ("not left_early", f"NOT {EARLY}"),
    ("left_early is null", f"{EARLY} IS NULL"),
    ("left_early in (false)", f"{EARLY} IN (false)"),
    ("odd = false", f"{ODD} = false"),
    ("not odd and id > 1", f"NOT {ODD} AND id > 1"),
    ("odd and id > 1", f"{ODD} AND id > 1"),
    ("left_early = odd", f"{EARLY} = {ODD}"),
    ("left_early or id = 1", f"{EARLY} OR id = 1"),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("flags") / "stays.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table stays (id int, went int)")
        connection.execute("insert into stays values (1, 3), (2, 7), (3, null), (4, 9), (5, 4), (6, 6)")
    return path


@pytest.mark.parametrize(("where", "oracle"), ASKED, ids=[where for where, _ in ASKED])
def test_a_filter_takes_a_flag_as_a_whole(where: str, oracle: str, database: Path) -> None:
    ws = hedu.load({"m.yml": TEXT}, engine=f"duckdb:///{database}", strict=True)
    with duckdb.connect(str(database), read_only=True) as connection:
        (count,) = connection.execute(f"select count(*) from stays where {oracle}").fetchall()[0]
    assert ws.ask("stays", where=where).rows() == [{"stays": count}]
    assert ws.ask("stays", access=Access(rows=(RowFilter("stays", where),))).rows() == [{"stays": count}]


def test_a_metric_filters_by_flags_as_wholes(database: Path) -> None:
    ws = hedu.load({"m.yml": TEXT}, engine=f"duckdb:///{database}", strict=True)
    assert ws.ask("whole_stays").rows() == [{"whole_stays": 2}]
