"""A new name breaks the questions that hold the old one: those whose boards ask them sign for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hedu.center.catalog import reads as catalog
from hedu.center.dashboards import actions as dashboards
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import actions, reads
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.rules import Concern, Reason
from hedu.center.proposals.views import showing
from tests.center.proposals.conftest import digest, state

Act = Callable[[str], Actor]


def parts(row: Proposal) -> dict[str, str]:
    return {one.department.code: one.part for one in reads.affected_of(reads.latest(row)) if one.department is not None}


def test_a_department_whose_board_would_break_signs_for_the_name(act: Act) -> None:
    board = dashboards.create_dashboard(act("mark"), name="MK")
    dashboards.add_tile(act("mark"), board.pk, title="t", question={"metrics": ["revenue"]})
    row = actions.propose_rename(act("sally"), "revenue", name="sales_revenue")
    assert parts(row)["marketing"] == "must_sign"
    for who in ("lian", "flora"):
        actions.sign(act(who), row.pk, digest=digest(row))
    assert state(row) == "open" and catalog.ask(act("mark"), metrics=["revenue"]).rows()
    actions.sign(act("mark"), row.pk, digest=digest(row))
    assert state(row) == "published"


def test_where_nobody_elses_board_asks_for_it_nobody_else_signs(act: Act) -> None:
    row = actions.propose_rename(act("sally"), "order_count", name="orders_made")
    assert "marketing" not in parts(row)


def test_whom_it_concerns_reads_of_the_metric_by_its_label(act: Act) -> None:
    revision = reads.latest(actions.propose_rename(act("sally"), "order_count", name="orders_made"))
    for lang, label in (("zh", "订单数"), ("en", "Orders")):
        told = showing.affected_rows(reads.affected_of(revision), reads.change_of(revision), lang)
        words = " ".join(why for item in told for why in item["reasons"])
        assert label in words and "orders_made" not in words and "  " not in words


@pytest.mark.django_db
def test_one_kind_of_reason_is_one_line() -> None:
    whys = (
        Reason("goal", ("G1",), "goal"),
        Reason("raci", ("m",), "A"),
        Reason("goal", ("T1",), "target"),
        Reason("raci", ("m",), "R"),
        Reason("case", ("2",)),
    )
    (told,) = showing.concerns_of([Concern(None, "must_sign", whys)], None, "zh")
    assert told["reasons"] == ["目标：G1、T1", "m的问责方", "m的执行方", "冲突单 C-0002 的当事部门"]
