"""dbt files that are half there, of other shapes than expected, or say what nothing here holds."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import hedu
from hedu.define.definitions import MeasureDef, Percentile, SemiAdditive
from hedu.define.formats.dbt import read_dbt
from hedu.define.formats.dbt_manifest import carried_from
from hedu.define.formats.dbt_names import native_condition
from hedu.define.formats.dbt_yaml import manifest_of
from hedu.define.formats.loss import Carried
from hedu.doors.cli import main
from hedu.doors.cli_import import native_texts
from hedu.doors.sound import sound
from hedu.errors import HeduError
from tests.library.test_dbt import HERE, manifest, simple

ODD: tuple[Any, ...] = (
    *(None, 1, 1.5, "", [], {}, "x y", "{{ Dimension('a__b') }}", "{{ broken", True, [1], ["a"], {"a": 1}),
    *([{"a": 1}], "-1 day", {"name": None}, [None], "select", 'a"b', {"count": "x"}),
)


def lost(carried: Carried) -> dict[str, str]:
    return {loss.path: loss.what for loss in carried.losses}


def project(path: Path, **models: Any) -> Carried:
    (path / "models.yml").write_text(yaml.safe_dump(models), encoding="utf-8")
    return read_dbt(path)


def places(data: Any, under: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if under:
        yield under
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*under, key))


def broken(data: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same with one thing gone or replaced."""
    found = copy.deepcopy(data)
    *path, last = chance.choice(list(places(found)))
    inner: Any = found
    for key in path:
        inner = inner[key]
    if chance.random() < 0.2:
        del inner[last]
    else:
        inner[last] = copy.deepcopy(chance.choice(ODD))
    return found


@pytest.mark.parametrize("seed", range(30))
def test_whatever_stands_there_is_carried_told_or_refused(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    whole = manifest_of(HERE / "legacy")
    latest = yaml.safe_load((HERE / "latest" / "models.yml").read_text(encoding="utf-8"))
    for data, reader in ((whole, carried_from), (latest, lambda one: project(tmp_path, **one))):
        try:
            carried = sound(reader(broken(data, chance)))
        except HeduError:
            continue
        assert not hedu.load(native_texts(carried), engine="duckdb://", strict=True).problems


def test_a_metric_made_of_one_that_is_lost_is_lost_too_with_its_reason(tmp_path: Path) -> None:
    ratio = {"name": "r", "type": "ratio", "type_params": {"numerator": {"name": "gone"}, "denominator": {"name": "a"}}}
    above = {"name": "s", "type": "derived", "type_params": {"expr": "r * 2", "metrics": [{"name": "r"}]}}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest(metrics=[simple("a"), ratio, above])), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["import", "dbt", str(path), "--out", str(tmp_path / "out")])
    assert ended.value.code == 0
    told = {one["path"]: one["why"] for one in json.loads((tmp_path / "out" / "loss.json").read_text(encoding="utf-8"))}
    assert "gone" in told["metrics.r"]
    assert "`r`" in told["metrics.s"]
    opened = hedu.load(tmp_path / "out", engine="duckdb://", strict=True)
    assert set(opened.model.metrics) == {"a"}


def test_sql_that_cannot_be_read_takes_along_only_what_rests_on_it() -> None:
    found = manifest(metrics=[simple("a"), simple("b", "other")])
    found["semantic_models"][0]["measures"].append({"name": "other", "agg": "sum", "expr": "x y"})
    carried = sound(carried_from(found))
    assert [one.name for one in carried.definitions.metrics] == ["a"]
    assert {"datasets.orders.measures.other", "metrics.b"} <= set(lost(carried))


def test_sql_that_only_dbt_can_fill_in_is_told() -> None:
    found = manifest(metrics=[simple("a"), simple("b", "other")])
    model, written = found["semantic_models"][0], "{{ var('column') }}"
    model["measures"].append({"name": "other", "agg": "sum", "expr": written})
    model["dimensions"].append({"name": "kind", "type": "categorical", "expr": written})
    model["entities"].append({"name": "shop", "type": "foreign", "expr": "{% raw %}x{% endraw %}"})
    carried = carried_from(found)
    told, of = lost(carried), "semantic_models.orders"
    assert told[f"{of}.measures.other.expr"] == told[f"{of}.dimensions.kind.expr"] == written
    assert f"{of}.entities.shop.expr" in told
    assert "metrics.b" in told


def test_a_grain_may_stand_second_in_a_dimension() -> None:
    assert native_condition("{{ Dimension('user__ds', 'DAY') }} <= now()") == "user.ds.day <= now()"
    assert native_condition("{{ Dimension('user__ds', ['listing']) }} <= now()") == "listing.user.ds <= now()"


