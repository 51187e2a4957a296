"""Canonical text, digest of the meaning, schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hedu.define.definitions import Derived, Direction, Label, MetricDef, MetricRef, Raci, SettingsDef, Simple
from hedu.define.digest import meaning_digest
from hedu.define.read import read
from hedu.define.schema import json_schema, schema_text
from hedu.define.write import write
from hedu.doors.sound import texts_of
from tests.library.test_define_broken import CASES
from tests.library.test_define_read import ORDERS

ROOT = Path(__file__).resolve().parents[2]
PAID = MetricDef(
    "paid",
    Simple("orders.amount", "status = 'paid' and channel in ('web', 'app')"),
    label=Label("已付金额", "Paid"),
    synonyms=("no", "1024"),
    unit="CNY",
    raci=Raci(("sales",), ("finance",)),
)


def test_canonical_text() -> None:
    assert write(PAID) == (
        "version: 1\n"
        "metric: paid\n"
        "label: {zh: 已付金额, en: Paid}\n"
        "synonyms: ['no', '1024']\n"
        "unit: CNY\n"
        "raci: {R: [sales], A: finance}\n"
        "simple: {measure: orders.amount, where: \"status = 'paid' and channel in ('web', 'app')\"}\n"
    )


def test_what_does_not_fit_on_a_line_is_written_below() -> None:
    text = write(replace(PAID, meaning=Label("口径" * 60, "第一行\n第二行")))
    assert "meaning:\n  zh: 口径" in text
    assert "  en: |-\n    第一行\n    第二行\n" in text


def test_rare_ideographs_and_emoji_stay_as_they_are() -> None:
    assert "owner: 𠮷野家 🚀\n" in write(replace(PAID, owner="𠮷野家 🚀")).replace('"', "")
    assert read({"a": write(replace(PAID, owner="\\U00020BB7 🚀"))})[0].metrics[0].owner == "\\U00020BB7 🚀"


def test_settings_come_first() -> None:
    definitions, _ = read({"a.yml": ORDERS})
    texts = texts_of(replace(definitions, settings=SettingsDef("demo"), metrics=(PAID,)))
    assert [text.split("\n")[1] for text in texts.values()] == ["workspace: demo", "dataset: orders", "metric: paid"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"label": Label("另名")},
        {"synonyms": ()},
        {"owner": "sales", "person": "李雷", "raci": Raci(), "review": "yearly"},
        {"kind": "financial", "domain": "sales", "process": "paying", "id": "01J", "x": {"a": 1}},
        {"body": Simple("orders.amount", "STATUS".lower() + "='paid'  AND channel IN ('web','app')")},
    ],
)
def test_the_digest_does_not_change_with(change: dict[str, Any]) -> None:
    assert meaning_digest(replace(PAID, **change)) == meaning_digest(PAID)


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "USD"},
        {"direction": "up"},
        {"body": Simple("orders.net", PAID.body.where if isinstance(PAID.body, Simple) else None)},
        {"body": Simple("orders.amount", "status = 'PAID' and channel in ('web', 'app')")},
        {"body": Derived("paid")},
    ],
)
def test_the_digest_changes_with(change: dict[str, Any]) -> None:
    assert meaning_digest(replace(PAID, **change)) != meaning_digest(PAID)


def test_the_digest_of_a_formula_knows_what_its_names_stand_for() -> None:
    def digest(formula: str, **metrics: str) -> str:
        names = tuple((name, MetricRef(metric)) for name, metric in metrics.items())
        return meaning_digest(MetricDef("m", Derived(formula, names)))

    assert digest("a-b") == digest("a - b") == digest("a - b", a="a")
    assert digest("a - b", b="c") != digest("a - b")
    assert digest("a - b", a="x", b="y") == digest("a - b", b="y", a="x")


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("channel:\n  region: upper(region_code)", "region: UPPER( region_code )\n  channel: channel", True),
        ("type: date, label: 付款日", "type: date", True),
        ("dataset: orders", "dataset: sales", True),
        ("erp.orders", "crm.orders", False),
        ("primary_key: order_id", "primary_key: [order_id, line]", False),
        ("integrity: true", "integrity: false", False),
        ("agg: sum, unit: CNY", "agg: max, unit: CNY", False),
        ("upper(region_code)", "lower(region_code)", False),
        ("take: last", "take: first", False),
        ("type: date", "type: timestamp", False),
    ],
)
def test_the_digest_of_a_dataset(old: str, new: str, same: bool) -> None:
    assert old in ORDERS
    before, after = (read({"a.yml": text})[0].datasets[0] for text in (ORDERS, ORDERS.replace(old, new)))
    assert (meaning_digest(before) == meaning_digest(after)) is same


def test_direction_is_part_of_the_meaning() -> None:
    directions: tuple[Direction, ...] = ("up", "down", "none")
    assert len({meaning_digest(replace(PAID, direction=one)) for one in directions}) == 3


def test_a_filter_that_cannot_be_parsed_still_has_a_digest() -> None:
    broken = replace(PAID, body=Simple("orders.amount", "status = = ("))
    assert len(meaning_digest(broken)) == 64
    assert meaning_digest(broken) != meaning_digest(PAID)


def test_the_published_schema_is_up_to_date() -> None:
    """If this fails: make docs."""
    assert (ROOT / "docs/reference/hedu.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def documents() -> list[Any]:
    texts = [ORDERS, write(PAID), write(replace(PAID, body=Derived("a - b", (("b", MetricRef("c")),))))]
    places = ("tests/cases/worlds", "tests/library/adventureworks", "examples")
    texts += [file.read_text(encoding="utf-8") for place in places for file in sorted((ROOT / place).rglob("*.yml"))]
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


def test_definitions_in_the_tree_are_valid_by_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    found = documents()
    assert len(found) > 40
    for document in found:
        errors = [error.message for error in validator.iter_errors(document)]
        assert not errors, (document, errors)


STRUCTURAL = {"key-misspelt", "key-unknown", "key-missing", "version-missing", "version-unknown", "one-of-missing",
              "one-of-twice", "choice-unknown", "name-invalid", "expected-list", "expected-names", "expected-map",
              "expected-keys", "expected-wording", "measure-unqualified", "item-twice", "object-missing"}  # fmt: skip


SEEN = [case for case in CASES if {found.split()[0] for found in case["finds"]} <= STRUCTURAL]


@pytest.mark.parametrize("case", SEEN, ids=[case["name"] for case in SEEN])
def test_editors_see_structural_problems_too(case: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    assert not all(validator.is_valid(one) for one in yaml.safe_load_all(case["text"]))


def test_the_schema_says_in_both_languages_what_a_key_is_for() -> None:
    for shape in json_schema()["$defs"].values():
        for key, value in shape["properties"].items():
            assert value["title"] and value["description"], key
    assert "口径" in json.dumps(json_schema(), ensure_ascii=False)
