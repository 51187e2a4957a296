"""Whatever people do in whatever order: published only with every required department, never by one person alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hedu.center.catalog import actions as catalog
from hedu.center.catalog import serving
from hedu.center.catalog.models import DefinitionVersion, Metric
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.models import Audit, User
from hedu.center.kernel.passage import by_program, through
from hedu.center.people.models import Department, Membership
from hedu.center.people.reads import actor_of
from hedu.center.proposals import actions, reads, rules
from hedu.center.proposals.models import Affected, Proposal, SignOff
from hedu.errors import HeduError
from tests.center.catalog.world import REVENUE, TEXTS

POSTS = (
    ("sally", "sales", "owner"),
    ("lian", "sales", "liaison"),
    ("dan", "sales", "deputy"),
    ("finn", "finance", "owner"),
    ("flora", "finance", "liaison"),
    ("mei", "marketing", "liaison"),
    ("boss", "company", "manager"),
)
PEOPLE = tuple(name for name, _, _ in POSTS)
REACHED: set[str] = set()
"""States that proposals came to in any run: laws nobody comes near hold of themselves."""
STATUSES = ("open", "void", "late", "paid")
LABELS = ("销售额", "净销售额", "营业额")


def text(status: str, label: str) -> str:
    return REVENUE.replace("'paid'\"", f"'{status}'\"").replace("zh: 销售额", f"zh: {label}")


class Signing(RuleBasedStateMachine):
    """Drives the real actions on a real database; each run is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self._world = transaction.atomic()
        self._world.__enter__()
        self.seen: dict[int, list[str]] = {}
        self.refused_before = 0

    @initialize()
    def company(self) -> None:
        top = Department.objects.create(code="company", name_zh="公司")
        for code in ("sales", "finance", "marketing"):
            Department.objects.create(code=code, name_zh=code, parent=top)
        for name, place, role in POSTS:
            user = User.objects.create_user(name, name=name)
            Membership.objects.create(user=user, department=Department.objects.get(code=place), role=role)
        catalog.apply_texts(SYSTEM, TEXTS)

    def did(self, call: Any) -> Any:
        """The result, or None where it was refused: then nothing at all is recorded but the refusal."""
        counts = self.counts()
        try:
            with transaction.atomic():
                row = call()
        except HeduError:
            assert self.counts() == counts
            return None
        if isinstance(row, Proposal):
            self.seen.setdefault(row.pk, []).append(reads.latest(Proposal.objects.get(pk=row.pk)).digest)
        return row

    def counts(self) -> tuple[int, ...]:
        done = Audit.objects.filter(outcome="done").count()
        return SignOff.objects.count(), DefinitionVersion.objects.count(), Proposal.objects.count(), done

    def one(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.seen)), label="proposal")

    @rule(who=st.sampled_from(PEOPLE), status=st.sampled_from(STATUSES), label=st.sampled_from(LABELS))
    def open(self, who: str, status: str, label: str) -> None:
        actor = actor_of(User.objects.get(username=who))
        self.did(lambda: actions.open_proposal(actor, texts={"a.yml": text(status, label)}, reason="试"))

    @precondition(lambda self: self.seen)
    @rule(
        data=st.data(), who=st.sampled_from(PEOPLE), verb=st.sampled_from(("sign", "sign", "sign", "veto", "changes"))
    )
    def decide(self, data: st.DataObject, who: str, verb: str) -> None:
        pk = self.one(data)
        digest = data.draw(st.sampled_from(self.seen[pk]), label="digest seen")
        actor = actor_of(User.objects.get(username=who))
        deeds = {
            "sign": lambda: actions.sign(actor, pk, digest=digest),
            "veto": lambda: actions.veto(actor, pk, digest=digest, reason="不行"),
            "changes": lambda: actions.request_changes(actor, pk, digest=digest, reason="改"),
        }
        before = reads.latest(Proposal.objects.get(pk=pk)).digest
        row = self.did(deeds[verb])
        if row is not None and row.state != "published":
            assert digest == before or SignOff.objects.filter(person__username=who, digest=digest).exists()

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def those_asked_sign(self, data: st.DataObject) -> None:
        """Whoever still has to, one after the other, what is up for signature now."""
        pk = self.one(data)
        row = Proposal.objects.get(pk=pk)
        for user in reads.asked_people(reads.waiting_departments(row), row.level):
            digest = reads.latest(row).digest
            self.did(lambda user=user, digest=digest: actions.sign(actor_of(user), pk, digest=digest))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def by_token(self, data: st.DataObject, who: str) -> None:
        pk = self.one(data)
        actor, digest = actor_of(User.objects.get(username=who)), self.seen[pk][-1]
        with through("rest"):
            by_program()
            assert self.did(lambda: actions.sign(actor, pk, digest=digest)) is None

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), status=st.sampled_from(STATUSES))
    def revise(self, data: st.DataObject, status: str) -> None:
        pk = self.one(data)
        row = Proposal.objects.get(pk=pk)
        if row.requester is not None:
            actor = actor_of(row.requester)
            self.did(lambda: actions.revise(actor, pk, texts={"a.yml": text(status, "修订")}))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def withdraw(self, data: st.DataObject, who: str) -> None:
        pk = self.one(data)
        self.did(lambda: actions.withdraw(actor_of(User.objects.get(username=who)), pk))

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def time_passes(self, data: st.DataObject) -> None:
        self.did(lambda: actions.escalate(SYSTEM, self.one(data)))

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def base_moves(self, data: st.DataObject) -> None:
        self.did(lambda: actions.rebase(SYSTEM, self.one(data)))

    @invariant()
    def states_are_known(self) -> None:
        assert set(Proposal.objects.values_list("state", flat=True)) <= set(rules.STEPS)

    @invariant()
    def nothing_is_published_without_those_it_affects(self) -> None:
        versions = DefinitionVersion.objects.filter(number__gt=1)
        published = Proposal.objects.filter(state="published")
        assert {version.approval for version in versions} == {row.approval for row in published}
        REACHED.update(Proposal.objects.values_list("state", flat=True))
        for row in published:
            revision = reads.latest(row)
            signed = reads.signatures_of(revision)
            required = set(
                revision.affected.filter(part=Affected.Part.MUST_SIGN).values_list("department_id", flat=True)
            )
            assert required <= rules.approved_by(signed, reads.makers_of(revision))
            others = {item.person for item in signed if item.decision == "approve"} - reads.makers_of(revision)
            if required:
                assert others
            else:
                assert row.risk == "safe"
            assert all(item.digest == revision.digest for item in revision.signoffs.all())

    @invariant()
    def every_decision_is_on_record(self) -> None:
        for signed in SignOff.objects.select_related("person"):
            assert Audit.objects.filter(kind="proposal", user_id=signed.person_id, outcome="done").exists()
        if Metric.objects.filter(name="revenue").exists():
            head = Metric.objects.get(name="revenue").head
            assert head.number == 1 or head.approval

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._world.__exit__(None, None, None)
        serving.forget()


@pytest.mark.django_db
def test_signing_obeys_its_laws(settings: Any) -> None:
    settings.HEDU_ENGINE = "duckdb://"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    assert connection.in_atomic_block
    run_state_machine_as_test(Signing, settings=LENGTH)
    assert {"open", "published"} <= REACHED


LENGTH = settings(
    max_examples=15,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