def test_names_that_make_the_same_file_name_do_not_overwrite_one_another() -> None:
    carried = carried_from(manifest(metrics=[simple("total"), simple("total_"), simple("_total")]))
    assert len([name for name in native_texts(carried) if name.startswith("metrics/")]) == 3
    assert len(hedu.load(native_texts(carried), engine="duckdb://", strict=True).model.metrics) == 3


def test_a_saved_query_may_name_one_metric_without_a_list() -> None:
    query = {
        "metrics": "a",
        "group_by": "TimeDimension('metric_time', 'day')",
        "where": "{{ Entity('order') }} > 1",
        "order_by": "-a",
        "limit": "many",
    }
    carried = carried_from(manifest(metrics=[simple("a")], saved_queries=[{"name": "q", "query_params": query}]))
    (made,) = carried.definitions.settings.questions
    assert (made.metrics, made.by, made.order) == (("a",), ("metric_time__day",), ("-a",))
    assert lost(carried)["saved_queries.q.query_params.limit"] == "many"


@pytest.mark.parametrize("condition", [5, {"sql": "a > 1"}, "{{ Entity('order')", "{% if true %}1 = 1{% endif %}"])
def test_a_filter_of_no_known_form_takes_its_metric_along(condition: Any) -> None:
    carried = carried_from(manifest(metrics=[simple("a", filter=condition)]))
    assert not carried.definitions.metrics
    assert "metrics.a" in lost(carried)


def test_a_conversion_without_both_properties_is_left_out() -> None:
    params = {"base_measure": "amount", "conversion_measure": "amount", "entity": "order"}
    pairs = [{"plan": "pro"}, [{"base_property": "x"}]]
    metrics = [
        {"name": f"c{at}", "type": "conversion",
         "type_params": {"conversion_type_params": {**params, "constant_properties": pair}}}
        for at, pair in enumerate(pairs)
    ]  # fmt: skip
    carried = carried_from(manifest(metrics=metrics))
    assert {"metrics.c0", "metrics.c1"} <= set(lost(carried))
    assert not {one.name for one in carried.definitions.metrics} & {"c0", "c1"}


def test_the_latest_spelling_in_all_the_places_the_documentation_shows(tmp_path: Path) -> None:
    """Metrics below `semantic_model`, several dimensions of one column, entities by their kind alone."""
    model = {
        "name": "fct_payments",
        "semantic_model": {
            "enabled": True,
            "metrics": [{"name": "p95", "type": "simple", "agg": "percentile", "expr": "amount", "percentile": 95.0,
                         "percentile_type": "discrete"}],
        },
        "agg_time_dimension": "paid_at",
        "columns": [
            {"name": "payment_id", "entity": "primary", "data_type": "int"},
            {"name": "paid_at", "granularity": "hour", "dimensions": [
                {"type": "time"}, {"type": "categorical", "name": "moment", "expr": "CAST(paid_at AS TEXT)"}]},
        ],
        "metrics": [{"name": "held", "type": "simple", "agg": "sum", "expr": "amount",
                     "non_additive_dimension": {"name": "paid_at", "window_agg": "max", "group_by": "payment_id"}}],
    }  # fmt: skip
    carried = project(tmp_path, models=[model])
    (dataset,) = carried.definitions.datasets
    assert dataset.primary_key == ("payment_id",)
    assert [(one.name, one.grain) for one in dataset.dimensions] == [("paid_at", "hour"), ("moment", None)]
    assert set(dataset.measures) == {
        MeasureDef("p95", "percentile", "amount", percentile=Percentile(0.95, "discrete")),
        MeasureDef("held", "sum", "amount", semi_additive=SemiAdditive("paid_at", "last", ("payment_id",))),
    }
    assert not carried.losses


def test_unknown_keys_of_a_semantic_model_are_told_wherever_they_stand(tmp_path: Path) -> None:
    model = {
        "name": "m", "semantic_model": {"enabled": True, "odd1": 1}, "odd2": 1, "description": "d", "tests": ["t"],
        "columns": [{"name": "id", "entity": {"type": "primary", "odd3": 1}, "odd4": 1, "data_tests": ["unique"]},
                    {"name": "c", "dimension": {"type": "categorical", "odd5": 1}}, "odd6"],
        "derived_semantics": {"dimensions": [{"name": "d", "type": "categorical", "expr": "1", "odd7": 1}], "odd8": 1},
        "metrics": [{"name": "n", "type": "simple", "agg": "count", "expr": "id", "odd9": 1}],
    }  # fmt: skip
    metrics = [{"name": "r", "type": "ratio", "numerator": {"name": "n", "odd10": 1}, "denominator": "n"}]
    told = lost(project(tmp_path, models=[model], metrics=metrics))
    for at in range(1, 11):
        assert any(path.endswith(f"odd{at}") or what == f"odd{at}" for path, what in told.items()), at


