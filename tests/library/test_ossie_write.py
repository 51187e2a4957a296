"""Native folders -> Ossie documents: all comes back as it was, the core says the same, losses are told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from jsonschema import Draft202012Validator

import hedu
from hedu.define.definitions import Definitions
from hedu.define.digest import meaning_digest
from hedu.define.folder import folder
from hedu.define.formats.loss import Loss
from hedu.define.ossie.carry import carried, read_ossie
from hedu.define.ossie.write import Spec, document, text_of
from hedu.define.read import read
from hedu.doors.cli_import import native_texts
from hedu.model.resolve import resolve
from tests.library.test_ossie_read import code_of

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "ossie"
FOLDERS = [
    "examples/shop",
    "hedu/demo/definitions",
    "tests/cases/worlds/shop",
    "tests/cases/worlds/edges",
    "tests/cases/worlds/abroad",
    "tests/library/adventureworks",
]
SPECS: tuple[Spec, ...] = ("0.1.1", "0.2")


def exported(definitions: Definitions, spec: Spec, *, as_json: bool = False) -> tuple[str, tuple[Loss, ...]]:
    data, losses = document(definitions, spec)
    return text_of(data, as_json=as_json), losses


def of_folder(name: str) -> Definitions:
    definitions, problems = read(folder(ROOT / name))
    assert not problems
    return definitions


def by_name(definitions: Definitions) -> dict[tuple[str, str], Any]:
    every = [("dataset", one) for one in definitions.datasets] + [("metric", one) for one in definitions.metrics]
    return {(kind, one.name): one for kind, one in every} | {("workspace", ""): definitions.settings}


@pytest.mark.parametrize("as_json", [False, True], ids=["yaml", "json"])
@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_comes_back_as_it_was(name: str, spec: Spec, as_json: bool) -> None:
    before = by_name(of_folder(name))
    text, _ = exported(of_folder(name), spec, as_json=as_json)
    back = carried({"m.json" if as_json else "m.yaml": text})
    after = by_name(back.definitions)
    assert not back.losses
    assert before == after
    assert {key: meaning_digest(one) for key, one in before.items()} == {
        key: meaning_digest(one) for key, one in after.items()
    }


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_not_in_the_core_is_told(name: str, spec: Spec) -> None:
    definitions = of_folder(name)
    data, losses = document(definitions, spec)
    (model,) = data["semantic_model"]
    told = {loss.path for loss in losses}
    core = {one["name"] for one in model.get("metrics", ())}
    for one in definitions.metrics:
        assert one.name in core or f"metrics.{one.name}" in told
        assert one.owner is None or one.name not in core or f"metrics.{one.name}.owner" in told
    for dataset in definitions.datasets:
        assert {f"datasets.{dataset.name}.measures.{one.name}" for one in dataset.measures} <= told
    assert all(loss.why.zh and loss.why.en for loss in losses)


SHAPE = {
    "model": {"name", "description", "ai_context", "datasets", "relationships", "metrics", "custom_extensions"},
    "dataset": {"name", "source", "primary_key", "unique_keys", "description", "ai_context", "fields",
                "custom_extensions"},
    "field": {"name", "expression", "dimension", "label", "description", "ai_context", "custom_extensions"},
    "relationship": {"name", "from", "to", "from_columns", "to_columns", "ai_context", "custom_extensions"},
    "metric": {"name", "expression", "description", "ai_context", "custom_extensions"},
}  # fmt: skip


def of(kind: str, more: set[str], **inner: Any) -> dict[str, Any]:
    """The shape of one kind of thing as a JSON Schema: its keys and no others."""
    text: dict[str, Any] = {"type": "string", "minLength": 1}
    names = {"type": "array", "items": text, "minItems": 1}
    known = {
        "name": text, "source": text, "description": text, "label": text, "from": text, "to": text, "datatype": text,
        "primary_key": names, "from_columns": names, "to_columns": names,
        "unique_keys": {"type": "array", "items": names},
        "dimension": {"type": "object", "properties": {"is_time": {"type": "boolean"}}, "additionalProperties": False},
        "expression": {"type": "object", "required": ["dialects"], "additionalProperties": False, "properties": {
            "dialects": {"type": "array", "minItems": 1, "items": {"type": "object", "additionalProperties": False,
                "required": ["dialect", "expression"], "properties": {"dialect": text, "expression": text}}}}},
        "custom_extensions": {"type": "array", "items": {"type": "object", "additionalProperties": False,
            "required": ["vendor_name", "data"], "properties": {"vendor_name": text, "data": text}}},
        **inner,
    }  # fmt: skip
    allowed = SHAPE[kind] | more
    return {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {key: known.get(key, {}) for key in allowed},
    }


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("name", FOLDERS)
def test_the_document_has_the_shape_of_the_specification(name: str, spec: Spec) -> None:
    text, _ = exported(of_folder(name), spec)
    more = {"datatype"} if spec == "0.2" else set()
    lists = {
        "datasets": of("dataset", set(), fields={"type": "array", "items": of("field", more)}),
        "relationships": of("relationship", set()),
        "metrics": of("metric", more),
    }
    model = of("model", set(), **{key: {"type": "array", "items": one} for key, one in lists.items()})
    whole = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "version": {"const": {"0.1.1": "0.1.1", "0.2": "0.2.0.dev0"}[spec]},
            "semantic_model": {"type": "array", "items": model, "minItems": 1},
        },
    }
    Draft202012Validator(whole).validate(yaml.safe_load(text))


def stripped(data: Any) -> Any:
    """The core alone: what a reader sees who knows nothing of ours."""
    if isinstance(data, dict):
        return {key: stripped(value) for key, value in data.items() if key != "custom_extensions"}
    return [stripped(one) for one in data] if isinstance(data, list) else data


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((ROOT / "tests/cases/worlds/shop/tables.sql").read_text(encoding="utf-8"))
    return f"duckdb:///{path}"


@pytest.mark.parametrize("spec", SPECS)
def test_the_core_says_the_same(shop: str, spec: Spec) -> None:
    """Every metric of the core, read without our extension, gives the value it has natively."""
    native = hedu.load(ROOT / "tests/cases/worlds/shop", engine=shop)
    data, _ = document(native.definitions, spec, native.model.metrics)
    core = carried({"m.yaml": text_of(stripped(data), as_json=False)})
    foreign = hedu.load(native_texts(core), engine=shop, strict=True)
    names = [one["name"] for one in data["semantic_model"][0]["metrics"] if one["name"] in foreign.model.metrics]
    assert len(names) >= 20
    ours, theirs = (ws.ask(names).table.to_pylist()[0] for ws in (native, foreign))
    for name in names:
        own, other = ours[name], theirs[name]
        assert own == other or float(own) == pytest.approx(float(other), rel=1e-9), name


def test_the_core_says_numbers_in_the_unit_of_the_metric() -> None:
    definitions, problems = read({"a.yml": """
