"""Rows that a join found no partner for: counted on request by page and programs, as far as the asker sees rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.catalog import actions
from hedu.center.kernel.actions import create_token
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people.models import Department, Policy
from tests.center.catalog.world import TEXTS

STALLS = """\
version: 1
dataset: stalls
label: {zh: 摊位, en: Stalls}
select: select 1 as id, 'hall' as hall
primary_key: id
entities: {stall: id}
dimensions: {hall: }
---
version: 1
dataset: takings
label: {zh: 收入, en: Takings}
select: select * from (values (1, 1, 'a', 5.0), (2, 9, 'a', 7.0), (3, null, 'b', 9.0)) as t(id, stall_id, kind, amount)
primary_key: id
entities: {stall: stall_id}
dimensions: {kind: }
measures: {taken: {agg: sum, expr: amount}}
---
version: 1
metric: taken
owner: sales
simple: takings.taken
"""
ASKED = {"metrics": ["taken"], "by": ["stall.hall"]}


@pytest.fixture
def seller(department: Callable[[str], object], person: Callable[..., User], engine: None) -> User:
    department("sales")
    department("finance")
    actions.apply_texts(SYSTEM, {**TEXTS, "stalls.yml": STALLS})
    return person("sue", "sales", "owner")


def found(rows: int, counted: int) -> dict[str, object]:
    names = {"fact": "takings", "path": "stall", "dataset": "stalls", "fact_label": "收入", "dataset_label": "摊位"}
    return {**names, "rows": rows, "counted": counted}


def test_the_page_counts_them(client: Client, seller: User) -> None:
    client.force_login(seller)
    told = client.post("/ask/unmatched/", ASKED, content_type="application/json").json()
    assert told == {"unmatched": [found(2, 3)]}
    wrong = client.post("/ask/unmatched/", {"metrics": ["takem"]}, content_type="application/json")
    assert wrong.status_code == 400 and wrong.json()["code"] == "metric-unknown"


def test_the_receipt_of_programs_tells_them(client: Client, seller: User, acting: Callable[[User], Actor]) -> None:
    key = {"authorization": f"Bearer {create_token(acting(seller), name='test', scope='write').secret}"}
    plain = client.post("/api/catalog/answer", ASKED, content_type="application/json", headers=key).json()
    assert "unmatched" not in plain["receipt"]
    asked = {**ASKED, "unmatched": True}
    told = client.post("/api/catalog/answer", asked, content_type="application/json", headers=key).json()
    assert told["receipt"]["unmatched"] == [found(2, 3)] and told["rows"] == plain["rows"]


def test_hidden_rows_are_not_counted(client: Client, seller: User) -> None:
    Policy.objects.create(dataset="takings", where="kind = 'a'", department=Department.objects.get(code="sales"))
    client.force_login(seller)
    told = client.post("/ask/unmatched/", ASKED, content_type="application/json").json()
    assert told == {"unmatched": [found(1, 2)]}
