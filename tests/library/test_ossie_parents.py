"""Fields and metrics of an Ossie model that take columns of the datasets their rows belong to, however far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import hedu
from hedu.define.formats.loss import Carried
from hedu.define.ossie.carry import carried
from hedu.doors.cli_import import native_texts
from hedu.errors import Denied, HeduError
from hedu.query import Access, Mask

TABLES = """
create table calls (id int, country text, tower int, began timestamp, secs int, tariff text, region_of_towers text);
insert into calls values (1, 'DE', 1, '2024-01-01 10:00', 60, 'A', '?'), (2, 'DE', 2, '2024-01-31 23:59:59', 125, 'A', '?'),
  (3, 'FR', 1, '2024-02-29', 30, 'B', '?'), (4, 'FR', 9, '2024-03-01', null, 'B', '?'), (5, null, 1, '2024-03-02', 10, 'Z', '?');
create table towers (country text, no int, height int, region text);
insert into towers values ('DE', 1, 30, 'north'), ('DE', 2, 40, 'south'), ('FR', 1, 30, 'paris');
create table regions (region text, zone text, weight double);
insert into regions values ('north', 'N', 1.5), ('south', 'S', 2.0), ('paris', 'N', 1.0);
create table plans (tariff text, price decimal(6, 3)); insert into plans values ('A', 0.1), ('B', 0.5);
"""
JOINED = (
    " from calls c left join towers t on t.country = c.country and t.no = c.tower"
    " left join regions r on r.region = t.region left join plans p on p.tariff = c.tariff"
)


def field(name: str, expression: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "expression": expression or name, **more}


def link(name: str, here: str, to: str, own: list[str], there: list[str]) -> dict[str, Any]:
    return {"name": name, "from": here, "to": to, "from_columns": own, "to_columns": there}


def telco(*more: dict[str, Any], metrics: list[dict[str, Any]] | None = None) -> Carried:
    calls = [
        field("id"), field("began", is_time=True), field("secs", datatype="Integer"), field("minutes", "CEIL(secs / 60.0)"),
        field("zone", "regions.zone"), field("tower_zone", "towers.zone_there"), field("region_of_tower", "towers.region"),
        field("cost", "minutes * plans.price", datatype="Decimal"), field("both", "calls.zone || '-' || calls.tower_zone"),
        field("region", "region_of_towers"), field("known", "towers.known"), field("tall", "UPPER(towers.tall)"),
    ]  # fmt: skip
    calls[1]["dimension"] = {"is_time": calls[1].pop("is_time")}
    datasets = [
        {"name": "calls", "source": "calls", "primary_key": ["id"], "fields": [*calls, *more]},
        {"name": "towers", "source": "towers", "primary_key": ["country", "no"],
         "fields": [field("region"), field("height"), field("zone_there", "LOWER(regions.zone)"),
                    field("known", "COALESCE(region, 'none')"), field("tall", "CASE WHEN height > 35 THEN 'tall' ELSE 'low' END")]},
        {"name": "regions", "source": "regions", "primary_key": ["region"], "fields": [field("zone"), field("weight")]},
        {"name": "plans", "source": "plans", "unique_keys": [["tariff"]], "fields": [field("tariff"), field("price")]},
    ]  # fmt: skip
    links = [
        link("c_t", "calls", "towers", ["tower", "country"], ["no", "country"]),
        link("t_r", "towers", "regions", ["region"], ["region"]),
        link("c_p", "calls", "plans", ["tariff"], ["tariff"]),
    ]
    every = [
        field("n", "COUNT(calls.id)"), field("cost", "SUM(calls.cost)"), field("weighed", "SUM(calls.secs * regions.weight)"),
        field("met", "SUM(towers.height * plans.price)"), field("heights", "SUM(towers.height * regions.weight)"),
        field("north", "SUM(calls.secs) FILTER (WHERE calls.tower_zone = 'n')"), field("low", "COUNT(CASE WHEN towers.tall = 'low' THEN calls.id END)"), *(metrics or []),
    ]  # fmt: skip
    model = {"name": "telco", "datasets": datasets, "relationships": links, "metrics": every}
    return carried({"m.yaml": yaml.safe_dump({"version": "0.2.0.dev0", "semantic_model": [model]})})


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("telco") / "calls.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return path


@pytest.fixture(scope="module")
def ws(database: Path) -> hedu.Workspace:
    made = telco()
    assert not made.losses
    return hedu.load(native_texts(made), engine=f"duckdb:///{database}", strict=True)


ASKED = [
    (["n"], "calls.zone", "zone", "count(*)"),
    (["n"], "calls.tower_zone", "lower(zone)", "count(*)"),
    (["n"], "calls.both", "zone || '-' || lower(zone)", "count(*)"),
    (["n"], "calls.region_of_tower", "t.region", "count(*)"),
    (["n"], "calls.region", "region_of_towers", "count(*)"),
    (["n"], "calls.known", "t.region", "count(*)"),
    (["n", "low"], "calls.tall", "case when height > 35 then 'TALL' when height <= 35 then 'LOW' end",
     "count(*), count(case when height <= 35 then 1 end)"),
    (["cost", "weighed", "north"], "regions.zone", "zone",
     "sum(ceil(secs / 60.0) * price), sum(secs * weight), sum(secs) filter (where zone = 'N')"),
    (["met"], "plans.tariff", "p.tariff", "sum(height * price)"),
]  # fmt: skip


@pytest.mark.parametrize(("metrics", "by", "key", "values"), ASKED, ids=[f"{one[0]}-{one[1]}" for one in ASKED])
def test_answers(metrics: list[str], by: str, key: str, values: str, ws: hedu.Workspace, database: Path) -> None:
    ours = [tuple(_plain(value) for value in row.values()) for row in ws.ask(metrics, by=by).rows()]
    with duckdb.connect(str(database), read_only=True) as connection:
        theirs = connection.execute(f"select {key}, {values} {JOINED} group by 1").fetchall()
    assert sorted(ours, key=str) == sorted((tuple(_plain(value) for value in row) for row in theirs), key=str)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else round(float(value), 9)


def test_the_parent_itself_counts_each_of_its_rows_once(ws: hedu.Workspace) -> None:
    assert {row["regions.zone"]: row["heights"] for row in ws.ask("heights", by="regions.zone").rows()} == {
        "N": 75,
        "S": 80,
    }


def test_what_a_field_takes_stands_under_its_owners_policies(ws: hedu.Workspace) -> None:
    closed = Access(masks=(Mask("regions", "zone"),))
    for asked in ("calls.zone", "calls.tower_zone", "calls.both"):
        assert ws.ask("n", by=asked, access=closed).rows() == [{asked: "***", "n": 5}]
    with pytest.raises(Denied):
        ws.ask("north", access=closed)
    assert ws.ask("n", by="calls.region_of_tower", access=closed).rows()


def test_the_owner_may_take_columns_itself(ws: hedu.Workspace) -> None:
    """Calls are joined to the towers as they are; the towers are read with a column of their regions."""
    height, region, towers = (
        Access(masks=(Mask("towers", "height"),)), Access(masks=(Mask("towers", "region"),)), Access(hidden=("towers",)),
    )  # fmt: skip
    for access in (height, towers):
        with pytest.raises(Denied, match="access-measure-masked"):
            ws.ask("met", access=access)
    assert ws.ask("n", by="calls.tall", access=height).rows() == [{"calls.tall": "***", "n": 5}]
    for access in (region, towers):
        masked = ws.ask("n", by="calls.region_of_tower", access=access).rows()
        assert masked == [{"calls.region_of_tower": "***", "n": 5}]
    assert len(ws.ask("n", by="calls.region_of_tower", access=height).rows()) == 4


@pytest.mark.parametrize(
    ("more", "refused", "answered"),
    [
        ("insert into plans values ('A', 9)", ["cost", "n"], ["heights"]),
        ("insert into regions values ('north', 'X', 1)", ["weighed", "heights"], []),
    ],
)
def test_a_parent_found_twice_is_refused(more: str, refused: list[str], answered: list[str], tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "twice.duckdb")) as connection:
        connection.execute(TABLES)
        connection.execute(more)
    twice = hedu.load(native_texts(telco()), engine=f"duckdb:///{tmp_path / 'twice.duckdb'}", strict=True)
    for metric in refused:
        with pytest.raises(HeduError, match="key-not-unique"):
            twice.ask(metric)
    for metric in answered:
        assert twice.ask(metric).rows()


REFUSED = [
    (field("up", "other.x"), "there is no dataset other"),
]


@pytest.mark.parametrize(("one", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_a_field_that_reaches_nothing_is_told(one: dict[str, Any], why: str) -> None:
    (loss,) = telco(one).losses
    assert loss.path == "telco.datasets.calls.fields.up" and why in loss.why.en


def test_from_one_to_many_nothing_is_taken() -> None:
    more = [
        field("up", "SUM(plans.price * regions.weight) / SUM(towers.height)"),
        field("down", "SUM(regions.nothing * no)"),
    ]
    found = telco(metrics=more)
    assert [loss.path for loss in found.losses] == ["telco.metrics.down"]


def test_two_ways_to_a_parent_are_told() -> None:
    made = ({"name": "trips", "datasets": [
        {"name": "trips", "source": "trips", "primary_key": ["id"], "fields": [field("id"), field("left", "places.city")]},
        {"name": "places", "source": "places", "primary_key": ["code"], "fields": [field("city")]},
    ], "relationships": [link("origin", "trips", "places", ["a"], ["code"]), link("goal", "trips", "places", ["b"], ["code"])]})  # fmt: skip
    (loss,) = carried({"m.yaml": yaml.safe_dump(made)}).losses
    assert loss.path == "datasets.trips.fields.left" and "more than one way" in loss.why.en


def test_fields_that_take_one_another_in_a_circle_are_told() -> None:
    links = [link("here", "a", "b", ["k"], ["k"]), link("back", "b", "a", ["k"], ["k"])]
    datasets = [
        {"name": "a", "source": "a", "primary_key": ["k"], "fields": [field("x", "b.x")]},
        {"name": "b", "source": "b", "primary_key": ["k"], "fields": [field("x", "a.x"), field("y")]},
    ]
    found = carried({"m.yaml": yaml.safe_dump({"name": "m", "datasets": datasets, "relationships": links})})
    assert {loss.path for loss in found.losses} == {"datasets.a.fields.x", "datasets.b.fields.x"}
    assert all("in a circle" in loss.why.en for loss in found.losses)
