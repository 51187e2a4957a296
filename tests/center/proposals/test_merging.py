"""What two have changed differently is settled field by field, and signed anew."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, Denied, HeduError, QueryError
from tests.center.catalog.world import REVENUE
from tests.center.proposals.conftest import digest, state
from tests.center.signed import put, retire

Act = Callable[[str], Actor]
Enter = Callable[[User], Client]
MINE = REVENUE.replace("'paid'\"", "'open'\"").replace("direction: up", "direction: down")
MINE = MINE.replace("zh: 销售额, en: Revenue", "zh: 净销售额, en: Net revenue")
THEIRS = REVENUE.replace("'paid'\"", "'late'\"").replace("quarterly", "monthly")
FIELD = "revenue/simple.where"


@pytest.fixture
def blocked(act: Act) -> Proposal:
    """sally's proposal, signed by lian, overtaken by another filter."""
    row = actions.open_proposal(act("sally"), texts={"a.yml": MINE})
    actions.sign(act("lian"), row.pk, digest=digest(row))
    put({"a.yml": THEIRS})
    actions.rebase(SYSTEM, row.pk)
    row.refresh_from_db()
    assert row.blocked_by == {"revenue": ["simple.where"]}
    return row


def wanted(row: Proposal) -> str:
    return reads.change_of(reads.latest(Proposal.objects.get(pk=row.pk))).items[0].text


def test_each_field_is_told_with_its_three_sides(act: Act, blocked: Proposal) -> None:
    (told,) = reads.disputes(act("sally"), blocked.pk)
    assert told == {
        "field": FIELD, "base": "orders.status = 'paid'", "theirs": "orders.status = 'late'",
        "mine": "orders.status = 'open'",
    }  # fmt: skip


@pytest.mark.parametrize(("choice", "filter"), [
    ("theirs", "'late'"), ("mine", "'open'"), ("=orders.status = 'void'", "'void'"),
])  # fmt: skip
def test_the_choice_is_a_new_revision_signed_anew(act: Act, blocked: Proposal, choice: str, filter: str) -> None:
    row = actions.merge(act("sally"), blocked.pk, choices={FIELD: choice})
    text = wanted(row)
    assert filter in text and "净销售额" in text and "review: monthly" in text and "direction: down" in text
    assert row.revision_number == 2 and not row.blocked_by and row.state == "open"
    assert reads.disputes(act("sally"), row.pk) == []
    said = {one.person for one in reads.signatures_of(reads.latest(row))}
    assert said == {act("sally").user_id}, "lian signed another wording"
    for user in reads.asked_people(reads.waiting_departments(row), row.level):
        if state(row) == "open":
            actions.sign(act(user.username), row.pk, digest=digest(row))
    assert state(row) == "published" and filter in Metric.objects.get(name="revenue").head.text


def test_nothing_is_merged_while_a_field_is_left_out(act: Act, blocked: Proposal) -> None:
    for choices in ({}, {"revenue/label": "mine"}):
        with pytest.raises(QueryError) as refused:
            actions.merge(act("sally"), blocked.pk, choices=choices)
        assert refused.value.code == "disputes-left" and refused.value.problem.facts["fields"] == [FIELD]
    with pytest.raises(QueryError):
        actions.merge(act("sally"), blocked.pk, choices={FIELD: "yours"})


def test_what_cannot_be_is_not_merged(act: Act, blocked: Proposal) -> None:
    with pytest.raises(HeduError):
        actions.merge(act("sally"), blocked.pk, choices={FIELD: "=orders.status = ("})
    assert reads.latest(blocked).number == 1


def test_only_whoever_proposed_it_merges(act: Act, blocked: Proposal) -> None:
    with pytest.raises(Denied):
        actions.merge(act("flora"), blocked.pk, choices={FIELD: "mine"})


def test_there_must_be_something_to_merge(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": MINE})
    with pytest.raises(Conflict) as refused:
        actions.merge(act("sally"), row.pk, choices={})
    assert refused.value.code == "nothing-to-merge"


def test_a_retirement_and_a_change_are_settled_as_a_whole(act: Act) -> None:
    gone = actions.propose_retirement(act("finn"), "basket")
    label = catalog.definition_of(Metric.objects.get(name="basket").head.text)
    assert label.name == "basket"
    text = Metric.objects.get(name="basket").head.text.replace("客单价", "平均客单价")
    put({"b.yml": text})
    actions.rebase(SYSTEM, gone.pk)
    assert [one["field"] for one in reads.disputes(act("finn"), gone.pk)] == ["basket/text"]
    row = actions.merge(act("finn"), gone.pk, choices={"basket/text": "mine"})
    assert reads.change_of(reads.latest(row)).items[0].is_retirement
    again = actions.open_proposal(act("finn"), texts={"b.yml": text.replace("direction: up", "direction: down")})
    retire(act("root"), "basket")
    for pk in (row.pk, again.pk):
        actions.rebase(SYSTEM, pk)
    assert state(row) == "withdrawn", "it is out of use already"
    assert [one["field"] for one in reads.disputes(act("finn"), again.pk)] == ["basket/name"]
    merged = actions.merge(act("finn"), again.pk, choices={"basket/name": "mine"})
    assert reads.change_of(reads.latest(merged)).items[0].restores
    assert state(merged) == "open"


def test_giving_in_ends_the_proposal(act: Act) -> None:
    gone = actions.propose_retirement(act("finn"), "basket")
    put({"b.yml": Metric.objects.get(name="basket").head.text.replace("客单价", "平均客单价")})
    actions.rebase(SYSTEM, gone.pk)
    assert actions.merge(act("finn"), gone.pk, choices={"basket/text": "theirs"}).state == "withdrawn"


def test_the_page_asks_field_by_field(act: Act, blocked: Proposal, people: dict[str, User], signed_in: Enter) -> None:
    client = signed_in(people["sally"])
    here = f"/proposals/{blocked.pk}/merge/"
    assert here in client.get(f"/proposals/{blocked.pk}/").content.decode()
    page = client.get(here).content.decode()
    assert "业务限定" in page and "orders.status = &#x27;late&#x27;" in page and f"side:{FIELD}" in page
    told = {f"side:{FIELD}": "typed", f"typed:{FIELD}": "orders.status = 'void'", "note": "两边各让一步"}
    assert client.post(here, told).status_code == 302
    blocked.refresh_from_db()
    assert blocked.revision_number == 2 and "'void'" in wanted(blocked)
    assert reads.latest(blocked).note == "两边各让一步"
    assert client.get(here).status_code == 409
    assert here not in signed_in(people["flora"]).get(f"/proposals/{blocked.pk}/").content.decode()


def test_the_page_reads_in_english(act: Act, blocked: Proposal, people: dict[str, User], signed_in: Enter) -> None:
    User.objects.filter(pk=people["sally"].pk).update(language="en")
    page = signed_in(User.objects.get(username="sally")).get(f"/proposals/{blocked.pk}/merge/").content.decode()
    assert "Merge field by field" in page and "Filter" in page and "Something else" in page


def test_programs_merge_too(act: Act, blocked: Proposal, people: dict[str, User], signed_in: Enter) -> None:
    client = signed_in(people["sally"])
    assert client.get(f"/api/proposals/disputes?id={blocked.pk}").json()[0]["field"] == FIELD
    body = json.dumps({"proposal": blocked.pk, "choices": {FIELD: "mine"}})
    answer = client.post("/api/proposals/merge", body, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["revision"] == 2
