"""A site on a real database, for signatures given at once by threads and by processes.

python -m tests.center.proposals.signing_site PART: each part sets up on what the one before has left.
"""

from __future__ import annotations

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from hedu.center.catalog import actions as catalog  # noqa: E402
from hedu.center.catalog.models import DefinitionVersion, Metric  # noqa: E402
from hedu.center.kernel.actor import SYSTEM  # noqa: E402
from hedu.center.kernel.models import User  # noqa: E402
from hedu.center.people.models import Department, Membership  # noqa: E402
from hedu.center.people.reads import actor_of  # noqa: E402
from hedu.center.proposals import actions, reads  # noqa: E402
from hedu.center.proposals.models import Proposal, SignOff  # noqa: E402
from hedu.errors import HeduError  # noqa: E402
from tests.center.catalog.concurrent_site import at_once  # noqa: E402
from tests.center.catalog.world import REVENUE, TEXTS  # noqa: E402

POSTS = (("sally", "sales", "owner"), ("lian", "sales", "liaison"), ("finn", "finance", "owner"), ("flora", "finance", "liaison"))  # fmt: skip
WEB = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")


def actor(name: str):
    return actor_of(User.objects.get(username=name))


def make() -> None:
    call_command("migrate", verbosity=0)
    for code in ("company", "sales", "finance"):
        Department.objects.create(code=code, name_zh=code)
    for name, place, role in POSTS:
        user = User.objects.create_user(name, name=name)
        Membership.objects.create(user=user, department=Department.objects.get(code=place), role=role)
    catalog.apply_texts(SYSTEM, TEXTS)
    actions.open_proposal(actor("sally"), texts={"a.yml": WEB})


def proposal() -> tuple[int, str]:
    row = Proposal.objects.order_by("pk").last()
    return row.pk, reads.latest(row).digest


def signed_by_all_at_once() -> None:
    """Four signatures in threads: one publishes, the others were in time or are told that it is over."""
    pk, digest = proposal()
    people = [actor(name) for name, _, _ in POSTS]
    results = at_once([lambda who=who: actions.sign(who, pk, digest=digest) for who in people])
    wrong = [item for item in results if isinstance(item, Exception) and not isinstance(item, HeduError)]
    assert not wrong, results
    looked()


def signed_and_revised_at_once() -> None:
    """A signature meets a revision: either it counts for what was seen and is published, or it is refused."""
    pk, digest = proposal()
    sally, flora = actor("sally"), actor("flora")
    other = WEB.replace("'web'", "'shop'")
    results = at_once(
        [
            lambda: actions.sign(flora, pk, digest=digest),
            lambda: actions.revise(sally, pk, texts={"a.yml": other}),
        ]
    )
    row, head = Proposal.objects.get(pk=pk), Metric.objects.get(name="revenue").head
    if isinstance(results[0], HeduError):
        assert row.revision_number == 2 and row.state == "open" and head.number == 1, results
    else:
        assert isinstance(results[1], HeduError) and row.state == "published" and "'web'" in head.text, results


def vetoed_and_signed_at_once() -> None:
    """One of both wins; never both."""
    pk, digest = proposal()
    finn, flora = actor("finn"), actor("flora")
    at_once(
        [lambda: actions.veto(finn, pk, digest=digest, reason="不"), lambda: actions.sign(flora, pk, digest=digest)]
    )
    row, head = Proposal.objects.get(pk=pk), Metric.objects.get(name="revenue").head
    assert (row.state, head.number) in {("rejected", 1), ("published", 2)}


def sign_in_a_process() -> None:
    """What each of two processes does."""
    pk, digest = proposal()
    try:
        actions.sign(actor("flora"), pk, digest=digest)
    except HeduError as error:
        assert error.code == "proposal-ended", error


def looked() -> None:
    """Published once, with one version and nobody's signature twice."""
    row = Proposal.objects.order_by("pk").last()
    head = Metric.objects.get(name="revenue").head
    assert row.state == "published" and head.number == 2 and head.approval == row.approval
    assert DefinitionVersion.objects.filter(approval=row.approval).count() == 1
    kept = list(SignOff.objects.values_list("revision_id", "department_id", "person_id"))
    assert len(kept) == len(set(kept))


if __name__ == "__main__":
    for part in sys.argv[1:]:
        globals()[part]()
