"""Drafts become versions: allowed, denied, done twice, audited, never half."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hedu.center.catalog import actions, reads
from hedu.center.catalog.models import DatasetEntry, DefinitionVersion, Draft, Metric, Revision
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit
from hedu.center.people import actions as people
from hedu.center.people.models import Department, Policy
from hedu.errors import Conflict, DefinitionError, Denied, NotFound, QueryError
from tests.center import signed
from tests.center.catalog.world import ORDER_COUNT, REVENUE, TEXTS

NARROWER = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")
REWORDED = REVENUE.replace("已付款订单的金额", "所有已付款订单的金额合计")


def draft_of(actor: Actor, text: str, name: str = "revenue") -> Draft:
    return actions.create_draft(actor, name=name, text=text)


def metric(name: str = "revenue") -> Metric:
    return Metric.objects.select_related("head").get(name=name)


def test_a_folder_is_published_as_one_revision(published: None) -> None:
    assert Revision.objects.count() == 1
    assert set(Metric.objects.values_list("name", "type")) == {
        ("revenue", "derived"), ("order_count", "atomic"), ("basket", "composite"), ("staff", "reported"),
    }  # fmt: skip
    assert metric().department.code == "sales" and metric().pinyin.startswith("|xiaoshoue|")
    assert metric().head.number == 1 and metric().review_due is not None


def test_a_department_made_later_owns_what_names_it(engine, department, django_capture_on_commit_callbacks) -> None:
    """A folder may come in before its departments do."""
    department("finance")
    actions.apply_texts(SYSTEM, TEXTS)
    assert metric().department is None
    with django_capture_on_commit_callbacks(execute=True):
        people.add_department(SYSTEM, code="sales", name_zh="销售部")
    assert metric().department.code == DatasetEntry.objects.get(name="orders").department.code == "sales"
    assert {row.department.code for row in Metric.objects.exclude(department__code="sales")} == {"finance"}
    assert Audit.objects.filter(deed="catalog.hand_over", object_name="revenue").count() == 1


def test_publishing_a_draft_makes_the_next_version(sally: Actor) -> None:
    draft = draft_of(sally, NARROWER)
    version = signed.publish_draft(sally, draft.pk, note="只算线上")
    first = DefinitionVersion.objects.get(entry_id=metric().pk, number=1)
    assert (version.number, metric().head_id) == (2, version.pk)
    assert first.valid_to == version.valid_from and first.digest != version.digest
    assert not Draft.objects.exists()
    row = Audit.objects.filter(deed="catalog.publish", outcome="done").get()
    assert row.after["version"] == 2 and row.note == "只算线上" and row.user_id == sally.user_id


def test_publishing_twice_finds_no_draft(sally: Actor) -> None:
    draft = draft_of(sally, NARROWER)
    signed.publish_draft(sally, draft.pk)
    with pytest.raises(Draft.DoesNotExist):
        signed.publish_draft(sally, draft.pk)


def test_another_department_neither_drafts_nor_sees_nor_publishes(sally: Actor, finn: Actor) -> None:
    with pytest.raises(Denied):
        draft_of(finn, NARROWER)
    draft_of(sally, NARROWER)
    assert not reads.drafts_visible_to(finn).exists()
    assert metric().head.number == 1


def test_a_member_without_a_role_cannot_draft(mei: Actor) -> None:
    with pytest.raises(Denied) as denied:
        draft_of(mei, NARROWER)
    assert denied.value.code == "action-denied"
    assert Audit.objects.filter(deed="catalog.create_draft", outcome="denied").exists()


def test_what_would_break_the_catalog_is_refused_whole(sally: Actor) -> None:
    draft = draft_of(sally, ORDER_COUNT.replace("orders.lines", "orders.nothing"), "order_count")
    with pytest.raises(DefinitionError) as refused:
        signed.publish_draft(sally, draft.pk)
    assert "orders" in str(refused.value)
    assert metric("order_count").head.number == 1 and Draft.objects.filter(pk=draft.pk).exists()
    assert Revision.objects.count() == 1


def test_a_draft_from_an_older_version_must_be_rebased(sally: Actor) -> None:
    mine, other = draft_of(sally, NARROWER), draft_of(sally, REWORDED)
    signed.publish_draft(sally, other.pk)
    with pytest.raises(Conflict) as refused:
        signed.publish_draft(sally, mine.pk)
    assert refused.value.code == "draft-out-of-date"
    actions.rebase_draft(sally, mine.pk)
    assert signed.publish_draft(sally, mine.pk).number == 3


def test_saving_needs_the_edits_last_seen(sally: Actor) -> None:
    draft = draft_of(sally, NARROWER)
    saved = actions.save_draft(sally, draft.pk, text=REWORDED, edits=1)
    assert (saved.edits, saved.text) == (2, REWORDED)
    with pytest.raises(Conflict) as refused:
        actions.save_draft(sally, draft.pk, text=NARROWER, edits=1)
    assert refused.value.code == "draft-changed-meanwhile"
    with pytest.raises(Conflict) as refused:
        actions.create_draft(sally, name="revenue", text="x" * 200_001)
    assert refused.value.code == "draft-too-long"


def test_discarding_leaves_what_is_published(sally: Actor) -> None:
    draft = draft_of(sally, NARROWER)
    actions.discard_draft(sally, draft.pk)
    with pytest.raises(NotFound):
        actions.discard_draft(sally, draft.pk)
    assert metric().head.number == 1


def refusal(actor: Actor, text: str, name: str = "revenue", **more: object) -> str:
    draft = actions.create_draft(actor, name=name, text=text)
    with pytest.raises((Conflict, DefinitionError)) as refused:
        signed.publish_draft(actor, draft.pk, **more)  # type: ignore[arg-type]
    return refused.value.code


def test_texts_and_dates_that_do_not_fit_are_refused(sally: Actor) -> None:
    today = timezone.localdate()
    assert refusal(sally, metric().head.text) == "nothing-changed"
    assert refusal(sally, NARROWER, valid_from=today + timedelta(days=1)) == "effective-date-in-future"
    assert refusal(sally, NARROWER, valid_from=date(2020, 1, 1)) == "effective-date-before-last"
    assert refusal(sally, REVENUE + "---\n" + ORDER_COUNT) == "draft-not-one-definition"
    assert refusal(sally, REVENUE.replace("metric: revenue", "metric: order_count")) == "name-taken"
    dataset = TEXTS["datasets/orders.yml"].replace("dataset: orders", "dataset: orders_two")
    assert refusal(sally, dataset) == "kind-changed"


def test_wording_keeps_the_certificate_and_meaning_ends_it(sally: Actor) -> None:
    actions.certify(sally, "revenue")
    signed.publish_draft(sally, draft_of(sally, REWORDED).pk)
    assert metric().is_certified
    signed.publish_draft(sally, draft_of(sally, REWORDED.replace("'paid'\"", "'open'\"")).pk)
    assert not metric().is_certified
    assert Audit.objects.filter(kind="metric", object_name="revenue", note="meaning changed").exists()


def test_a_certificate_ends_when_a_part_changes(sally: Actor, finn: Actor) -> None:
    actions.certify(finn, "basket")
    signed.publish_draft(sally, draft_of(sally, NARROWER).pk)
    assert not metric("basket").is_certified


def test_renaming_keeps_the_id_and_carries_dependents(sally: Actor, finn: Actor) -> None:
    before = metric().pk
    signed.rename(sally, "revenue", "net_revenue")
    renamed = metric("net_revenue")
    assert renamed.pk == before and renamed.head.number == 2
    assert "net_revenue" in metric("basket").head.text
    assert "net_revenue" in reads.workspace().model.metrics
    with pytest.raises(DefinitionError):
        signed.rename(sally, "net_revenue", "net revenue")


def test_retiring_waits_for_dependents_and_can_be_undone(sally: Actor, finn: Actor) -> None:
    with pytest.raises(Conflict) as refused:
        signed.retire(sally, "revenue")
    assert refused.value.code == "metric-built-upon"
    signed.retire(finn, "basket")
    assert "basket" not in reads.workspace().model.metrics
    assert not reads.visible_to(sally).filter(name="basket").exists()
    with pytest.raises(Conflict) as refused:
        signed.retire(finn, "basket")
    assert refused.value.code == "already-retired"
    signed.restore(finn, "basket")
    assert "basket" in reads.workspace().model.metrics
    with pytest.raises(Conflict) as refused:
        signed.restore(finn, "basket")
    assert refused.value.code == "not-retired"


def test_a_folder_fills_an_empty_catalog_only(published: None) -> None:
    with pytest.raises(Conflict) as refused:
        actions.apply_texts(SYSTEM, TEXTS)
    assert refused.value.code == "catalog-in-use"
    assert signed.put(TEXTS) == [] and Revision.objects.count() == 1


def test_a_plan_says_what_a_folder_would_change(sally: Actor) -> None:
    texts = {
        **TEXTS,
        "metrics/revenue.yml": NARROWER,
        "metrics/order_count.yml": ORDER_COUNT.replace("订单数", "订单笔数"),
    }
    planned = {item.name: item for item in reads.plan_texts(sally, texts).items}
    assert planned["revenue"].effect == "changed" and planned["revenue"].is_meaning
    assert planned["order_count"].effect == "changed" and not planned["order_count"].is_meaning
    assert planned["orders"].effect == "unchanged" and not planned["basket"].is_yours
    told = reads.plan(sally, {"a.yml": REVENUE.replace("orders.amount", "orders.amounts")})
    assert told["problems"] and told["problems"][0]["hint"]


def test_pull_gives_back_what_was_applied(sally: Actor) -> None:
    assert reads.plan_texts(sally, reads.pull(sally)).problems == ()
    assert all(item.effect == "unchanged" for item in reads.plan_texts(sally, reads.pull(sally)).items)


@pytest.mark.parametrize(
    ("policy", "former", "present", "code"),
    [
        ({"where": "region = 'east'"}, "dataset: orders", "dataset: sales_orders", "policy-loses-dataset"),
        ({"effect": "column", "column": "region"}, "region: {", "area: {expr: region, ", "policy-loses-column"),
    ],
)
def test_what_a_policy_speaks_of_keeps_its_name(
    published: None, policy: dict[str, str], former: str, present: str, code: str
) -> None:
    Policy.objects.create(dataset="orders", department=Department.objects.get(code="sales"), **policy)
    entry = DatasetEntry.objects.get(name="orders")
    texts = {name: text.replace(former, f"{present}\nid: {entry.pk}" if "dataset" in former else present)
             for name, text in TEXTS.items()}  # fmt: skip
    if "dataset" in former:
        texts = {name: text.replace("orders.", "sales_orders.") for name, text in texts.items()}
    with pytest.raises(Conflict) as refused:
        signed.put(texts)
    assert refused.value.code == code
    assert Revision.objects.count() == 1


def test_a_draft_is_of_a_kind_there_is_and_its_name_is_kept_short(sally: Actor) -> None:
    with pytest.raises(QueryError) as refused:
        actions.create_draft(sally, kind="<script>", text="x")
    assert refused.value.code == "draft-kind-unknown" and "dataset" in refused.value.problem.hint("zh")
    draft = actions.create_draft(sally, text=f"version: 1\nmetric: {'n' * 5000}\nsimple: {{measure: a.b}}\n")
    assert draft.name == "n" * 200
    text = draft.text.replace("n" * 5000, "m" * 5000)
    assert actions.save_draft(sally, draft.pk, text=text, edits=draft.edits).name == "m" * 200


def test_whoever_follows_the_news_of_a_retired_metric_reads_that_it_is_retired(sally: Actor, finn: Actor) -> None:
    signed.retire(finn, "basket", "merged")
    assert reads.metric_named(finn, "basket").is_retired
    with pytest.raises(NotFound) as gone:
        reads.metric_named(sally, "basket")
    assert gone.value.code == "metric-retired" and "客单价" in gone.value.problem.what("zh")
    with pytest.raises(NotFound) as never:
        reads.metric_named(sally, "never_was")
    assert never.value.code == "not-found"
