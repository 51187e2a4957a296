"""dbt projects read into definitions: both spellings, the manifest, everything that is lost, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

import hedu
from hedu.define.definitions import Cumulative, MetricRef, Simple
from hedu.define.formats.dbt import read_dbt
from hedu.define.formats.dbt_manifest import carried_from
from hedu.define.formats.dbt_names import native_condition, question_item
from hedu.define.formats.dbt_yaml import manifest_of
from hedu.define.read import read
from hedu.doors.cli import main
from hedu.doors.cli_import import native_texts
from hedu.errors import DefinitionError, HeduError
from hedu.query import Access, Mask, RowFilter

HERE = Path(__file__).parent / "dbt"
BIKES = Path(__file__).parent.parent / "cases" / "worlds" / "bikes"


@pytest.fixture(scope="module")
def bikes(tmp_path_factory: pytest.TempPathFactory) -> hedu.Workspace:
    path = tmp_path_factory.mktemp("bikes") / "bikes.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((BIKES / "tables.sql").read_text(encoding="utf-8"))
    return hedu.load(BIKES, engine=f"duckdb:///{path}", strict=True)


def manifest(**more: Any) -> dict[str, Any]:
    """A manifest with one semantic model, and more."""
    model = {
        "name": "orders",
        "node_relation": {"alias": "orders", "schema_name": "shop", "database": "prod"},
        "defaults": {"agg_time_dimension": "paid_on"},
        "primary_entity": "order",
        "entities": [],
        "dimensions": [{"name": "paid_on", "type": "time", "type_params": {"time_granularity": "day"}}],
        "measures": [{"name": "amount", "agg": "sum"}],
    }
    return {"semantic_models": [model], "metrics": [], "project_configuration": {}, "saved_queries": []} | more


def simple(name: str, measure: object = "amount", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "simple", "type_params": {"measure": measure}, **more}


def lost(found: dict[str, Any]) -> dict[str, str]:
    return {loss.path: loss.what for loss in carried_from(found).losses}


def test_the_world_of_the_cases_is_what_the_project_reads_into() -> None:
    kept, problems = read({"bikes.yml": (BIKES / "definitions.yml").read_bytes()})
    carried = read_dbt(HERE / "legacy")
    assert not problems
    assert kept == carried.definitions
    assert [loss.path for loss in carried.losses] == ["saved_queries.board.exports"]


def test_what_is_read_is_written_and_read_again() -> None:
    carried = read_dbt(HERE / "legacy")
    again, problems = read(native_texts(carried))
    assert not problems
    assert sorted(again.metrics, key=lambda one: one.name) == sorted(
        carried.definitions.metrics, key=lambda one: one.name
    )
    assert again.settings == carried.definitions.settings


def test_both_spellings_say_the_same() -> None:
    legacy, latest = read_dbt(HERE / "legacy").definitions, read_dbt(HERE / "latest")
    assert not latest.losses
    assert {one.name for one in latest.definitions.datasets} == {"rides", "stations", "plans", "visits"}
    metrics = {one.name: one for one in legacy.metrics}
    assert all(metrics[one.name] == one for one in latest.definitions.metrics)
    measures = {(one.name, measure) for one in legacy.datasets for measure in one.measures}
    assert all((one.name, measure) in measures for one in latest.definitions.datasets for measure in one.measures)
    assert legacy.settings.time_spines == latest.definitions.settings.time_spines


def test_a_project_and_the_manifest_it_compiles_to_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    compiled = tmp_path / "target" / "semantic_manifest.json"
    compiled.write_text(json.dumps(manifest_of(HERE / "legacy"), default=str), encoding="utf-8")
    for path in (tmp_path, compiled):
        found = read_dbt(path).definitions
        assert found.metrics == read_dbt(HERE / "legacy").definitions.metrics
        assert found.datasets == read_dbt(HERE / "legacy").definitions.datasets


def test_a_measure_used_with_filter_or_filling_gets_a_metric() -> None:
    measure = {"name": "amount", "fill_nulls_with": 0, "join_to_timespine": True, "filter": "{{ Entity('order') }} > 1"}
    total = {"name": "total", "type": "cumulative", "type_params": {"measure": measure, "window": "7 days"}}
    found = {one.name: one.body for one in carried_from(manifest(metrics=[total])).definitions.metrics}
    name = "amount_fill_nulls_with_0_join_to_timespine"
    assert found[name] == Simple("orders.amount", None, True, 0)
    assert found["total"] == Cumulative(MetricRef(name, '"order" > 1'), "7 days", None, "first")


@pytest.mark.parametrize(
    ("more", "path", "what"),
    [
        ({"metrics": [simple("a", tests=["x"])]}, "metrics.a.tests", "['x']"),
        ({"metrics": [simple("a__b")]}, "metrics.a__b.name", "a__b"),
        ({"metrics": [simple("a", "nothing")]}, "metrics.a", "nothing"),
        ({"metrics": [{"name": "a", "type": "magic"}]}, "metrics.a", "magic"),
        ({"metrics": [simple("a", filter="{{ Dimension(1 + 1) }}")]}, "metrics.a", "Dimension(1 + 1)"),
        ({"strange": {"key": 1}}, "strange", "{'key': 1}"),
        ({"saved_queries": [{"name": "q", "query_params": {"metrics": []}, "exports": [1]}]},
         "saved_queries.q.exports", "[1]"),
        ({"saved_queries": [{"name": "q", "query_params": {"group_by": ["Dimension(1 + 1)"]}}]},
         "saved_queries.q", "Dimension(1 + 1)"),
        ({"metrics": [{"name": "a", "type": "derived", "type_params": {
            "expr": "b", "metrics": [{"name": "b"}, {"name": "c"}]}}]}, "metrics.a.type_params.metrics.c.name", "c"),
    ],
)  # fmt: skip
def test_nothing_is_dropped_silently(more: dict[str, Any], path: str, what: str) -> None:
    assert lost(manifest(**more))[path] == what


def test_what_has_no_counterpart_in_a_model_is_lost_too() -> None:
    found = manifest()
    model = found["semantic_models"][0]
    model["measures"].append({"name": "p", "agg": "percentile", "description": "P", "agg_params": {
        "percentile": 0.9, "use_discrete_percentile": True, "use_approximate_percentile": True}})  # fmt: skip
    model["measures"].append({"name": "odd", "agg": "harmonic"})
    model["dimensions"].append({"name": "tick", "type": "time", "type_params": {"time_granularity": "nanosecond"}})
    model["entities"].append({"name": "metric_time", "type": "foreign"})
    spine = {"primary_column": {"name": "ts", "time_granularity": "nanosecond"}, "node_relation": {"alias": "t"}}
    found["project_configuration"] = {"time_spines": [spine]}
    assert {
        "semantic_models.orders.measures.p.agg_params.use_approximate_percentile",
        "semantic_models.orders.measures.p.description",
        "semantic_models.orders.measures.odd.agg",
        "semantic_models.orders.dimensions.tick.type_params.time_granularity",
        "semantic_models.orders.entities.metric_time.name",
        "project_configuration.time_spines.0.primary_column",
    } <= set(lost(found))


def test_templates_become_native_names() -> None:
    assert native_condition("{{ Dimension('listing__country') }} = 'us'") == "listing.country = 'us'"
    assert native_condition("{{TimeDimension('metric_time', 'MONTH')}} > '2024-01-01'") == (
        "metric_time.month > '2024-01-01'"
    )
    assert native_condition("{{ Dimension('metric_time').date_part('dow') }} = 1") == "metric_time.extract_dow = 1"
    assert native_condition("{{ Entity('user', entity_path=['listing']) }} IS NULL") == "listing.user IS NULL"
    assert native_condition("{{ Metric('rides', group_by=['station']) }} > 2") == "metric(rides by station) > 2"
    assert question_item("Metric('rides').descending(True)") == "-rides"
    assert question_item("{{ TimeDimension('metric_time', 'day') }}") == "metric_time__day"


def test_the_command_writes_a_folder_that_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "native"
    with pytest.raises(SystemExit) as ended:
        main(["import", "dbt", str(HERE / "legacy"), "--out", str(out)])
    assert ended.value.code == 0
    assert json.loads((out / "loss.json").read_text(encoding="utf-8"))[0]["path"] == "saved_queries.board.exports"
    assert not hedu.load(out, engine="duckdb://", strict=True).problems
    capsys.readouterr()


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models.yml").write_text("models: []", encoding="utf-8")
    (tmp_path / "some.json").write_text("{}", encoding="utf-8")
    for path in (tmp_path, tmp_path / "some.json"):
        with pytest.raises(DefinitionError) as caught:
            read_dbt(path)
        assert caught.value.code == "dbt-nothing-semantic"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"metrics": "rides", "where": "{{ Dimension(1 + 1) }} = 2"}, "template-unreadable"),
        ({"metrics": "rides_every_day", "by": "metric_time__day", "window": "7 days"}, "window-not-in-metricflow"),
        ({"by": ["visit__page", "ride__length"]}, "values-not-together"),
        (
            {
                "metrics": "rides",
                "by": "metric_time__month",
                "compare": "previous",
                "where": "{{ TimeDimension('metric_time', 'day') }} > '2024-02-01'",
            },
            "compare-with-time-filter",
        ),
        ({"metrics": "rides", "where": "{{ Metric('km', ['station', 'member']) }} > 1"}, "template-unreadable"),
        ({"metrics": "rides", "where": "{{ Metric('rider', ['station']) }} > 1"}, "metric-unknown"),
        ({"metrics": "riders_week", "by": "station"}, "cumulative-needs-time"),
        ({"metrics": "week_growth", "by": "station"}, "offset-needs-time"),
        ({"metrics": "rides", "by": "visit__page"}, "metric-has-no-dimension"),
        ({"metrics": "rides", "by": "metric_time__hour"}, "grain-too-fine"),
        ({"metrics": "rides", "by": "station__docks__month"}, "grain-on-non-time"),
    ],
)
def test_refusals_are_typed(bikes: hedu.Workspace, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(HeduError) as caught:
        bikes.ask(**asked)
    assert caught.value.code == code
    assert str(caught.value)


@pytest.mark.parametrize(
    ("text", "asked", "code"),
    [
        ("metric: m\nshare: {metric: rides}", {"metrics": "m"}, "kind-not-in-metricflow"),
        ("metric: m\ncumulative: {metric: km_per_ride}", {"metrics": "m"}, "cumulative-of-what"),
        (
            (
                "dataset: levels\nsource: stations\ntime: day\ndimensions: {day: {type: date, expr: current_date}}\n"
                "measures: {most: {agg: sum, expr: docks, semi_additive: {over: day, take: highest}}}\n---\n"
                "version: 1\nmetric: m\nsimple: levels.most"
            ),
            {"metrics": "m"},
            "kind-not-in-metricflow",
        ),
    ],
)
def test_kinds_that_metricflow_lacks_are_refused(text: str, asked: dict[str, Any], code: str) -> None:
    kept = (BIKES / "definitions.yml").read_text(encoding="utf-8")
    ws = hedu.load({"a.yml": kept, "b.yml": f"version: 1\n{text}\n"}, engine="duckdb://")
    with pytest.raises(HeduError) as caught:
        ws.compile(**asked)
    assert caught.value.code == code


def test_a_time_spine_is_needed_for_rows_without_data() -> None:
    kept = (BIKES / "definitions.yml").read_text(encoding="utf-8").replace("  day:\n    table", "  month:\n    table")
    ws = hedu.load({"a.yml": kept}, engine="duckdb://")
    with pytest.raises(HeduError) as caught:
        ws.compile("rides_every_day", by="metric_time__day")
    assert caught.value.code == "time-spine-missing"


def test_rights_hold_in_imported_projects_too(bikes: hedu.Workspace) -> None:
    chinese = Access(rows=(RowFilter("cities", "country = 'cn'"),))
    seen = bikes.ask("rides", by="station__city__country", access=chinese).rows()
    whole = bikes.ask("rides", by="station__city__country").rows()
    assert seen == [row for row in whole if row["station__city__country"] == "cn"]
    assert bikes.ask("rides", access=chinese).rows() == [{"rides": seen[0]["rides"]}]
    masked = Access(masks=(Mask("stations", "docks"),))
    assert {row["station__docks"] for row in bikes.ask("rides", by="station__docks", access=masked).rows()} <= {
        "***",
        None,
    }


def test_columns_say_what_they_are(bikes: hedu.Workspace) -> None:
    found = bikes.ask("rides", by=["metric_time__month", "station__docks", "metric_time__extract_dow"]).columns
    assert [(one.name, one.role, one.type, one.grain) for one in found] == [
        ("metric_time__month", "dimension", "timestamp", "month"),
        ("station__docks", "dimension", "any", None),
        ("metric_time__extract_dow", "dimension", "number", None),
        ("rides", "metric", "number", None),
    ]


def test_what_a_metric_can_be_split_by_is_told_in_names_that_can_be_asked(bikes: hedu.Workspace) -> None:
    offered = bikes.dimensions_of(["rides", "km_per_ride"])
    names = [one.path for one in offered]
    assert names[0] == "metric_time" and offered[0].grains[0] == "day"
    assert {"ride__length", "station", "station__docks", "station__city__country", "member__tariff"} <= set(names)
    assert all(bikes.compile("rides", by=name) for name in names)
    assert [one.path for one in bikes.dimensions_of(["rides", "visits"])] == [
        "metric_time", "member", "member__plan_start", "member__plan_end", "member__tariff"
    ]  # fmt: skip
    assert not bikes.check()


def test_the_old_names_outlive_the_old_rules(bikes: hedu.Workspace) -> None:
    text = (BIKES / "definitions.yml").read_text(encoding="utf-8").replace("semantics: metricflow\n", "")
    native = hedu.load({"a.yml": text}, engine=bikes.engine.url)
    asked = {"metrics": "rides", "where": "station__docks >= 10"}
    old = native.ask(by=["metric_time__month", "station__docks"], **asked).rows()
    new = native.ask(by=["metric_time.month", "station.docks"], **asked).rows()
    assert [list(row.values()) for row in old] == [list(row.values()) for row in new]
    assert old


def test_a_range_may_end_within_a_day(bikes: hedu.Workspace) -> None:
    first = bikes.ask("rides", by="metric_time__day", since="2024-01-05", until="2024-01-06").rows()
    within = {"since": "2024-01-05T01:00:00", "until": "2024-01-06T13:00:00"}
    assert bikes.ask("rides", by="metric_time__day", **within).rows() == first
    weeks = bikes.ask("rides", by="metric_time__week", since="2024-01-01", until="2024-01-07").rows()
    assert bikes.ask("rides", by="metric_time__week", **within).rows() == weeks
    whole = {"since": "2024-01-05", "until": "2024-01-06"}
    asked: dict[str, Any] = {"by": "metric_time__day", "compare": "previous"}
    assert bikes.ask("rides", **asked, **within).rows() == bikes.ask("rides", **asked, **whole).rows()


def test_only_a_time_spine_gives_lengths_of_ones_own(bikes: hedu.Workspace) -> None:
    text = (BIKES / "definitions.yml").read_text(encoding="utf-8")
    native = hedu.load({"a.yml": text.replace("semantics: metricflow\n", "")}, engine="duckdb://")
    unknown = hedu.load({"a.yml": text.replace("1 ten_days", "1 ten_weeks")}, engine="duckdb://")
    for workspace, code in ((native, "window-unreadable"), (unknown, "time-spine-missing")):
        with pytest.raises(HeduError) as caught:
            workspace.compile("ten_days_ago", by="metric_time.day")
        assert caught.value.code == code


def test_a_range_without_time_is_about_what_metric_time_means_by_itself(bikes: hedu.Workspace) -> None:
    text = (BIKES / "definitions.yml").read_text(encoding="utf-8")
    more = "version: 1\nmetric: monthly\ngrain: month\nsimple: {measure: rides.rides}\n"
    workspace = hedu.load({"a.yml": text, "b.yml": more}, engine=bikes.engine.url)
    january = (
        bikes.ask("rides", since="2024-01").rows()[0]["rides"] - bikes.ask("rides", since="2024-02").rows()[0]["rides"]
    )
    assert workspace.ask("monthly", since="2024-01-10", until="2024-01-20").rows() == [{"monthly": january}]
    assert workspace.ask("rides", since="2024-01-10", until="2024-01-20").rows()[0]["rides"] < january
    assert workspace.ask("monthly", by="metric_time").table.column_names == ["metric_time__month", "monthly"]


@pytest.mark.parametrize(
    ("kind", "params", "what"),
    [
        ("cumulative", {"measure": "amount", "window": {"count": 2, "granularity": "ten_days"}}, "2 ten_days"),
        ("cumulative", {"measure": "amount", "grain_to_date": "ten_days"}, "grain_to_date: ten_days"),
        ("derived", {"expr": "a", "metrics": [{"name": "b", "alias": "a", "offset_to_grain": "ten_days"}]},
         "offset_to_grain: ten_days"),
        ("conversion", {"conversion_type_params": {
            "base_measure": "amount", "conversion_measure": "amount", "entity": "order", "window": "1 ten_days"}},
         "1 ten_days"),
    ],
)  # fmt: skip
def test_a_metric_that_would_answer_something_else_is_left_out(kind: str, params: dict[str, Any], what: str) -> None:
    found = carried_from(manifest(metrics=[simple("b"), {"name": "a", "type": kind, "type_params": params}]))
    assert "a" not in {one.name for one in found.definitions.metrics}
    assert {loss.path: loss.what for loss in found.losses}["metrics.a"] == what


def test_what_dbt_disables_stays_out_and_is_told() -> None:
    off = {"config": {"enabled": False}}
    found = manifest(
        metrics=[simple("a", **off), simple("b", time_granularity="ten_days")],
        saved_queries=[{"name": "q", "query_params": {"metrics": ["a"]}, **off},
                       {"name": "r", "query_params": {"metrics": ["Metric('b')"]}}],
    )  # fmt: skip
    found["semantic_models"].append({"name": "old", "measures": [{"name": "n", "agg": "sum"}], **off})
    found["metrics"][1]["type_params"]["is_private"] = True
    carried = carried_from(found)
    assert [one.name for one in carried.definitions.datasets] == ["orders"]
    assert [one.name for one in carried.definitions.metrics] == ["b"]
    assert [(one.name, one.metrics) for one in carried.definitions.settings.questions] == [("r", ("b",))]
    told = lost(found)
    assert {told[path] for path in ("semantic_models.old", "metrics.a", "saved_queries.q")} == {"config.enabled: false"}
    assert (told["metrics.b.time_granularity"], told["metrics.b.type_params.is_private"]) == ("ten_days", "True")
