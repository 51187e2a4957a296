"""What comes from Ossie goes out word for word while it means the same; no key of a document is dropped in silence."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from hedu.define.definitions import Definitions
from hedu.define.ossie.carry import carried
from hedu.define.ossie.write import Spec, document
from hedu.define.read import read
from hedu.doors.cli_import import native_texts
from hedu.errors import HeduError


def said(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"dialects": [{"dialect": dialect, "expression": text} for dialect, text in pairs]}


def ansi(text: str) -> dict[str, Any]:
    return said(("ANSI_SQL", text))


def words(name: str) -> dict[str, Any]:
    context = {
        "instructions": f"use {name}",
        "synonyms": [f"{name} 1", f"{name} 2"],
        "examples": ["?"],
        "more": {"a": [1]},
    }
    return {"ai_context": context, "custom_extensions": [{"vendor_name": "DBT", "data": f'{{"of": "{name}"}}'}]}


def field(name: str, expression: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "expression": ansi(expression or name), **more}


SALES = {
    "name": "sales", "source": "wh.main.sales", "primary_key": ["id"], "unique_keys": [["id"], ["ticket", "line"]],
    "description": "Lines of tickets", **words("sales"),
    "fields": [
        field("id", datatype="Integer", dimension={"is_time": False}), field("ticket"), field("line"),
        field("paid", datatype="Decimal", description="Money", label="fact", **words("paid")),
        field("day", "sold_on", datatype="Date", dimension={"is_time": True}),
        field("audit", "made_on", datatype="Date", dimension={"is_time": False}),
        field("month", "TO_CHAR(day, 'YYYY-MM')", dimension={"is_time": True}),
        {"name": "code", "expression": said(("ANSI_SQL", "UPPER(code)"), ("TABLEAU", "UPPER([code])")), "ai_context": "a text"},
        {"name": "cut", "expression": said(("DATABRICKS", "CAST(paid AS INT)")), "dimension": {}},
        field("city", "shops.city"), field("name_of_month", "MONTHNAME(day)"),
    ],
}  # fmt: skip
SHOPS = {
    "name": "shops",
    "source": "wh.main.shops",
    "primary_key": ["country", "no"],
    "fields": [field("city"), field("tax")],
}
LINK = {
    "name": "s_s",
    "from": "sales",
    "to": "shops",
    "from_columns": ["shop", "land"],
    "to_columns": ["no", "country"],
}
METRICS = [
    {
        "name": "total",
        "expression": ansi("SUM(sales.paid)"),
        "description": "All",
        "datatype": "Decimal",
        **words("total"),
    },
    {"name": "taxed", "expression": ansi("SUM(sales.paid * shops.tax)")},
    {"name": "share", "expression": ansi("taxed / NULLIF(total, 0)"), "ai_context": "only words"},
    {"name": "mean", "expression": ansi("SUM(sales.paid) / COUNT(*)")},
    {"name": "buyers", "expression": ansi("COUNT(DISTINCT sales.buyer)")},
    {"name": "place", "expression": ansi("RANK() OVER (PARTITION BY shops.city ORDER BY SUM(sales.paid) DESC)")},
]
WEB = {
    "name": "web", "description": "Clicks", **words("web"),
    "datasets": [{"name": "hits", "source": "wh.main.hits", "primary_key": ["id"], "fields": [field("id")]}],
    "metrics": [{"name": "clicks", "expression": ansi("COUNT(hits.id)")},
                {"name": "depth", "expression": ansi("SUM(hits.pages) / COUNT(DISTINCT hits.visit)")}],
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "version": "0.2.0.dev0", "dialects": ["ANSI_SQL", "TABLEAU"], "vendors": ["DBT"], "ai_context": {"instructions": "Both."},
    "semantic_model": [
        {"name": "Shop of old", "description": "Sales", **words("shop"), "datasets": [SALES, SHOPS],
         "relationships": [{**LINK, "ai_context": {"synonyms": ["where"]}}], "metrics": METRICS},
        WEB,
    ],
}  # fmt: skip


def definitions_of(data: Any) -> Definitions:
    """Read, written as native files, and read again."""
    found = carried({"m.yaml": yaml.safe_dump(data, sort_keys=False)})
    assert not found.losses
    definitions, problems = read(native_texts(found))
    assert not problems
    return definitions


def core_of(part: Any) -> Any:
    if isinstance(part, dict):
        kept = {key: core_of(value) for key, value in part.items()}
        return {key: value for key, value in kept.items() if value != [] or key != "custom_extensions"}
    return [core_of(one) for one in part if not _is_ours(one)] if isinstance(part, list) else part


def _is_ours(one: Any) -> bool:
    return isinstance(one, dict) and one.get("vendor_name") == "HEDU"


def test_a_document_goes_out_as_it_came() -> None:
    definitions = definitions_of(WHOLE)
    out, losses = document(definitions, "0.2")
    assert core_of(out) == WHOLE
    assert not [loss for loss in losses if loss.path.startswith("metrics.")]
    back = carried({"m.json": json.dumps(out)})
    assert not back.losses and back.definitions.settings == definitions.settings
    assert {one.name: one for one in back.definitions.metrics} == {one.name: one for one in definitions.metrics}
    assert {one.name: one for one in back.definitions.datasets} == {one.name: one for one in definitions.datasets}


def test_the_earlier_version_only_leaves_out_data_types() -> None:
    def bare(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: bare(value) for key, value in part.items() if key not in ("datatype", "version")}
        return [bare(one) for one in part] if isinstance(part, list) else part

    assert bare(core_of(document(definitions_of(WHOLE), "0.1.1")[0])) == bare(WHOLE)


@pytest.mark.parametrize("spec", ["0.1.1", "0.2"])
def test_what_has_changed_since_goes_out_as_it_is_now(spec: Spec) -> None:
    """A wording that would say something else is written anew, with all that rests on it."""
    definitions = definitions_of(WHOLE)
    sales, *others = definitions.datasets
    measures = [replace(one, expr="paid * 2") if one.name == "total" else one for one in sales.measures]
    changed = replace(definitions, datasets=[replace(sales, measures=tuple(measures)), *others])
    shop = document(changed, spec)[0]["semantic_model"][0]
    texts = {one["name"]: one["expression"]["dialects"][0]["expression"] for one in shop["metrics"]}
    assert texts["total"] == "SUM(sales.paid * 2)" and texts["taxed"] == "SUM(sales.paid * shops.tax)"
    dimensions = [replace(one, expr="'x'") if one.name == "month" else one for one in sales.dimensions]
    changed = replace(definitions, datasets=[replace(sales, dimensions=tuple(dimensions)), *others])
    shop = document(changed, spec)[0]["semantic_model"][0]
    fields = {one["name"]: one["expression"]["dialects"][0]["expression"] for one in shop["datasets"][0]["fields"]}
    assert fields["month"] == "'x'" and shop["datasets"][0]["source"].startswith("SELECT own_rows.*")


def test_words_of_a_model_that_another_tool_changed_are_followed() -> None:
    out, _ = document(definitions_of(WHOLE), "0.2")
    out["semantic_model"][0]["description"] = "Sales and more"
    out["semantic_model"][1]["description"] = "Clicks and more"
    back = carried({"m.json": json.dumps(out)})
    assert [loss.path for loss in back.losses] == ["Shop of old"]
    told = back.definitions.settings.x["ossie"]
    assert (told["description"], told["models"][0]["description"]) == ("Sales and more", "Clicks and more")


def test_models_of_two_databases_keep_their_databases() -> None:
    two = copy.deepcopy(WHOLE)
    two["semantic_model"][1]["datasets"][0]["source"] = "web.main.hits"
    sources = {one.name: one.source.table or one.source.select for one in definitions_of(two).datasets}
    assert sources["hits"] == "web.main.hits" and sources["shops"] == "wh.main.shops"


def _places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield (*path, key)
        yield from _places(inner, (*path, key))


def _outcome(data: Any) -> str:
    try:
        found = carried({"m.json": json.dumps(data)})
    except HeduError as error:
        return str(error)
    return json.dumps([native_texts(found), [(loss.path, loss.what) for loss in found.losses]])


def test_no_change_of_a_document_goes_unnoticed() -> None:
    """Every text changed, every key taken out: the definitions, the losses or a refusal tell of it."""
    small = copy.deepcopy(WHOLE)
    shop, web = small["semantic_model"]
    shop["metrics"], web["metrics"] = shop["metrics"][:2], web["metrics"][:1]
    shop["datasets"][0]["fields"] = [one for one in SALES["fields"] if one["name"] in ("id", "paid", "code")]  # type: ignore[index]
    before = _outcome(small)
    silent = []
    for path in _places(small):
        data = copy.deepcopy(small)
        holder: Any = data
        for key in path[:-1]:
            holder = holder[key]
        if isinstance(holder[path[-1]], str):
            holder[path[-1]] += "x"
        elif path[-1] != "primary_key":
            del holder[path[-1]]
        if data != small and _outcome(data) == before:
            silent.append(path)
    assert not silent


@pytest.mark.parametrize("more", [False, True], ids=["metric", "dataset"])
def test_another_tool_may_add_to_what_borrows(more: bool) -> None:
    """What is kept of a dataset keeps the columns it borrowed; what is new borrows its own."""
    out, _ = document(definitions_of(WHOLE), "0.2")
    shop = out["semantic_model"][0]
    shop["metrics"].append({"name": "levied", "expression": ansi("SUM(sales.paid * shops.levy)")})
    if more:
        shop["datasets"][0]["fields"].append(field("twice", "paid * 2"))
    back = carried({"m.json": json.dumps(out)})
    assert [loss.path for loss in back.losses] == (["Shop of old.datasets.sales"] if more else [])
    sales = back.definitions.datasets[0]
    columns = [one.expr for one in sales.measures if "_of_shops" in one.expr]
    assert columns == ["paid * tax_of_shops", "paid * levy_of_shops"]
    assert "j1.tax AS" in str(sales.source.select) and "j1.levy AS" in str(sales.source.select)


def test_what_cannot_be_read_goes_out_again() -> None:
    """It is told each time it comes in; other tools find it where it was."""
    document_of = copy.deepcopy(WHOLE)
    shop, web = document_of["semantic_model"]
    total = "SUM(SUM(sales.paid)) OVER (ORDER BY sales.day)"
    shop["metrics"].append({"name": "running", "expression": ansi(total), "datatype": "Decimal", **words("running")})
    shop["datasets"][0]["fields"].append(field("nth", "ROW_NUMBER() OVER (ORDER BY id)", label="x", datatype="Integer"))
    web["metrics"].append({"name": "odd", "expression": said(("DAX", "SUMX(hits, 1)"))})
    found = carried({"m.json": json.dumps(document_of)})
    paths = ["Shop of old.datasets.sales.fields.nth", "Shop of old.metrics.running", "web.metrics.odd"]
    assert [loss.path for loss in found.losses] == paths
    out, _ = document(found.definitions, "0.2")
    assert core_of(out) == document_of
    back = carried({"m.json": json.dumps(out)})
    assert [loss.path for loss in back.losses] == paths[1:]
    assert back.definitions.settings == found.definitions.settings
    shop["metrics"][-1]["filter"] = "sales.paid > 0"
    told = carried({"m.json": json.dumps(document_of)})
    assert "running" not in json.dumps(document(told.definitions, "0.2")[0])
