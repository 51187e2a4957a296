"""Two people move goals in the same moment: whatever they see of each other, no ring comes about.

On PostgreSQL alone (see test_on_postgresql.py): SQLite lets one write at a time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from hedu.center.goals import actions
from hedu.center.goals.models import Goal
from hedu.center.kernel.actor import SYSTEM
from hedu.errors import Conflict
from tests.center.databases import SETTING

pytestmark = pytest.mark.skipif(SETTING not in os.environ, reason="one writer at a time")


def together(*deeds: Callable[[], object]) -> list[object]:
    """Each in a thread of its own, begun at one signal -> what came of them."""
    begin, came = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        begin.wait()
        try:
            came.append(deed())
        except Conflict as refused:
            came.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_close_no_ring(published: None) -> None:
    for code in ("A", "B", "C"):
        actions.create_goal(SYSTEM, code, metric="revenue", department="finance")
    for _ in range(4):
        came = together(
            lambda: actions.move_goal(SYSTEM, "A", parent="B"),
            lambda: actions.move_goal(SYSTEM, "B", parent="C"),
            lambda: actions.move_goal(SYSTEM, "C", parent="A"),
        )
        assert came.count("goal-under-itself") == 1
        parents = dict(Goal.objects.values_list("code", "parent__code"))
        assert list(parents.values()).count(None) == 1, "one of them stays on top"
        Goal.objects.update(parent=None)
