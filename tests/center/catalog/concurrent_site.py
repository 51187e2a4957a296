"""A site of its own on a real database file, for tests that need several threads or a violent end.

python -m tests.center.catalog.concurrent_site PART: each part sets up on what the one before has left.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from hedu.center.catalog import actions, reads, serving  # noqa: E402
from hedu.center.catalog.actions import versions  # noqa: E402
from hedu.center.catalog.models import DefinitionVersion, Draft, Metric, Revision  # noqa: E402
from hedu.center.kernel.actor import SYSTEM  # noqa: E402
from hedu.center.kernel.models import User  # noqa: E402
from hedu.center.people.models import Department, Membership  # noqa: E402
from hedu.center.people.reads import actor_of  # noqa: E402
from hedu.errors import HeduError  # noqa: E402
from tests.center import signed  # noqa: E402
from tests.center.catalog.world import REVENUE, TEXTS  # noqa: E402

OPEN = {**TEXTS, "metrics/revenue.yml": REVENUE.replace("'paid'", "'open'")}


def make() -> None:
    call_command("migrate", verbosity=0)
    for code in ("company", "sales", "finance"):
        Department.objects.create(code=code, name_zh=code)
    sally = User.objects.create_user("sally", "correct horse battery", name="sally")
    Membership.objects.create(user=sally, department=Department.objects.get(code="sales"), role="owner")
    actions.apply_texts(SYSTEM, TEXTS)


def die() -> None:
    """Killed after every row is written and before the commit."""
    versions.drop_outdated_certificates = lambda workspace: os.kill(os.getpid(), signal.SIGKILL)
    signed.put(OPEN)


def look() -> None:
    """What a start after the kill finds: the catalog as it was, and able to go on."""
    assert Revision.objects.count() == 1 and DefinitionVersion.objects.count() == len(TEXTS)
    assert Metric.objects.get(name="revenue").head.number == 1
    assert reads.workspace().model.metrics["revenue"].definition.body.where == "orders.status = 'paid'"
    signed.put(OPEN)
    assert reads.workspace().model.metrics["revenue"].definition.body.where == "orders.status = 'open'"


def at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """All deeds in threads that start together -> what each gave, or the error it met."""
    gate, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        try:
            gate.wait()
            results[place] = deed()  # type: ignore[call-overload]
        except Exception as error:
            results[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def publishing(*texts: str, name: str = "") -> list[Callable[[], object]]:
    sally = actor_of(User.objects.get(username="sally"))
    drafts = [actions.create_draft(sally, name=name, text=text) for text in texts]
    return [lambda draft=draft: signed.publish_draft(sally, draft.pk) for draft in drafts]  # type: ignore[misc]


def one_of_three() -> None:
    """Three drafts of one metric from one version: one is published, two are told."""
    texts = [REVENUE.replace("'paid'\"", f"'{status}'\"") for status in ("open", "void", "late")]
    results = at_once(publishing(*texts, name="revenue"))
    refused = [item.code for item in results if isinstance(item, HeduError)]
    assert refused == ["base-moved"] * 2, results
    row = Metric.objects.get(name="revenue")
    assert row.head.number == 2 and DefinitionVersion.objects.filter(entry_id=row.pk).count() == 2
    assert reads.workspace().model.metrics["revenue"].definition.body.where in row.head.text


def all_of_four() -> None:
    """Four new metrics at once: all are there, one revision each."""
    texts = [f"version: 1\nmetric: m{i}\nowner: sales\nsimple: {{measure: orders.amount}}\n" for i in range(4)]
    results = at_once(publishing(*texts))
    assert all(isinstance(item, DefinitionVersion) for item in results), results
    assert Revision.objects.count() == 5
    serving.forget()
    assert {"m0", "m1", "m2", "m3"} <= set(reads.workspace().model.metrics)


def once_of_twice() -> None:
    """One draft published twice at once is published once."""
    deed = publishing(REVENUE.replace("'paid'\"", "'open'\""), name="revenue")[0]
    results = at_once([deed, deed])
    assert sum(isinstance(item, DefinitionVersion) for item in results) == 1, results
    assert sum(isinstance(item, HeduError) for item in results) == 1 and not Draft.objects.exists()


if __name__ == "__main__":
    settings.HEDU_APPROVAL_OF = signed.WAY
    for part in sys.argv[1:]:
        globals()[part]()