version: 1
dataset: orders
source: erp.orders
primary_key: id
measures: {amount: {agg: sum, unit: 元}, cost: {agg: sum, unit: 万元}}
---
version: 1
metric: sales
unit: 万元
simple: orders.amount
---
version: 1
metric: cost
unit: 元
simple: orders.cost
---
version: 1
metric: margin
unit: "%"
ratio: {numerator: sales, denominator: cost}
"""})  # fmt: skip
    assert not problems
    resolved = resolve(definitions)[0].metrics
    (model,) = document(definitions, "0.2", resolved)[0]["semantic_model"]
    told = {one["name"]: one["expression"]["dialects"][0]["expression"] for one in model["metrics"]}
    assert told["sales"] == "SUM(orders.amount) / 10000.0"
    assert told["cost"] == "SUM(orders.cost) * 10000"
    assert told["margin"].endswith(" * 1000000"), "10,000 between the two units, a hundred for per cent"
    unknown, losses = document(definitions, "0.2")
    assert "metrics" not in unknown["semantic_model"][0], "what nobody compared is not said"
    assert {loss.path for loss in losses} >= {"metrics.sales", "metrics.cost", "metrics.margin"}


def test_another_tool_changes_the_core_and_is_followed() -> None:
    definitions = of_folder("examples/shop")
    data, _ = document(definitions, "0.2", resolve(definitions)[0].metrics)
    (model,) = data["semantic_model"]
    metric = next(one for one in model["metrics"] if one["name"] == "net_revenue")
    metric["expression"]["dialects"][0]["expression"] = "SUM(orders.amount)"
    customers = next(one for one in model["datasets"] if one["name"] == "customers")
    customers["fields"].append({"name": "country", "expression": {"dialects": [
        {"dialect": "ANSI_SQL", "expression": "UPPER(land)"}]}})  # fmt: skip
    back = carried({"m.yaml": text_of(data, as_json=False)})
    assert [(loss.path, loss.what) for loss in back.losses] == [
        ("shop.datasets.customers", "customers"),
        ("shop.metrics.net_revenue", "net_revenue"),
    ]
    found = by_name(back.definitions)
    assert found["metric", "net_revenue"].owner == "finance", "what only we know stays"
    assert found["metric", "net_revenue"].body.where is None
    assert [one.name for one in found["dataset", "customers"].dimensions] == ["name", "region", "city", "country"]
    assert found["dataset", "customers"].entities == by_name(definitions)["dataset", "customers"].entities
    assert found["dataset", "orders"].time == "paid_on"


def test_a_new_metric_of_another_tool_joins_ours() -> None:
    definitions = of_folder("examples/shop")
    data, _ = document(definitions, "0.1.1", resolve(definitions)[0].metrics)
    added = {"name": "largest", "expression": {"dialects": [
        {"dialect": "ANSI_SQL", "expression": "MAX(orders.amount) / NULLIF(net_revenue, 0)"}]}}  # fmt: skip
    data["semantic_model"][0]["metrics"].append(added)
    back = carried({"m.yaml": text_of(data, as_json=False)})
    found = by_name(back.definitions)
    assert not back.losses
    assert found["metric", "largest"].body.denominator.metric == "net_revenue"
    assert found["metric", "net_revenue"] == by_name(definitions)["metric", "net_revenue"]
    assert not hedu.load(native_texts(back)).problems


def test_a_foreign_model_comes_back_to_foreigners() -> None:
    """Import, export, and a reader of the core alone finds the same metrics, joins and words."""
    first = read_ossie(HERE / "mart.yaml")
    data, _ = document(first.definitions, "0.2")
    (model,) = data["semantic_model"]
    assert model["ai_context"] == {"instructions": "Money is in euro.", "synonyms": ["retail"]}
    names = {one["name"]: one for one in model["relationships"]}
    assert {"sales_to_people", "origin", "destination", "returned_on"} <= set(names)
    assert names["sales_to_people"]["ai_context"] == {"synonyms": ["buyer"]}
    vendors = [[one["vendor_name"] for one in metric["custom_extensions"]] for metric in model["metrics"]]
    assert ["SNOWFLAKE", "HEDU"] in vendors
    again = carried({"m.yaml": text_of(stripped(data), as_json=False)})
    before = {one.name for one in first.definitions.metrics}
    assert before <= {one.name for one in again.definitions.metrics} | {
        loss.path.split(".")[-1] for loss in again.losses
    }


def test_the_command_writes_the_document_and_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out" / "shop.json"
    shop = str(ROOT / "examples/shop")
    assert code_of("export", "ossie", "--workspace", shop, "--out", str(out), "--spec", "0.2") == 0
    told = json.loads((tmp_path / "out" / "shop.loss.json").read_text(encoding="utf-8"))
    assert {"path": "metrics.net_revenue.owner", "what": "finance"} in [
        {key: one[key] for key in ("path", "what")} for one in told
    ]
    assert code_of("import", "ossie", str(out), "--out", str(tmp_path / "back"), "--strict") == 0
    assert by_name(read(folder(tmp_path / "back"))[0]) == by_name(of_folder("examples/shop"))
    capsys.readouterr()
    assert code_of("export", "ossie", "--workspace", shop, "--out", str(out), "--strict") == 2
    assert capsys.readouterr().err.startswith("loss-refused")


def test_strict_lets_through_what_the_core_can_say(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "version: 1\ndataset: t\nsource: main.t\nprimary_key: id\ndimensions: {region: {}}\n", encoding="utf-8"
    )
    (tmp_path / "w.yml").write_text("version: 1\nworkspace: plain\n", encoding="utf-8")
    out = tmp_path / "t.yaml"
    assert code_of("export", "ossie", "--workspace", str(tmp_path), "--out", str(out), "--strict") == 0


def test_a_broken_workspace_is_not_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yml").write_text("version: 1\ndataset: t\nsauce: main.t\n", encoding="utf-8")
    assert code_of("export", "ossie", "--workspace", str(tmp_path), "--out", str(tmp_path / "o.yaml")) == 2
    assert "a.yml:" in capsys.readouterr().err
    assert not (tmp_path / "o.yaml").exists()


def test_a_definition_only_we_can_say_stands_beside() -> None:
    shop = of_folder("tests/cases/worlds/shop")
    data, losses = document(shop, "0.1.1")
    core = {one["name"] for one in data["semantic_model"][0]["metrics"]}
    beside = [one.name for one in shop.metrics if one.name not in core]
    assert beside
    assert set(beside) <= {loss.path.removeprefix("metrics.") for loss in losses}
    assert replace(shop, metrics=[one for one in shop.metrics if one.name in core]).metrics
