"""What a question may set besides dimensions: offered where it means something, taken by every door, refused in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.catalog import actions, reads
from hedu.center.dashboards import rules
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.errors import QueryError
from tests.center.catalog.world import TEXTS

SETTINGS = """\
exchange: {dataset: fx, date: d, from: c, to: t, rate: r, last_known: 40 days}
parameters:
  least: {type: number, default: 0, label: {zh: 起点, en: Least}}
"""
EXPORTS = """\
version: 1
dataset: fx
select: select date '2026-01-01' as d, 'USD' as c, 'CNY' as t, 7.0 as r
dimensions: {d: {type: date}, c: , t: }
---
version: 1
dataset: exports
select: >-
  select 1 as id, timestamp '2026-01-05 20:00:00' as sent_at, 10.0 as price
  union all select 2, timestamp '2026-01-06 01:00:00', 3.0
primary_key: id
time: sent_at
dimensions: {sent_at: {type: timestamp, time_zone: UTC}, price: {type: number}}
measures: {value: {agg: sum, expr: price, currency: USD}}
---
version: 1
metric: exported
label: {zh: 出口额, en: Exports}
owner: sales
simple: {measure: exports.value, where: price >= parameter(least)}
"""


@pytest.fixture
def sender(department: Callable[[str], object], person: Callable[..., User], engine: None) -> User:
    """An owner of a catalog that sells abroad."""
    department("sales")
    department("finance")
    actions.apply_texts(SYSTEM, {**TEXTS, "workspace.yml": TEXTS["workspace.yml"] + SETTINGS, "exports.yml": EXPORTS})
    return person("sue", "sales", "owner")


@pytest.fixture
def sue(sender: User, acting: Callable[[User], Actor]) -> Actor:
    return acting(sender)


def test_what_means_something_is_offered(sue: Actor) -> None:
    found = reads.choices_for(sue, ["exported"])
    assert [one["name"] for one in found["parameters"]] == ["least"] and found["parameters"][0]["label"] == "起点"
    assert found["zones"] == ["Asia/Shanghai", "UTC"] and found["currencies"] == ["CNY", "USD"]
    assert "year" in found["windows"]
    assert reads.choices_for(sue, ["orders"])["parameters"] == []
    assert reads.choices_for(sue, ["no_such"]) == {"parameters": [], "windows": [], "zones": [], "currencies": []}


def test_the_page_and_programs_take_them(client: Client, sender: User, sue: Actor) -> None:
    client.force_login(sender)
    asked = {"metrics": ["exported"], "by": ["metric_time.day"], "order": ["metric_time.day"]}

    def rows(**more: object) -> list[list[object]]:
        found = client.post("/ask/", {**asked, **more}, content_type="application/json").json()
        answer: list[list[object]] = found["rows"]
        return answer

    assert rows() == [["2026-01-06", 13]]
    assert rows(time_zone="UTC") == [["2026-01-05", 10], ["2026-01-06", 3]]
    assert rows(currency="CNY") == [["2026-01-06", 91]]
    assert rows(parameters={"least": 5}) == [["2026-01-06", 10]]
    assert rows(window="all", time_zone="UTC") == [["2026-01-05", 10], ["2026-01-06", 13]]
    told = reads.answer(sue, ["exported"], currency="CNY", parameters={"least": "5"})
    assert told["rows"] == [[70]] and told["columns"][0]["unit"] == "CNY"
    offered = client.get("/ask/dimensions/?metrics=exported").json()
    assert offered["choices"]["currencies"] == ["CNY", "USD"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"currency": "dollars"}, "currency-unknown"),
        ({"time_zone": "Mars/Base"}, "zone-unknown"),
        ({"window": "a while"}, "window-unreadable"),
        ({"parameters": {"most": "1"}}, "parameter-unknown"),
        ({"parameters": ["least"]}, "question-field-wrong"),
        ({"parameters": {"least": [1]}}, "question-field-wrong"),
        ({"currency": 3}, "question-field-wrong"),
    ],
)
def test_what_cannot_be_is_refused_in_words(client: Client, sender: User, more: dict[str, object], code: str) -> None:
    client.force_login(sender)
    found = client.post("/ask/", {"metrics": ["exported"], **more}, content_type="application/json")
    assert found.status_code in (400, 422) and found.json()["code"] == code


def test_saved_views_keep_them() -> None:
    kept = rules.question_of(
        {"metrics": ["exported"], "window": "year", "time_zone": "UTC", "currency": "USD",
         "parameters": {"least": 5, "only": True, "unset": ""}, "compare": ["last_year_spring_festival"]}
    )  # fmt: skip
    assert kept["parameters"] == {"least": "5", "only": "true"} and kept["window"] == "year"
    assert rules.question_of(kept) == kept
    with pytest.raises(QueryError) as caught:
        rules.question_of({"metrics": ["exported"], "parameters": {"least": [1]}})
    assert caught.value.code == "question-broken"
