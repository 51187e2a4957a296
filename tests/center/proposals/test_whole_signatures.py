"""Nothing is published past those whose numbers it changes: data beneath metrics, later revisions, later concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Task, User
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict
from tests.center.catalog.world import BASKET, ORDER_COUNT, ORDERS, SETTINGS
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import NARROWER, REWORDED, parts

Act = Callable[[str], Actor]
LARGEST = ORDERS.replace("amount: {agg: sum", "amount: {agg: max")


def test_owners_of_metrics_sign_for_the_data_beneath(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"d.yml": LARGEST})
    assert parts(row) == {"sales": "must_sign", "finance": "must_sign"}
    before = catalog.ask(act("flora"), metrics=["basket"]).rows()
    actions.sign(act("lian"), row.pk, digest=digest(row))
    assert state(row) == "open" and catalog.ask(act("flora"), metrics=["basket"]).rows() == before
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published" and catalog.ask(act("flora"), metrics=["basket"]).rows() != before


def test_a_data_change_beside_it_takes_nobody_away(act: Act) -> None:
    counted = ORDERS.replace("lines: {agg: count", 'lines: {agg: count, where: "amount > 0"')
    row = actions.open_proposal(act("sally"), texts={"d.yml": counted, "r.yml": NARROWER})
    assert parts(row) == {"sales": "must_sign", "finance": "must_sign"}


def test_settings_of_all_metrics_are_signed_by_all_owners(act: Act) -> None:
    row = actions.open_proposal(act("root"), texts={"w.yml": f"{SETTINGS}week_start: sunday\n"})
    assert {"sales", "finance"} <= {code for code, part in parts(row).items() if part == "must_sign"}


def asked(row: Proposal) -> set[str]:
    tasks = Task.objects.filter(about="proposal", object_id=str(row.pk), kind="sign", done_at=None)
    return set(tasks.values_list("user__username", flat=True))


def test_nobody_rewords_and_signs_alone(act: Act) -> None:
    own = ORDER_COUNT.replace("metric: order_count", "metric: line_count")
    draft = catalog_actions.create_draft(act("sally"), text=own)
    row = actions.propose_draft(act("sally"), draft.pk)
    summed = own.replace("orders.lines", "orders.amount")
    draft = catalog_actions.save_draft(act("lian"), draft.pk, text=summed, edits=draft.edits)
    actions.propose_draft(act("lian"), draft.pk)
    for who in ("lian", "sally"):
        actions.sign(act(who), row.pk, digest=digest(row))
        assert state(row) == "open" and not Metric.objects.filter(name="line_count").exists()
    actions.escalate(SYSTEM, row.pk)
    assert {"head"} <= asked(row) and not asked(row) & {"lian", "sally"}
    actions.sign(act("head"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_an_administrator_rewords_but_does_not_sign_for_others(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": NARROWER})
    actions.revise(act("root"), row.pk, texts={"a.yml": NARROWER.replace("'web'", "'shop'")})
    assert asked(row) == {"sally", "lian", "finn", "flora"} and state(row) == "open"
    assert len(reads.waits_for(act("lian"))) == 1


def test_after_a_merge_everybody_is_asked_anew(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": NARROWER})
    words = actions.open_proposal(act("lian"), texts={"a.yml": REWORDED})
    assert state(words) == "published"
    actions.rebase(SYSTEM, row.pk)
    assert Proposal.objects.get(pk=row.pk).revision_number == 2
    assert asked(row) == {"sally", "lian", "finn", "flora"}


def test_an_older_edit_does_not_bring_back_what_was_retired(act: Act) -> None:
    edit = actions.open_proposal(act("finn"), texts={"b.yml": BASKET.replace("direction: up", "direction: down")})
    gone = actions.propose_retirement(act("finn"), "basket")
    actions.sign(act("flora"), gone.pk, digest=digest(gone))
    assert state(gone) == "published"
    with pytest.raises(Conflict) as refused:
        actions.sign(act("flora"), edit.pk, digest=digest(edit))
    assert refused.value.code == "base-moved" and Metric.objects.get(name="basket").is_retired
    actions.rebase(SYSTEM, edit.pk)
    assert Proposal.objects.get(pk=edit.pk).blocked_by == {"basket": ["name"]}
    back = actions.propose_restoration(act("finn"), "basket")
    actions.sign(act("flora"), back.pk, digest=digest(back))
    assert state(back) == "published" and not Metric.objects.get(name="basket").is_retired


def test_retiring_twice_is_nothing(act: Act) -> None:
    first, second = (actions.propose_retirement(act("finn"), "basket") for _ in range(2))
    actions.sign(act("flora"), first.pk, digest=digest(first))
    actions.rebase(SYSTEM, second.pk)
    assert state(second) == "withdrawn"


SHOPS = """version: 1
dataset: shops
label: {zh: 店, en: Shops}
owner: sales
select: select * from (values ('web', 'A'), ('shop', 'B')) as t(channel, tier)
primary_key: channel
entities: {chan: channel}
dimensions:
  tier: {label: {zh: 级, en: Tier}}
"""
TIER_A = """version: 1
metric: tier_a
label: {zh: 甲级额, en: Tier A}
kind: financial
owner: marketing
simple: {measure: orders.amount, where: "chan.tier = 'A'"}
"""


def test_owners_sign_for_data_that_only_a_filter_looks_at(act: Act) -> None:
    keyed = ORDERS.replace("entities: {order: order_id}", "entities: {order: order_id, chan: channel}")
    row = actions.open_proposal(act("root"), texts={"a.yml": SHOPS, "b.yml": keyed, "c.yml": TIER_A})
    while state(row) == "open":
        actions.sign(act(min(asked(row))), row.pk, digest=digest(row))
    assert state(row) == "published"
    other = SHOPS.replace("tier: {label", "tier: {expr: \"case when tier = 'A' then 'B' else 'A' end\", label")
    row = actions.open_proposal(act("sally"), texts={"a.yml": other})
    assert parts(row) == {"sales": "must_sign", "marketing": "must_sign"}


PER_CUSTOMER = BASKET.replace("metric: basket", "metric: per_lead").replace("owner: finance", "owner: marketing")
PER_CUSTOMER = PER_CUSTOMER.replace("客单价", "每线索额").replace("Average order value", "Per lead")


def built_upon(act: Act) -> None:
    other = actions.open_proposal(act("mark"), texts={"p.yml": PER_CUSTOMER})
    actions.sign(act("mira"), other.pk, digest=digest(other))
    assert state(other) == "published"


def test_who_builds_upon_it_meanwhile_signs_too(act: Act, person: Callable[..., User]) -> None:
    person("mira", "marketing", "owner")
    row = actions.open_proposal(act("sally"), texts={"a.yml": NARROWER})
    built_upon(act)
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "open" and parts(row)["marketing"] == "must_sign" and asked(row) == {"mark", "mira"}
    actions.sign(act("mark"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_an_approved_one_is_signed_by_those_it_concerns_on_its_day(
    act: Act, person: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    person("mira", "marketing", "owner")
    tomorrow = timezone.localdate() + timedelta(days=1)
    row = actions.open_proposal(act("sally"), texts={"a.yml": NARROWER}, valid_from=tomorrow)
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "approved"
    built_upon(act)
    monkeypatch.setattr(timezone, "localdate", lambda *_: tomorrow)
    assert actions.tick()["published"] == 0 and state(row) == "open" and asked(row) == {"mark", "mira"}
    actions.sign(act("mira"), row.pk, digest=digest(row))
    assert state(row) == "published"