def test_one_database_is_kept_and_several_are_told() -> None:
    found = manifest()
    carried = carried_from(found)
    assert not carried.losses
    assert carried.definitions.settings.x == {"dbt": {"database": "prod"}}
    other = copy.deepcopy(found["semantic_models"][0]) | {"name": "others", "measures": []}
    other["node_relation"]["database"] = "archive"
    told = lost(carried_from(found | {"semantic_models": [*found["semantic_models"], other]}))
    assert told["semantic_models.orders.node_relation.database"] == "prod"
    assert told["semantic_models.others.node_relation.database"] == "archive"


@pytest.mark.parametrize(
    ("kind", "item", "path"),
    [
        ("entities", {"name": "buyer", "type": "foriegn"}, "entities.buyer.type"),
        ("dimensions", {"name": "colour"}, "dimensions.colour.type"),
        ("dimensions", {"name": "day", "type": "time", "type_params": "day"}, "dimensions.day.type_params"),
        ("dimensions", {"name": "day", "type": "time", "type_params": {
            "validity_params": {"is_start": True, "is_end": True}}}, "dimensions.day.type_params.validity_params.is_end"),
        ("measures", {"name": "stock"}, "measures.stock.agg"),
        ("measures", {"name": "stock", "agg": "sum", "non_additive_dimension": "paid_on"},
         "measures.stock.non_additive_dimension"),
        ("measures", {"name": "stock", "agg": "sum", "non_additive_dimension": {"name": "paid_on", "window_choice": "sum"}},
         "measures.stock.non_additive_dimension.window_choice"),
    ],
)  # fmt: skip
def test_what_is_of_no_known_type_is_told_and_left_out(kind: str, item: dict[str, Any], path: str) -> None:
    found = manifest()
    found["semantic_models"][0][kind].append(item)
    carried = carried_from(found)
    assert f"semantic_models.orders.{path}" in lost(carried)
    (dataset,) = carried.definitions.datasets
    assert not dataset.entities
    assert [one.name for one in dataset.measures] == ["amount"]
    assert {one.name for one in dataset.dimensions} <= {"paid_on", "day"}


def test_of_several_primary_entities_none_is_a_key() -> None:
    """Two columns that make a key together are none alone: joined by one of them, rows would count twice."""
    found = manifest()
    found["semantic_models"][0]["entities"] = [{"name": name, "type": "primary"} for name in ("order", "line")]
    carried = carried_from(found)
    (dataset,) = carried.definitions.datasets
    assert not dataset.primary_key
    assert lost(carried) == {"semantic_models.orders.entities": "order, line"}


@pytest.mark.parametrize(("relation", "is_told"), [("prod.SHOP.Orders", False), ("`prod`.`shop`.`sales`", True)])
def test_a_relation_of_another_name_is_told(relation: str, is_told: bool) -> None:
    found = manifest()
    found["semantic_models"][0]["node_relation"]["relation_name"] = relation
    assert ("semantic_models.orders.node_relation.relation_name" in lost(carried_from(found))) is is_told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"semantic_models": [', "dbt-manifest-broken"),
        ("[" * 100_000, "dbt-manifest-broken"),
        ("[]", "dbt-nothing-semantic"),
        ('{"nodes": {}, "semantic_models": {"semantic_model.a": {}}}', "dbt-nothing-semantic"),
        ('{"semantic_models": []}', "dbt-nothing-semantic"),
    ],
)
def test_half_a_manifest_is_refused(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "semantic_manifest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HeduError) as caught:
        read_dbt(path)
    assert caught.value.code == code


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    asked = ["import", "dbt", str(HERE / "legacy"), "--out", str(tmp_path / "file" / "out")]
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 2
    assert "file-unwritable" in capsys.readouterr().err


def test_what_several_bear_one_name_for_is_left_out() -> None:
    """dbt refuses it; the last of them would answer for all."""
    found = manifest(metrics=[simple("a"), simple("b"), simple("b", filter="{{ Entity('order') }} > 1"), simple("c")])
    found["metrics"].append(copy.deepcopy(found["metrics"][-1]))
    model = found["semantic_models"][0]
    model["dimensions"] += [{"name": "tier", "type": "categorical", "expr": text} for text in ("x", "y")]
    carried = carried_from(found)
    assert set(lost(carried)) == {"metrics.b", "semantic_models.orders.dimensions.tier"}
    assert [one.name for one in carried.definitions.metrics] == ["a", "c"]
    other = copy.deepcopy(model) | {"name": "others", "measures": [{"name": "amount", "agg": "max"}]}
    carried = carried_from(found | {"semantic_models": [model, other]})
    assert not carried.definitions.metrics
    assert {"semantic_models.orders.measures.amount", "semantic_models.others.measures.amount"} <= set(lost(carried))
    off = other | {"config": {"enabled": False}}
    assert carried_from(found | {"semantic_models": [model, off]}).definitions.metrics
    twice = carried_from(found | {"semantic_models": [model, other | {"name": "orders"}]})
    assert not twice.definitions.datasets
    assert "semantic_models.orders" in lost(twice)
