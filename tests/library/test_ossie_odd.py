"""Ossie documents that say more than the specification: what would change values or rows is left out, not passed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from hedu.define.formats.loss import Carried
from hedu.define.ossie.carry import carried
from hedu.define.ossie.write import document as written
from tests.library.test_ossie_time import field, link, star


def read(document: dict[str, Any]) -> tuple[Carried, dict[str, str]]:
    made = carried({"m.yaml": yaml.safe_dump(document, sort_keys=False)})
    return made, {loss.path: loss.why.en for loss in made.losses}


@pytest.mark.parametrize("key", ["grain", "filter", "joins", "semi_additive", "where", "using_relationships"])
def test_a_metric_with_a_key_that_would_change_it_is_left_out(key: str) -> None:
    document = star()
    document["semantic_model"][0]["metrics"][0][key] = "sales.amount > 3"
    made, why = read(document)
    assert not made.definitions.metrics
    assert why["m.metrics.sold"] == f"{key} of sold would change its values, and the specification has no such key yet"
    assert f"m.metrics.sold.{key}" in why


def test_metrics_over_rows_that_would_be_others_are_left_out() -> None:
    document = star()
    document["semantic_model"][0]["datasets"][0]["filter"] = "amount > 3"
    made, why = read(document)
    assert not made.definitions.metrics
    assert "filter of sales would change" in why["m.metrics.sold"]


@pytest.mark.parametrize("key", ["condition", "asof", "range", "on"])
def test_a_relationship_by_more_than_equal_columns_is_not_joined(key: str) -> None:
    links = [link("s_c", "calendar", "sold", "key") | {key: "sales.amount > 0"}, link("s_s", "shops", "shop", "shop")]
    made, why = read(star(links=links))
    assert why["m.relationships.s_c"] == "only equal columns join here; it is left out"
    sales = next(one for one in made.definitions.datasets if one.name == "sales")
    assert {one.name for one in sales.entities} == {"sales", "shops"}
    assert made.definitions.metrics


def test_what_only_describes_takes_nothing_along() -> None:
    document = star()
    model = document["semantic_model"][0]
    model["metrics"][0]["format"] = "0.0"
    model["relationships"][0]["referential_integrity"] = "enforced"
    made, why = read(document)
    assert len(made.definitions.metrics) == 1
    assert {"m.metrics.sold.format", "m.relationships.s_c.referential_integrity"} == set(why)


def test_sources_may_be_maps() -> None:
    document = star()
    sales, calendar, shops = document["semantic_model"][0]["datasets"]
    sales["source"] = {"kind": "HIVE_CATALOG", "format": "table", "identifier": "mart.sales"}
    calendar["source"] = {"kind": "SNOWFLAKE_CATALOG", "format": "SQL_QUERY", "query": "SELECT * FROM mart.days"}
    shops["source"] = {"kind": "file", "format": "parquet", "locations": ["s3://bucket/shops/*.parquet"]}
    made, why = read(document)
    sources = {one.name: one.source.table or one.source.select for one in made.definitions.datasets}
    assert sources == {"sales": "mart.sales", "calendar": "SELECT * FROM mart.days", "shops": "shops"}
    assert why == {
        "m.datasets.shops.source.locations": "files are loaded first; the table of the dataset's name is read"
    }


def test_an_unknown_key_is_told_wherever_it_stands() -> None:
    document = star()
    model = document["semantic_model"][0]
    model["odd1"] = document["odd2"] = model["datasets"][0]["odd3"] = model["relationships"][0]["odd4"] = 1
    model["metrics"][0]["odd5"] = model["metrics"][0]["expression"]["odd6"] = 1
    model["metrics"][0]["expression"]["dialects"][0]["odd7"] = 1
    model["datasets"][0]["fields"].append(field("more", "1", odd8=1))
    model["datasets"][0]["fields"][0]["dimension"] = {"odd9": 1}
    model["custom_extensions"] = [{"vendor_name": "X", "data": "{}", "odd10": 1}]
    told = read(document)[1]
    for at in range(1, 11):
        assert any(path.endswith(f"odd{at}") for path in told), at


def test_dialects_and_data_types_go_out_as_they_came_while_they_still_fit() -> None:
    document = star()
    model = document["semantic_model"][0]
    several = [
        {"dialect": "SNOWFLAKE", "expression": "UPPER(name)::VARCHAR"},
        {"dialect": "ANSI_SQL", "expression": "UPPER(name)"},
        {"dialect": "TABLEAU", "expression": "UPPER([name])"},
    ]
    total = [{"dialect": "ANSI_SQL", "expression": "SUM(sales.amount)"}, {"dialect": "MAQL", "expression": "SELECT 1"}]
    model["datasets"][2]["fields"][1] = {
        "name": "upper", "expression": {"dialects": several}, "datatype": "String", "label": "filter",
    }  # fmt: skip
    model["datasets"][0]["fields"][3]["datatype"] = "Decimal"
    model["metrics"][0] |= {"expression": {"dialects": total}, "datatype": "Decimal"}
    found = carried({"m.yaml": yaml.safe_dump(document)}).definitions
    out = written(found, "0.2")[0]["semantic_model"][0]
    assert out["metrics"][0]["expression"] == {"dialects": total}
    assert out["metrics"][0]["datatype"] == "Decimal"
    upper = out["datasets"][2]["fields"][1]
    assert (upper["expression"], upper["datatype"], upper["label"]) == ({"dialects": several}, "String", "filter")
    assert out["datasets"][0]["fields"][3]["datatype"] == "Decimal"
    shops = found.datasets[2]
    lower = [replace(one, expr="LOWER(name)") if one.name == "upper" else one for one in shops.dimensions]
    changed = replace(found, datasets=[*found.datasets[:2], replace(shops, dimensions=tuple(lower))])
    again = written(changed, "0.2")[0]["semantic_model"][0]["datasets"][2]["fields"][1]
    assert again["expression"] == {"dialects": [{"dialect": "ANSI_SQL", "expression": "LOWER(name)"}]}
