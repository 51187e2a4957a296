"""Certificates, reviews, stars and comments: allowed, denied, done twice, audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from hedu.center.catalog import actions, reads
from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Audit, User
from hedu.center.kernel.subjects import seen
from hedu.center.kernel.topics import worded
from hedu.center.people.reads import actor_of
from hedu.errors import Conflict, Denied, NotFound
from tests.center import signed


def metric(name: str = "revenue") -> Metric:
    return Metric.objects.get(name=name)


def test_certifying_is_for_those_who_vouch(
    sally: Actor, finn: Actor, person: Callable[..., User], acting: Callable[[User], Actor]
) -> None:
    for stranger in (finn, acting(person("ana", "sales", "analyst"))):
        with pytest.raises(Denied):
            actions.certify(stranger, "revenue")
    assert Audit.objects.filter(deed="catalog.certify", outcome="denied").count() == 2
    actions.certify(sally, "revenue")
    first = metric().certified_digest
    actions.certify(sally, "revenue")
    assert metric().certified_digest == first and metric().certified_by_id == sally.user_id
    actions.uncertify(sally, "revenue", note="口径有疑问")
    actions.uncertify(sally, "revenue")
    assert not metric().is_certified
    assert Audit.objects.filter(deed="catalog.uncertify", note="口径有疑问", before={"certified": True}).exists()


def test_a_retired_metric_is_not_certified(finn: Actor) -> None:
    signed.retire(finn, "basket")
    with pytest.raises(Conflict):
        actions.certify(finn, "basket")


def test_reviews_fall_due_and_are_done(sally: Actor, lian: Actor, finn: Actor) -> None:
    Metric.objects.filter(name="revenue").update(review_due=date(2024, 1, 1))
    assert [item.metric.name for item in reads.reviews_due(lian)] == ["revenue"]
    assert reads.reviews_due(lian)[0].days_late > 0
    assert reads.reviews_due(finn) == [] and len(reads.reviews_due(finn, everybody=True)) == 1
    with pytest.raises(Denied):
        actions.review_done(finn, "revenue")
    actions.review_done(lian, "revenue", note="没有变化")
    assert metric().reviewed_on == timezone.localdate() and metric().review_due > timezone.localdate()
    actions.review_done(lian, "revenue")
    assert reads.reviews_due(lian) == []


def test_stars_are_counted_once(mei: Actor, finn: Actor) -> None:
    for _ in range(2):
        actions.favourite(mei, "revenue")
    actions.favourite(finn, "revenue")
    assert metric().favourites == 2 and reads.favourites_of(mei) == {metric().pk}
    for _ in range(2):
        actions.favourite(mei, "revenue", on=False)
    assert metric().favourites == 1


def test_a_star_on_the_page_turns(owner: User, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(owner)
    answer = client.post("/metrics/revenue/star/", {"on": "1"}, headers={"hx-request": "true"})
    assert 'aria-pressed="true"' in answer.content.decode()
    assert [row.name for row in client.get("/metrics/?starred=1").context["rows"]] == ["revenue"]


def test_a_metric_can_be_talked_about(finn: Actor, owner: User, sally: Actor) -> None:
    subject = seen(finn, "metric", metric().pk)
    assert owner.pk in subject.followers and subject.name == "销售额"
    with pytest.raises(NotFound):
        seen(finn, "metric", "nothing")


@pytest.mark.parametrize("deed", ["certify", "reviewed"])
def test_deeds_on_pages_are_denied_to_other_departments(
    deed: str, outsider: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(outsider).post(f"/metrics/revenue/{deed}/", {"on": "1", "name": "mine"})
    assert answer.status_code == 403
    assert metric().head.number == 1 and not metric().is_certified


def test_pages_ask_the_database_few_times(
    owner: User, signed_in: Callable[[User], Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = signed_in(owner)
    for path, most in (
        ("/metrics/", 26),
        ("/metrics/revenue/", 34),
        ("/metrics/revenue/?tab=definition", 34),
        ("/datasets/orders/", 30),
        ("/reported/", 26),
        ("/reviews/", 24),
        ("/drafts/", 22),
    ):
        client.get(path)
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def news_of(user: User) -> list[str]:
    return [worded(row) for row in user.notifications.order_by("id")]


def test_those_whom_it_concerns_hear_of_it(
    sally: Actor, liaison: User, mei: Actor, member: User, outsider: User
) -> None:
    actions.favourite(mei, "revenue")
    text = metric().head.text
    signed.publish_draft(
        sally, actions.create_draft(sally, name="revenue", text=text.replace("已付款", "全部已付款")).pk
    )
    assert news_of(member) == [] and news_of(liaison) == []
    signed.publish_draft(
        sally, actions.create_draft(sally, name="revenue", text=text.replace("'paid'", "'open'")).pk, note="改了"
    )
    assert news_of(member) == news_of(liaison) == ["sally 发布了“销售额”第 3 版，口径有变化：改了"]
    assert news_of(outsider) == []
    actions.report_value(mei, "staff", period="2026-03", value="4", dimensions={"team": "一组"})
    actions.submit_period(mei, "staff", period="2026-03")
    assert news_of(outsider) == ["mei 提交了“在岗人数” 2026-03 的填报，等待审核"]
    finn = actor_of(outsider)
    actions.return_period(finn, "staff", period="2026-03", note="少了二组")
    assert news_of(member)[-1] == "finn 退回了“在岗人数” 2026-03 的填报：少了二组"
