"""The departments of a change are computed: owners, RACI, what is built on it, aims, boards and reports, questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog.actions.uses import register_uses
from hedu.center.catalog.models import Metric, Popularity
from hedu.center.goals import actions as goals
from hedu.center.kernel import actions as kernel
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Notification, Task, User
from hedu.center.kernel.workdays import after_workdays
from hedu.center.people.models import Department
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from tests.center.catalog.world import BASKET, ORDER_COUNT, REVENUE
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import REWORDED, narrower, parts

Act = Callable[[str], Actor]


def place(code: str) -> int:
    return Department.objects.get(code=code).pk


def whys(row: Proposal, code: str) -> set[tuple[str, str]]:
    kept = {item.department.code if item.department else "": item for item in reads.affected_of(reads.latest(row))}
    return {(why["kind"], why["note"]) for why in kept[code].why}


@pytest.mark.parametrize(
    ("kind", "part"),
    [("goal", "must_sign"), ("target", "must_sign"), ("dashboard", "must_sign"), ("report", "must_sign"),
     ("view", "consulted")],
)  # fmt: skip
def test_who_uses_it_is_asked_by_what_the_use_is(act: Act, kind: str, part: str) -> None:
    register_uses(kind, 1, ("revenue",), department=place("marketing"), title="年度看板")
    row = narrower(act("sally"))
    assert parts(row)["marketing"] == part
    assert whys(row, "marketing") == {("goal" if kind in ("goal", "target") else "usage", kind)}


def test_uses_of_what_is_built_on_it_count_and_those_of_the_whole_company_concern_nobody(act: Act) -> None:
    register_uses("dashboard", 1, ("basket",), department=place("marketing"), title="客单")
    register_uses("dashboard", 2, ("revenue",), department=place("company"), title="全公司")
    row = narrower(act("sally"))
    assert parts(row) == {"sales": "must_sign", "finance": "must_sign", "marketing": "must_sign"}


def test_words_concern_nobodys_numbers(act: Act) -> None:
    register_uses("dashboard", 1, ("revenue",), department=place("marketing"), title="看板")
    row = actions.open_proposal(act("sally"), texts={"a.yml": REWORDED})
    assert state(row) == "published" and "marketing" not in parts(row)


@pytest.mark.parametrize(("count", "days", "part"), [(20, 89, "consulted"), (19, 0, "informed"), (500, 92, None)])
def test_questions_of_ninety_days_count(act: Act, count: int, days: int, part: str | None) -> None:
    day = timezone.localdate() - timedelta(days=days)
    metric = Metric.objects.get(name="revenue")
    Popularity.objects.create(metric=metric, day=day, department_id=place("marketing"), count=count)
    row = narrower(act("sally"))
    assert parts(row).get("marketing") == part


def test_the_informed_are_told_and_asked_nothing(act: Act, people: dict[str, User]) -> None:
    metric = Metric.objects.get(name="revenue")
    Popularity.objects.create(metric=metric, day=timezone.localdate(), department_id=place("marketing"), count=3)
    row = narrower(act("sally"))
    assert Notification.objects.get(user=people["mark"]).topic == "proposals.opened"
    assert not Task.objects.filter(user=people["mark"]).exists()
    assert [item.decision for item in reads.latest(row).signoffs.all()] == ["approve"]


@pytest.mark.parametrize(
    ("letter", "part"), [("R", "must_sign"), ("A", "must_sign"), ("C", "consulted"), ("I", "informed")]
)
def test_each_letter_of_raci_has_its_part(act: Act, letter: str, part: str) -> None:
    wanted = REVENUE.replace("raci: {R: [sales], A: sales, C: [finance]}", f"raci: {{{letter}: [marketing]}}")
    row = actions.open_proposal(act("sally"), texts={"a.yml": wanted})
    assert parts(row)["marketing"] == part and whys(row, "marketing") == {("raci", letter)}


def test_the_owner_before_and_the_owner_after_sign(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": ORDER_COUNT.replace("owner: sales", "owner: marketing")})
    assert parts(row) == {"sales": "must_sign", "marketing": "must_sign"} and row.risk == "risky"


def test_a_target_of_another_department_has_it_sign(act: Act) -> None:
    goals.set_target(SYSTEM, "T1", metric="revenue", department="marketing", period="2027", value="420")
    row = narrower(act("sally"))
    assert parts(row)["marketing"] == "must_sign" and whys(row, "marketing") == {("goal", "target")}


def test_where_nobody_of_a_department_may_sign_the_one_above_does_and_at_last_the_committee(
    act: Act, people: dict[str, User]
) -> None:
    for user in (people["finn"], people["flora"]):
        user.memberships.all().delete()
    row = narrower(act("sally"))
    assert "finance" not in parts(row) and parts(row)["company"] == "must_sign"
    actions.sign(act("boss"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_a_certificate_ends_with_the_publication_and_not_before(act: Act) -> None:
    catalog_actions.certify(act("sally"), "revenue")
    row = narrower(act("sally"))
    assert Metric.objects.get(name="revenue").is_certified
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published" and not Metric.objects.get(name="revenue").is_certified


def test_a_proposal_is_talked_about_by_those_who_see_it(act: Act, people: dict[str, User]) -> None:
    row = narrower(act("sally"))
    kernel.comment(act("flora"), "proposal", str(row.pk), text="门店那部分怎么办？")
    assert Notification.objects.filter(user=people["sally"], topic="kernel.commented").count() == 1


def test_deadlines_reckon_with_the_national_holidays(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 to 7 October 2026 are free, Saturday the 10th is worked."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 9, 29))
    row = narrower(act("sally"))
    assert row.due_on == date(2026, 10, 12)
    assert actions.tick(date(2026, 10, 5)) == {"published": 0, "reminded": 0, "escalated": 0}
    assert actions.tick(row.due_on)["escalated"] == 0
    assert actions.tick(after_workdays(row.due_on, 1))["escalated"] == 1


def test_bulk_asks_each_person_once_however_many_definitions(act: Act) -> None:
    texts = {f"m{at}.yml": BASKET.replace("metric: basket", f"metric: basket_{at}") for at in range(300)}
    row = actions.open_proposal(act("finn"), texts=texts)
    per_person = [Task.objects.filter(user=user, about="proposal").count() for user in User.objects.all()]
    assert max(per_person) == 1 and Proposal.objects.count() == 1
    actions.sign(act("flora"), row.pk, digest=digest(row))
    assert state(row) == "published" and Metric.objects.filter(name__startswith="basket_").count() == 300
    assert not Task.objects.filter(done_at=None).exists()
