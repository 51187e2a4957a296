"""A preview shows everybody what is theirs to see, and nothing that nobody has signed for yet."""

from __future__ import annotations

from collections.abc import Callable

from hedu.center.dashboards import actions as dashboards
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import actions, reads
from tests.center.catalog.world import REVENUE

ONLINE = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")
Act = Callable[[str], Actor]


def test_a_board_of_ones_own_is_not_shown_to_those_who_look_next(act: Act) -> None:
    board = dashboards.create_dashboard(act("sally"), name="SECRET BOARD")
    question = {"metrics": ["revenue"], "by": ["orders.region"]}
    dashboards.add_tile(act("sally"), board.pk, title="secret tile", question=question)
    row = actions.open_proposal(act("sally"), texts={"revenue.yml": ONLINE})
    assert [one.holder for one in reads.preview_on(act("sally"), row, "en").kept] == ["SECRET BOARD"]
    assert reads.preview_on(act("lian"), row, "en").kept == ()
    assert [one.holder for one in reads.preview_on(act("sally"), row, "en").kept] == ["SECRET BOARD"]
