"""Nothing is published past those whose numbers it changes: data beneath metrics, later revisions, later concerns."""

from __future__ import annotations

from collections.abc import Callable

from hedu.center.catalog import reads as catalog
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import actions
from tests.center.catalog.world import ORDERS, SETTINGS
from tests.center.proposals.conftest import digest, state
from tests.center.proposals.test_signing import NARROWER, parts

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
