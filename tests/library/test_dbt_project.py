"""What dbt takes from a project beside its YAML: its paths, its switches, its versions and its models' SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from hedu.define.definitions import SpineDef
from hedu.define.formats.dbt import read_dbt
from hedu.define.formats.dbt_manifest import carried_from
from hedu.define.formats.loss import Carried

SETTINGS = {
    "name": "shop",
    "model-paths": ["marts"],
    "models": {"shop": {"side": {"+alias": "shelf"}}},
    "semantic-models": {"shop": {"side": {"+enabled": False}}},
    "metrics": {"+enabled": True, "shop": {"side": {"enabled": False}}},
}


def semantic(name: str, model: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "model": model, "entities": [{"name": f"{name}_key", "type": "primary"}], **more}


def project(path: Path, files: dict[str, Any]) -> Carried:
    for name, content in files.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return read_dbt(path)


def tables(carried: Carried) -> dict[str, str | None]:
    return {one.name: one.source.table for one in carried.definitions.datasets}


def told(carried: Carried) -> dict[str, str]:
    return {loss.path: loss.what for loss in carried.losses}


def test_a_version_is_the_table_it_becomes(tmp_path: Path) -> None:
    models = [
        {"name": "fct", "versions": [{"v": 2}, {"v": 10}, {"v": 1, "config": {"alias": "first"}}]},
        {"name": "dim", "latest_version": 1, "versions": [{"v": 1, "defined_in": "dim_one"}, {"v": 2}],
         "semantic_model": True, "columns": [{"name": "id", "entity": "primary"}]},
    ]  # fmt: skip
    semantics = [
        semantic("latest", "ref('fct')"),
        semantic("old", "ref('fct', v=1)"),
        semantic("second", "ref('shop', 'fct', version='2')"),
    ]
    files = {"models/a.yml": {"models": models, "semantic_models": semantics}, "models/dim_one.sql": "select 1"}
    carried = project(tmp_path, files)
    assert tables(carried) == {"latest": "fct_v10", "old": "first", "second": "fct_v2", "dim": "dim_v1"}


def test_the_sql_of_a_model_names_its_table(tmp_path: Path) -> None:
    config = "{{ config(materialized='table', alias='%s', tags=['a']) }} select 1"
    files = {
        "models/a.sql": config % "orders",
        "models/b.sql": "{{ config(alias=var('b')) }} select 1",
        "models/c.sql": "{{ config(alias='kept', schema='geo') }} select 1",
        "models/s.yml": {
            "models": [{"name": "a", "config": {"alias": "other"}}],
            "semantic_models": [semantic(name, f"ref('{name}')") for name in "abc"],
        },
    }
    carried = project(tmp_path, files)
    assert tables(carried) == {"a": "orders", "b": "b", "c": "geo.kept"}
    assert told(carried) == {"models.b.config.alias": "var('b')", "models.c.config.schema": "geo"}


def test_what_the_project_switches_off_or_does_not_read_is_told(tmp_path: Path) -> None:
    metric = {"type": "simple", "type_params": {"measure": "amount"}}
    measures = [{"name": "amount", "agg": "sum"}]
    files = {
        "dbt_project.yml": SETTINGS,
        "marts/a.yml": {
            "semantic_models": [semantic("orders", "ref('orders')", measures=measures), semantic("shelf", "ref('rack')")],
            "metrics": [{"name": "total", **metric}, {"name": "later", **metric, "config": {"enabled": "{{ var('x') }}"}}],
        },
        "marts/side/rack.sql": "select 1",
        "marts/side/b.yml": {
            "semantic_models": [
                semantic("off", "ref('orders')"),
                semantic("on", "ref('orders')", config={"enabled": True}),
            ],
            "metrics": [{"name": "gone", **metric}],
        },
        "old/c.yml": {"semantic_models": [semantic("stray", "ref('orders')")]},
        "dbt_packages/more/models/d.yml": "metrics:\n  - {{ broken\n",
        "docs/e.yml": {"version": 2},
    }  # fmt: skip
    carried = project(tmp_path, files)
    assert carried.definitions.settings.name == "shop"
    assert tables(carried) == {"orders": "orders", "shelf": "shelf", "on": "orders"}
    assert [one.name for one in carried.definitions.metrics] == ["total"]
    assert told(carried) == {
        "dbt_packages/more/models/d.yml": "metrics",
        "old/c.yml": "semantic_models",
        "semantic_models.off": "config.enabled: false",
        "metrics.later": "config.enabled: {{ var('x') }}",
        "metrics.gone": "config.enabled: false",
    }


def test_a_compiled_manifest_bears_the_name_of_its_project(tmp_path: Path) -> None:
    project(tmp_path, {"dbt_project.yml": SETTINGS, "marts/a.yml": {"semantic_models": [semantic("a", "ref('a')")]}})
    place = tmp_path / "target" / "semantic_manifest.json"
    place.parent.mkdir()
    place.write_text(
        '{"semantic_models": [{"name": "orders", "node_relation": {"alias": "orders"}}]}', encoding="utf-8"
    )
    assert read_dbt(place).definitions.settings.name == "shop"


def test_a_spine_may_be_known_by_its_name_alone(tmp_path: Path) -> None:
    """As dbt took it before spines were declared; its place in the manifest names the database, too."""
    files: dict[str, Any] = {
        "models/metricflow_time_spine.sql": "{{ config(alias='calendar') }} select 1",
        "models/a.yml": {"semantic_models": [semantic("orders", "ref('orders')")]},
    }
    assert project(tmp_path, files).definitions.settings.time_spines == (SpineDef("day", "calendar", "date_day"),)
    spine = {"location": '"prod"."shop"."calendar"', "column_name": "date_day", "grain": "day"}
    found = {
        "semantic_models": [semantic("orders", "", node_relation={"alias": "orders", "database": "prod"})],
        "project_configuration": {"time_spine_table_configurations": [spine, spine]},
    }
    carried = carried_from(found)
    assert carried.definitions.settings.time_spines == (SpineDef("day", "shop.calendar", "date_day"),)
    assert carried.definitions.settings.x == {"dbt": {"database": "prod"}}
    assert "project_configuration.time_spine_table_configurations.1.location" in told(carried)
