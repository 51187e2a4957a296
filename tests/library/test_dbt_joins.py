"""How imported projects join: what lies on one way is joined together before it is joined to the fact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

import hedu
from hedu.define.formats.dbt_manifest import carried_from
from hedu.define.formats.loss import Carried
from hedu.doors.cli_import import native_texts

TABLES = """
create table parcels (parcel_id integer, route varchar, sent_on date, shard date, kilos integer);
insert into parcels values (1, 'r1', '2024-05-01', '2024-05-01', 3), (2, 'r1', '2024-05-02', '2024-05-02', 4),
  (3, 'r2', '2024-05-02', '2024-05-02', 5), (4, null, '2024-05-03', '2024-05-03', 7);
create table routes (route varchar, depot varchar, style varchar);
insert into routes values ('r1', 'd1', 'road'), ('r1', 'd2', 'rail'), ('r2', 'd3', 'road');
create table depots (depot varchar, town varchar);
insert into depots values ('d1', 'Ulm'), ('d2', 'Bonn'), ('d3', 'Kiel'), ('d9', 'Trier');
create table crews (depot varchar, shard date, crew varchar);
insert into crews values ('d1', '2024-05-01', 'early'), ('d1', '2024-05-02', 'late'), ('d3', '2024-05-02', 'night');
create table days (day date);
insert into days values ('2024-05-01'), ('2024-05-02'), ('2024-05-03');
"""


def model(name: str, entities: list[tuple[str, str]], dimensions: list[Any], **more: Any) -> dict[str, Any]:
    made = [{"name": one, "type": kind, "expr": one} for one, kind in entities]
    return {
        "name": name,
        "node_relation": {"alias": name},
        "entities": made,
        "dimensions": [{"name": one, "type": "categorical"} if isinstance(one, str) else one for one in dimensions],
        "measures": [],
        **more,
    }


def carried() -> Carried:
    shard = {"name": "shard", "type": "time", "is_partition": True, "type_params": {"time_granularity": "day"}}
    sent = {"name": "sent_on", "type": "time", "type_params": {"time_granularity": "day"}}
    kilos = {"name": "kilos", "agg": "sum", "create_metric": True}
    defaults = {"agg_time_dimension": "sent_on"}
    return carried_from({
        "semantic_models": [
            model("parcels", [("parcel_id", "primary"), ("route", "foreign")], [sent, shard], measures=[kilos],
                  defaults=defaults),
            model("routes", [("route", "primary"), ("depot", "foreign")], ["style"]),
            model("depots", [("depot", "primary")], ["town"]),
            model("crews", [("depot", "primary")], ["crew", shard]),
        ],
        "metrics": [],
        "project_configuration": {"time_spines": [
            {"node_relation": {"alias": "days"}, "primary_column": {"name": "day", "time_granularity": "day"}}]},
    })  # fmt: skip


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> hedu.Workspace:
    path: Path = tmp_path_factory.mktemp("parcels") / "parcels.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return hedu.load(native_texts(carried()), engine=f"duckdb:///{path}", strict=True)


def asked(workspace: hedu.Workspace, **question: Any) -> set[tuple[Any, ...]]:
    rows = workspace.ask(**question).rows()
    found = {tuple(str(value) if value is not None else None for value in row.values()) for row in rows}
    assert len(found) == len(rows)
    return found


def test_a_route_told_twice_gives_each_town_with_its_own_style(parcels: hedu.Workspace) -> None:
    assert asked(parcels, metrics="kilos", by=["route__style", "route__depot__town"]) == {
        ("road", "Ulm", "7"), ("rail", "Bonn", "7"), ("road", "Kiel", "5"), (None, None, "7"),
    }  # fmt: skip


def test_two_ways_beyond_a_route_join_it_twice(parcels: hedu.Workspace) -> None:
    """The crew of a depot is that of the parcel's own day, and there is none at d2: its towns stay beside it."""
    assert asked(parcels, metrics="kilos", by=["route__depot__town", "route__depot__crew"]) == {
        ("Ulm", "early", "3"), ("Bonn", "early", "3"), ("Ulm", "late", "4"), ("Bonn", "late", "4"),
        ("Kiel", "night", "5"), (None, None, "7"),
    }  # fmt: skip


def test_a_partition_at_the_end_of_a_way_is_that_of_the_fact(parcels: hedu.Workspace) -> None:
    assert asked(parcels, metrics="kilos", by=["route__depot__crew"]) == {
        ("early", "3"), ("late", "4"), ("night", "5"), (None, "7")
    }  # fmt: skip


def test_values_of_both_sides_and_the_days_of_what_is_joined_before_the_rest(parcels: hedu.Workspace) -> None:
    by = ["route__style", "route__depot__town", "metric_time__day", "metric_time__month"]
    found = asked(parcels, by=by)
    assert len(found) == 3 * 3 + 1
    assert [row for row in found if row[1] == "Trier"] == [(None, "Trier", None, None)]
    assert asked(parcels, by=by, since="2024-05-02", until="2024-05-02") == {
        row for row in found if row[2] and "05-02" in str(row[2])
    }
    assert len(asked(parcels, by=by[:3])) == 4 * 3
