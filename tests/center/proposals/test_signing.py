"""A change is proposed, seen by those it affects, signed, published: allowed, denied, twice, stale, audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import DefinitionVersion, Draft, Metric
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit, Task
from hedu.center.kernel.passage import by_program, through
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal, SignOff
from hedu.errors import Conflict, DefinitionError, Denied, NotFound, QueryError
from tests.center.catalog.world import BASKET, ORDER_COUNT, REVENUE
from tests.center.proposals.conftest import digest, state

NARROWER = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")
REWORDED = REVENUE.replace("已付款订单的金额", "所有已付款订单的金额合计")
Act = Callable[[str], Actor]
Find = Callable[..., Metric]


def narrower(actor: Actor, **more: object) -> Proposal:
    return actions.open_proposal(actor, texts={"revenue.yml": NARROWER}, reason="只算线上", **more)


def parts(row: Proposal) -> dict[str, str]:
    return {item.department.code if item.department else "": item.part for item in reads.affected_of(reads.latest(row))}


def test_a_change_is_published_with_the_last_signature(act: Act, metric: Find) -> None:
    row = narrower(act("sally"))
    assert (row.state, row.risk) == ("open", "breaking")
    assert parts(row) == {"sales": "must_sign", "finance": "must_sign"}
    assert metric().head.number == 1
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published" and metric().head.number == 2
    version = DefinitionVersion.objects.get(entry_id=metric().pk, number=2)
    assert version.approval == f"proposals/{row.pk}" and version.author.username == "sally"
    assert catalog.workspace().model.metrics["revenue"].definition.body.where.endswith("'web'")


def test_nobody_signs_alone(act: Act, metric: Find) -> None:
    own = ORDER_COUNT.replace("metric: order_count", "metric: line_count")
    row = actions.open_proposal(act("sally"), texts={"a.yml": own})
    assert parts(row) == {"sales": "must_sign"}
    actions.sign(act("sally"), row.pk, digest=digest(row))
    assert state(row) == "open" and not Metric.objects.filter(name="line_count").exists()
    actions.sign(act("lian"), row.pk, digest=digest(row))
    assert state(row) == "published" and metric("line_count").head.number == 1


def test_words_alone_are_published_by_those_who_vouch_for_them(act: Act, metric: Find) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": REWORDED})
    assert (state(row), row.risk, metric().head.number) == ("published", "safe", 2)
    other = actions.open_proposal(act("finn"), texts={"a.yml": REWORDED.replace("合计", "总计")})
    assert state(other) == "open" and parts(other)["sales"] == "must_sign"


def test_a_program_neither_signs_nor_publishes(act: Act, metric: Find) -> None:
    with through("rest"):
        by_program()
        row = actions.open_proposal(act("sally"), texts={"a.yml": REWORDED})
        assert state(row) == "open"
        with pytest.raises(Denied):
            actions.sign(act("lian"), row.pk, digest=digest(row))
    with pytest.raises(Denied):
        actions.sign(SYSTEM, row.pk, digest=digest(row))
    assert metric().head.number == 1 and not SignOff.objects.exists()
    actions.sign(act("lian"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_the_catalog_is_written_by_no_other_way(act: Act, metric: Find) -> None:
    change = catalog.texts_wanted({"a.yml": NARROWER})
    for approval in ("", "proposals/999", "nonsense"):
        with pytest.raises(Denied) as refused:
            catalog_actions.publish(act("root"), change, approval=approval)
        assert refused.value.code == "approval-missing"
    row = narrower(act("sally"))
    with pytest.raises(Denied):
        catalog_actions.publish(act("root"), change, approval=row.approval)
    with pytest.raises(Conflict) as used:
        catalog_actions.apply_texts(SYSTEM, {"a.yml": NARROWER})
    assert used.value.code == "catalog-in-use"
    with through("rest"), pytest.raises(Denied) as door:
        catalog_actions.publish(act("root"), change, approval=row.approval)
    assert door.value.code == "action-not-at-this-door" and metric().head.number == 1


def test_only_those_of_the_departments_sign(act: Act) -> None:
    row = narrower(act("sally"))
    for name in ("mei", "dan", "mark", "root", "boss", "head"):
        with pytest.raises(Denied):
            actions.sign(act(name), row.pk, digest=digest(row))
    with pytest.raises(Conflict) as refused:
        actions.sign(act("flora"), row.pk, digest=digest(row), department="sales")
    assert refused.value.code == "not-for-department"
    assert SignOff.objects.filter(revision__proposal=row).count() == 1
    assert Audit.objects.filter(deed="proposals.sign", outcome="denied").count() == 6


def test_deputies_sign_where_no_liaison_is(act: Act, people: dict) -> None:
    people["lian"].memberships.all().delete()
    people["sally"].memberships.update(role="analyst")
    row = actions.open_proposal(act("finn"), texts={"a.yml": NARROWER})
    actions.sign(act("dan"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_signing_again_changes_nothing(act: Act) -> None:
    row = narrower(act("sally"))
    actions.sign(act("finn"), row.pk, digest=digest(row))
    before = SignOff.objects.count(), DefinitionVersion.objects.count()
    actions.sign(act("finn"), row.pk, digest=digest(row))
    assert (SignOff.objects.count(), DefinitionVersion.objects.count()) == before
    with pytest.raises(Conflict) as late:
        actions.sign(act("flora"), row.pk, digest=digest(row))
    assert late.value.code == "proposal-ended"


def test_a_new_revision_cancels_what_was_signed_and_a_stale_one_is_refused(act: Act, metric: Find) -> None:
    row = narrower(act("sally"), title="线上销售额")
    seen = digest(row)
    wider = NARROWER.replace("'web'", "'shop'")
    actions.revise(act("sally"), row.pk, texts={"a.yml": wider}, note="改成门店")
    audits = Audit.objects.count()
    with pytest.raises(Conflict) as stale:
        actions.sign(act("flora"), row.pk, digest=seen)
    assert stale.value.code == "proposal-revised" and Audit.objects.count() == audits
    assert not SignOff.objects.filter(revision__number=2, person__username="flora").exists()
    with pytest.raises(Conflict):
        actions.revise(act("sally"), row.pk, texts={"a.yml": wider})
    with pytest.raises(Denied):
        actions.revise(act("finn"), row.pk, texts={"a.yml": wider})
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published" and "'shop'" in metric().head.text


def test_a_veto_needs_a_reason_and_ends_it(act: Act, metric: Find) -> None:
    row = narrower(act("sally"))
    with pytest.raises(QueryError) as refused:
        actions.veto(act("flora"), row.pk, digest=digest(row), reason=" ")
    assert refused.value.code == "reason-missing" and state(row) == "open"
    actions.veto(act("flora"), row.pk, digest=digest(row), reason="影响客单价")
    assert state(row) == "rejected" and metric().head.number == 1
    with pytest.raises(Conflict):
        actions.sign(act("finn"), row.pk, digest=digest(row))
    with pytest.raises(Conflict):
        actions.withdraw(act("sally"), row.pk)
    told = Audit.objects.filter(deed="proposals.veto", outcome="done").first()
    assert told.note == "影响客单价" and told.user.username == "flora"


def test_wanted_changes_hold_it_up_until_the_department_agrees(act: Act) -> None:
    row = narrower(act("sally"))
    paths = reads.field_paths(row)
    assert paths == ["revenue/where"]
    with pytest.raises(QueryError) as refused:
        actions.request_changes(act("flora"), row.pk, digest=digest(row), reason="x", fields={"revenue/unit": "object"})
    assert refused.value.code == "field-decision-wrong"
    fields = {"revenue/where": "object"}
    actions.request_changes(act("flora"), row.pk, digest=digest(row), reason="门店也要算", fields=fields)
    assert SignOff.objects.get(person__username="flora").fields == fields
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_opinions_are_recorded_and_bind_nobody(act: Act, people: dict) -> None:
    row = narrower(act("sally"))
    with pytest.raises(Denied):
        actions.advise(act("mark"), row.pk, text="想先看看")
    actions.consult(act("sally"), row.pk, department="marketing")
    assert Task.objects.filter(user=people["mark"], kind="answer", done_at=None).count() == 1
    actions.advise(act("mark"), row.pk, text="同意只算线上")
    assert not Task.objects.filter(user=people["mark"], done_at=None).exists()
    said = SignOff.objects.get(person=people["mark"])
    assert (said.decision, said.reason) == ("advice", "同意只算线上") and state(row) == "open"
    with pytest.raises(Denied):
        actions.sign(act("mark"), row.pk, digest=digest(row))


def test_tasks_are_asked_once_and_settled(act: Act, people: dict) -> None:
    row = narrower(act("sally"))
    waiting = Task.objects.filter(about="proposal", object_id=str(row.pk), kind="sign", done_at=None)
    assert {task.user.username for task in waiting} == {"finn", "flora"}
    assert waiting.first().deeds[0]["inputs"] == {"proposal": row.pk, "digest": digest(row)}
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert not waiting.all().exists()


def test_withdrawing_leaves_the_draft(act: Act, metric: Find) -> None:
    draft = catalog_actions.create_draft(act("sally"), name="revenue", text=NARROWER)
    row = actions.propose_draft(act("sally"), draft.pk, reason="试点")
    with pytest.raises(Denied):
        actions.withdraw(act("finn"), row.pk)
    actions.withdraw(act("sally"), row.pk, reason="再想想")
    assert state(row) == "withdrawn" and Draft.objects.filter(pk=draft.pk).exists() and metric().head.number == 1
    again = actions.propose_draft(act("sally"), draft.pk)
    assert again.pk != row.pk
    saved = catalog_actions.save_draft(act("sally"), draft.pk, text=NARROWER.replace("'web'", "'shop'"), edits=1)
    assert actions.propose_draft(act("sally"), saved.pk).revision_number == 2
    actions.sign(act("flora"), again.pk, digest=digest(again))
    assert not Draft.objects.exists()


def test_superseding_ends_the_older(act: Act) -> None:
    old = narrower(act("sally"))
    new = actions.open_proposal(act("sally"), texts={"a.yml": NARROWER.replace("'web'", "'shop'")})
    with pytest.raises(NotFound):
        actions.supersede(act("sally"), old.pk, by=old.pk)
    actions.supersede(act("sally"), old.pk, by=new.pk)
    assert state(old) == "superseded" and Proposal.objects.get(pk=new.pk).replaces_id == old.pk


def test_nobody_puts_anothers_proposal_in_place_of_their_own(act: Act) -> None:
    mine, theirs = narrower(act("sally")), narrower(act("finn"))
    with pytest.raises(Denied) as refused:
        actions.supersede(act("sally"), mine.pk, by=theirs.pk)
    assert refused.value.code == "successor-not-yours" and state(mine) == "open"
    assert Proposal.objects.get(pk=theirs.pk).replaces_id is None
    actions.supersede(act("root"), mine.pk, by=theirs.pk)
    assert state(mine) == "superseded"


def test_rolling_back_is_a_new_version(act: Act, metric: Find) -> None:
    row = narrower(act("sally"))
    actions.sign(act("flora"), row.pk, digest=digest(row))
    back = actions.roll_back(act("sally"), "revenue", number=1, reason="退回")
    actions.sign(act("finn"), back.pk, digest=digest(back))
    assert state(back) == "published"
    first = DefinitionVersion.objects.get(entry_id=metric().pk, number=1)
    assert metric().head.number == 3 and metric().head.text == first.text
    with pytest.raises(Conflict) as same:
        actions.roll_back(act("sally"), "revenue", number=3)
    assert same.value.code == "nothing-changed"


def test_new_names_retirements_and_restorations_are_proposals(act: Act, metric: Find) -> None:
    row = actions.propose_rename(act("sally"), "revenue", name="net_revenue")
    assert state(row) == "open" and row.risk == "risky"
    actions.sign(act("lian"), row.pk, digest=digest(row))
    actions.sign(act("finn"), row.pk, digest=digest(row))
    assert state(row) == "published" and "net_revenue" in metric("basket").head.text
    gone = actions.propose_retirement(act("finn"), "basket", reason="不用了")
    assert gone.risk == "breaking"
    actions.sign(act("flora"), gone.pk, digest=digest(gone))
    assert metric("basket").is_retired
    back = actions.propose_restoration(act("finn"), "basket")
    actions.sign(act("flora"), back.pk, digest=digest(back))
    assert not metric("basket").is_retired
    with pytest.raises(Denied):
        actions.propose_retirement(act("sally"), "basket")


def test_what_would_break_the_catalog_is_not_even_proposed(act: Act) -> None:
    with pytest.raises(DefinitionError):
        actions.open_proposal(act("sally"), texts={"a.yml": REVENUE.replace("orders.amount", "orders.nothing")})
    with pytest.raises(Conflict) as nothing:
        actions.open_proposal(act("sally"), texts={})
    assert nothing.value.code == "nothing-changed"
    with pytest.raises(Denied) as settings:
        actions.open_proposal(act("sally"), texts={"w.yml": "version: 1\nworkspace: demo\ncurrency: USD\n"})
    assert settings.value.code == "settings-not-yours"
    with pytest.raises(Denied):
        actions.open_proposal(act("mei"), texts={"a.yml": NARROWER})
    assert not Proposal.objects.exists()


def test_disjoint_changes_merge_and_changes_of_one_field_conflict(
    act: Act, metric: Find, django_capture_on_commit_callbacks: Callable
) -> None:
    mine = narrower(act("sally"))
    other = actions.open_proposal(act("sally"), texts={"a.yml": REVENUE.replace("'paid'\"", "'open'\"")})
    with django_capture_on_commit_callbacks(execute=True):
        actions.open_proposal(act("sally"), texts={"a.yml": REWORDED})
    mine.refresh_from_db()
    assert (mine.revision_number, mine.state) == (2, "open")
    assert not SignOff.objects.filter(revision__proposal=mine, revision__number=2).exists()
    actions.sign(act("sally"), mine.pk, digest=digest(mine))
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign(act("flora"), mine.pk, digest=digest(mine))
    assert "'web'" in metric().head.text and "所有已付款" in metric().head.text
    other.refresh_from_db()
    assert other.blocked_by == {"revenue": ["simple.where"]} and state(other) == "open"
    with pytest.raises(Conflict) as moved:
        actions.sign(act("finn"), other.pk, digest=digest(other))
    assert moved.value.code == "base-moved"
    actions.revise(act("sally"), other.pk, texts={"a.yml": metric().head.text.replace("'paid'", "'open'")})
    other.refresh_from_db()
    assert other.blocked_by == {} and other.revision_number == 3


def test_bulk_is_one_proposal_and_one_task_a_person(act: Act) -> None:
    texts = {f"m{at}.yml": BASKET.replace("metric: basket", f"metric: basket_{at}") for at in range(120)}
    row = actions.open_proposal(act("sally"), texts=texts)
    assert Proposal.objects.count() == 1 and row.title == "客单价 等 120 项"
    assert row.title_en == "Average order value and more (120 in all)"
    assert (row.titled("zh-hans"), row.titled("en")) == (row.title, row.title_en)
    assert Task.objects.count() == 2
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert Metric.objects.filter(name__startswith="basket_").count() == 120


def test_what_takes_effect_later_is_published_on_its_day(act: Act, metric: Find) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    row = narrower(act("sally"), valid_from=tomorrow)
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "approved" and metric().head.number == 1
    assert actions.tick()["published"] == 0
    Proposal.objects.get(pk=row.pk)
    assert state(row) == "approved"


def test_an_empty_catalog_is_filled_by_an_administrator_at_once(act: Act) -> None:
    told = actions.apply(act("root"), texts={"a.yml": NARROWER})
    assert told["published"] == 0 and told["proposal"].state == "open"
    with pytest.raises(Denied):
        catalog_actions.apply_texts(act("sally"), {"a.yml": NARROWER})
