"""What the preview says is what independent SQL says: ratios, what is built on them, slices, access, new names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest
from django.test import Client

from hedu.center.catalog import reads as catalog
from hedu.center.dashboards import actions as dashboards
from hedu.center.goals import actions as goals
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import User
from hedu.center.people import actions as people_actions
from hedu.center.people.models import Department
from hedu.center.proposals import actions, reads
from hedu.center.proposals.reads.preview import Course, both
from hedu.center.proposals.views import showing
from hedu.query import Access, RowFilter
from tests.center.catalog.world import BASKET, ORDERS, REVENUE
from tests.center.proposals.conftest import digest
from tests.center.signed import put

ROWS = ORDERS.split("select: |\n")[1].split("primary_key")[0]
ONLINE = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")
TWICE = "version: 1\nmetric: basket_twice\nowner: finance\nderived: {formula: basket * 2}\n"
Act = Callable[[str], Actor]
Enter = Callable[[User], Client]


def oracle(select: str, where: str = "true", month: bool = True) -> dict[str, float | None]:
    """SELECT over the base rows, by month of payment."""
    group = "strftime(date_trunc('month', paid_on), '%Y-%m-%d')" if month else "'all'"
    sql = f"with orders as ({ROWS}) select {group}, {select} from orders where {where} group by 1"
    return {str(at): None if value is None else float(value) for at, value in duckdb.sql(sql).fetchall()}


PAID = "sum(amount) filter (status = 'paid')"
WEB = "sum(amount) filter (status = 'paid' and channel = 'web')"


def course(courses: tuple[Course, ...], metric: str) -> Course:
    return next(item for item in courses if item.metric == metric)


def sides(item: Course) -> tuple[dict[str, float | None], dict[str, float | None]]:
    return {one.period: one.before for one in item.points}, {one.period: one.after for one in item.points}


@pytest.mark.parametrize(
    ("metric", "before", "after"),
    [
        ("revenue", PAID, WEB),
        ("basket", f"{PAID} / count(*)", f"{WEB} / count(*)"),
    ],
)
def test_numbers_equal_independent_sql(act: Act, metric: str, before: str, after: str) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": ONLINE})
    shown = reads.preview_on(act("finn"), row, "zh")
    item = course(shown.courses, metric)
    assert sides(item) == (oracle(before), oracle(after))
    assert item.before == oracle(before, month=False)["all"] and item.after == oracle(after, month=False)["all"]


def test_what_is_built_on_what_changed_is_shown_too(act: Act) -> None:
    first = actions.open_proposal(act("finn"), texts={"a.yml": TWICE})
    actions.sign(act("flora"), first.pk, digest=digest(first))
    row = actions.open_proposal(act("sally"), texts={"a.yml": ONLINE})
    shown = reads.preview_on(act("sally"), row, "zh")
    assert [item.metric for item in shown.courses] == ["revenue", "basket", "basket_twice"]
    item = course(shown.courses, "basket_twice")
    assert sides(item) == (oracle(f"{PAID} * 2.0 / count(*)"), oracle(f"{WEB} * 2.0 / count(*)"))


def test_once_published_nothing_is_compared_with_itself(act: Act, people: dict[str, User], signed_in: Enter) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": ONLINE})
    actions.sign(act("flora"), row.pk, digest=digest(row))
    row.refresh_from_db()
    assert row.state == "published"
    assert reads.preview_on(act("sally"), row, "zh") == reads.Preview()
    page = signed_in(people["sally"]).get(f"/proposals/{row.pk}/").content.decode()
    assert "没有变化" not in page and "已经发布" in page and "/preview/" not in page


def test_after_publishing_the_numbers_are_what_was_previewed(act: Act) -> None:
    row = actions.open_proposal(act("sally"), texts={"a.yml": ONLINE})
    shown = reads.preview_on(act("sally"), row, "zh")
    actions.sign(act("flora"), row.pk, digest=digest(row))
    for item in shown.courses:
        table = catalog.ask(act("sally"), item.metric, by="metric_time.month").table.to_pylist()
        now = {str(one["metric_time.month"])[:10]: one[item.metric] for one in table}
        told = {at: value for at, value in sides(item)[1].items() if value is not None}
        assert told == {at: float(value) for at, value in now.items() if value is not None}


def test_everybody_sees_their_own_rows_only(
    act: Act, people: dict[str, User], department: Callable[[str], Department]
) -> None:
    for place, where in (("sales", "region = 'east'"), ("finance", ""), ("company", "")):
        people_actions.grant(act("root"), dataset="orders", where=where, department=place, with_subtree=False)
    row = actions.open_proposal(act("finn"), texts={"a.yml": ONLINE})
    whole, own = reads.preview_on(act("finn"), row, "zh"), reads.preview_on(act("sally"), row, "zh")
    east = "region = 'east'"
    assert sides(course(whole.courses, "revenue")) == (oracle(PAID), oracle(WEB))
    assert sides(course(own.courses, "revenue")) == (oracle(PAID, east), oracle(WEB, east))
    sliced = [item for item in whole.slices if item.department == department("sales").pk]
    assert sides(course(tuple(sliced), "revenue")) == (oracle(PAID, east), oracle(WEB, east))
    assert department("finance").pk in whole.alike
    assert all(
        sides(item) == sides(course(own.courses, item.metric)) for item in own.slices if item.metric == "revenue"
    )


def test_numbers_that_other_row_policies_cut_afterwards_say_so(act: Act, people: dict[str, User]) -> None:
    tills = ORDERS.replace("dataset: orders", "dataset: tills").replace("{order: order_id}", "{till: order_id}")
    put({"t.yml": tills})
    for place, where in (("sales", "region = 'east'"), ("finance", ""), ("company", "")):
        people_actions.grant(act("root"), dataset="orders", where=where, department=place, with_subtree=False)
    texts = {"a.yml": REVENUE.replace("orders.", "tills.")}
    row = actions.open_proposal(act("finn"), texts=texts)
    item = course(reads.preview_on(act("sally"), row, "zh").courses, "revenue")
    assert item.limits == (("orders",), ()) and item.is_changed
    assert "变更前按订单的行权限，变更后没有行权限限制" in showing.course_row(item, "zh")["access"]
    assert not showing.course_row(replace(item, limits=(("orders",), ("orders",))), "zh")["access"]


def test_new_and_retired_metrics_have_one_side(act: Act) -> None:
    new = actions.open_proposal(act("finn"), texts={"a.yml": BASKET.replace("metric: basket", "metric: cart")})
    before, after = sides(course(reads.preview_on(act("finn"), new, "zh").courses, "cart"))
    assert set(before.values()) == {None} and after == oracle(f"{PAID} / count(*)")
    gone = actions.propose_retirement(act("finn"), "basket")
    before, after = sides(course(reads.preview_on(act("finn"), gone, "zh").courses, "basket"))
    assert set(after.values()) == {None} and before == oracle(f"{PAID} / count(*)")


def test_both_accesses_together_see_less() -> None:
    one = Access(rows=(RowFilter("t", "a = 1"), RowFilter("t", "a = 2")), hidden=("u",))
    other = Access(rows=(RowFilter("t", "b = 1"), RowFilter("v", "c = 1")))
    assert both(one, other).rows == (RowFilter("t", "((a = 1) OR (a = 2)) AND (b = 1)"), RowFilter("v", "c = 1"))
    assert both(one, other).hidden == ("u",) and both(one, Access()).digest == one.digest


def test_boards_and_views_are_shown_as_they_will_be(act: Act) -> None:
    board = dashboards.create_dashboard(act("finn"), name="周会", scope="company")
    question = {"metrics": ["revenue"], "by": ["orders.region"]}
    view = dashboards.save_view(act("finn"), name="各区收入", question=question, chart={"kind": "bar"}, scope="company")
    dashboards.add_tile(act("finn"), board.pk, view=view.pk)
    row = actions.open_proposal(act("sally"), texts={"a.yml": ONLINE})
    kept = reads.preview_on(act("finn"), row, "zh").kept
    assert {(one.holder, one.title, one.numbers, one.changed) for one in kept} == {
        ("周会", "各区收入", 2, 1), ("各区收入", "各区收入", 2, 1),
    }  # fmt: skip
    told = {cell.place: (cell.before, cell.after) for cell in kept[0].cells}
    east = "region = 'east'"
    before = oracle(PAID, east, month=False)["all"]
    assert told == {("east",): (before, oracle(WEB, east, month=False)["all"])}
    actions.sign(act("flora"), row.pk, digest=digest(row))
    now = catalog.ask(act("finn"), **question).table.to_pylist()
    assert {one["orders.region"]: float(one["revenue"]) for one in now}["east"] == told["east",][1]


def test_targets_that_would_stand_otherwise_are_named(act: Act) -> None:
    aim = {"metric": "revenue", "department": "sales", "period": "2024-Q1", "value": "420"}
    goals.set_target(SYSTEM, "T1", **aim)
    row = actions.open_proposal(act("sally"), texts={"a.yml": ONLINE})
    (flip,) = reads.preview_on(act("sally"), row, "zh").flips
    assert (flip.before.value, flip.after.value) == (
        oracle(PAID, month=False)["all"], oracle(WEB, month=False)["all"],
    )  # fmt: skip
    assert flip.statuses == ("on", "off") and flip.is_flip
