"""Whose yes counts, and for what: no edit beside, no merge, no post on the site makes a signature needless."""

from __future__ import annotations

from collections.abc import Callable

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from tests.center.catalog.world import BASKET, ORDERS, REVENUE, STAFF
from tests.center.proposals.conftest import digest, state

Act = Callable[[str], Actor]
LARGEST = ORDERS.replace("amount: {agg: sum", "amount: {agg: max")
NARROWER = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")
ACCOUNTED = BASKET.replace("owner: finance", "owner: finance\nraci: {A: [marketing], R: [finance]}")
CREW = (
    STAFF.replace("metric: staff", "metric: crew")
    .replace("owner: finance", "owner: sales")
    .replace("raci: {R: [sales], A: finance}\n", "")
)


def parts(row: Proposal) -> dict[str, str]:
    return {item.department.code if item.department else "": item.part for item in reads.affected_of(reads.latest(row))}


def sign(actor: Actor, row: Proposal) -> str:
    actions.sign(actor, row.pk, digest=digest(row))
    return state(row)


def test_an_edit_of_words_beside_takes_nobodys_signature_away(act: Act) -> None:
    row = actions.open_proposal(act("finn"), texts={"b.yml": ACCOUNTED})
    if state(row) == "open":
        sign(act("flora"), row)
    if state(row) == "open":
        sign(act("mark"), row)
    assert state(row) == "published"
    every = {"sales": "must_sign", "finance": "must_sign", "marketing": "must_sign"}
    assert parts(actions.open_proposal(act("sally"), texts={"d.yml": LARGEST})) == every
    relabelled = {"d.yml": LARGEST, "b.yml": ACCOUNTED.replace("客单价", "平均客单价")}
    assert parts(actions.open_proposal(act("sally"), texts=relabelled)) == every
    assert parts(actions.open_proposal(act("finn"), texts=relabelled)) == every


def test_a_merge_does_not_make_words_nobodys(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"h.yml": CREW})
    assert sign(act("lian"), row) == "published"
    better = CREW.replace("kind: operational", "kind: operational\ndirection: up")
    draft = catalog_actions.create_draft(act("sally"), name="crew", text=better)
    row = actions.propose_draft(act("sally"), draft.pk)
    draft = catalog_actions.save_draft(
        act("lian"), draft.pk, text=CREW.replace("agg: last", "agg: sum"), edits=draft.edits
    )
    actions.propose_draft(act("lian"), draft.pk)
    assert sign(act("lian"), row) == "open"
    words = actions.open_proposal(act("lian"), texts={"h.yml": CREW.replace("在岗人数", "在岗总人数")})
    assert state(words) == "published"
    actions.rebase(SYSTEM, row.pk)
    assert reads.latest(Proposal.objects.get(pk=row.pk)).author is None
    assert sign(act("lian"), row) == "open"
    assert row.pk not in {one.pk for one in reads.waits_for(act("lian"))}
    row.refresh_from_db()
    assert reads.waiting_departments(row)


def test_the_departments_latest_word_counts(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"r.yml": NARROWER})
    actions.request_changes(act("flora"), row.pk, digest=digest(row), reason="请写明渠道")
    row.refresh_from_db()
    assert row.pk in {one.pk for one in reads.waits_for(act("finn"))}
    assert sign(act("finn"), row) == "published"


def test_a_wish_after_a_yes_blocks_until_the_department_says_yes_again(act: Act) -> None:
    row = actions.open_proposal(act("finn"), texts={"r.yml": NARROWER})
    assert sign(act("flora"), row) == "open"
    actions.request_changes(act("finn"), row.pk, digest=digest(row), reason="再想想")
    assert sign(act("lian"), row) == "open"
    assert sign(act("flora"), row) == "published"


def test_whoever_proposed_it_does_not_overrule_their_colleagues(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"r.yml": NARROWER})
    actions.request_changes(act("lian"), row.pk, digest=digest(row), reason="渠道不全")
    assert sign(act("sally"), row) == "open"
    assert sign(act("flora"), row) == "open"
    assert sign(act("lian"), row) == "published"


def test_running_the_site_is_no_post_in_a_department(act: Act) -> None:
    other = REVENUE.replace("销售额, en: Revenue", "净收入, en: Net income")
    row = actions.open_proposal(act("root"), texts={"r.yml": other})
    assert parts(row)["sales"] == "must_sign" and state(row) == "open"
    assert Metric.objects.get(name="revenue").label_zh == "销售额"
    assert sign(act("lian"), row) == "published"
