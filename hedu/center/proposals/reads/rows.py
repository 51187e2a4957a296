"""Tables of proposals -> the rows an actor may see, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import Approval, ChangeSet, change_set_of
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit, User
from hedu.center.kernel.reading import whole
from hedu.center.kernel.reads import audit_visible_to
from hedu.center.people.reads import access_of, actor_of
from hedu.center.proposals import rules
from hedu.center.proposals.models import Affected, Extension, Proposal, Revision, SignOff
from hedu.center.proposals.reads.matter import datasets_of, impact_on
from hedu.center.proposals.reads.people import asked_people, committee, may_sign_for, speaks_for
from hedu.center.proposals.reads.sight import shown_despite, unseen_by
from hedu.center.proposals.rules import Concern, Signature


def visible_to(actor: Actor) -> QuerySet[Proposal]:
    """Proposals are no secret to colleagues, except those that show the text of a dataset hidden from the actor, or
    a policy about it that is not theirs to sign."""
    if actor.is_anonymous:
        return Proposal.objects.none()
    rows = Proposal.objects.select_related("requester", "department", "published", "replaces")
    hidden = access_of(actor).hidden
    if not hidden:
        return rows
    shown = ~reduce(or_, (Q(datasets__contains=f"|{name}|") for name in hidden))
    return rows.filter(shown | shown_despite(actor))


def extensions_visible_to(actor: Actor) -> QuerySet[Extension]:
    """Requests for more time on what the actor may see."""
    return Extension.objects.select_related("proposal", "asked_by").filter(proposal__in=visible_to(actor))


def latest(row: Proposal) -> Revision:
    """The revision that is up for signature."""
    return row.revisions.get(number=row.revision_number)


def change_of(revision: Revision) -> ChangeSet:
    """What a revision of definitions would publish."""
    return change_set_of(revision.content)


def affected_of(revision: Revision) -> list[Affected]:
    """Whom the revision concerns, those who must sign first."""
    return list(revision.affected.select_related("department"))


def signatures_of(revision: Revision) -> list[Signature]:
    """The decisions that stand on a revision, in the order they were given. A wish for changes ends with the office
    of whoever had it."""
    rows = revision.signoffs.order_by("at", "pk").values_list("department_id", "person_id", "decision")
    return _standing([Signature(*row) for row in rows], revision.proposal.level)


def _standing(said: list[Signature], level: int) -> list[Signature]:
    wishing = {one.person for one in said if one.decision == "request_changes"}
    actors = (
        {user.pk: actor_of(user) for user in User.objects.filter(pk__in=wishing, is_active=True)} if wishing else {}
    )
    return [
        one
        for one in said
        if one.decision != "request_changes"
        or (one.person in actors and speaks_for(actors[one.person], one.department, level))
    ]


def required_of(revision: Revision) -> list[int | None]:
    """The departments without which it is not published."""
    return list(revision.affected.filter(part=Affected.Part.MUST_SIGN).values_list("department_id", flat=True))


def makers_of(revision: Revision) -> frozenset[int | None]:
    """Whoever proposed it and whoever worded any of its revisions: a merge by the system keeps their words, so their
    yes alone never carries it."""
    authors = revision.proposal.revisions.values_list("author_id", flat=True)
    return frozenset({revision.proposal.requester_id, *authors})


def newly_required(row: Proposal) -> list[Concern]:
    """Departments that must sign the latest revision by now and need not when it was written: what others have
    published or built since lets it concern them."""
    revision = latest(row)
    author = actor_of(revision.author) if revision.author else SYSTEM
    known = set(required_of(revision))
    concerns = impact_on(author, row.kind, revision.content).concerns
    return [item for item in concerns if item.part == "must_sign" and item.department not in known]


def waiting_departments(row: Proposal) -> list[int | None]:
    """The departments whose yes is still missing."""
    revision = latest(row)
    said, makers = signatures_of(revision), makers_of(revision)
    given = rules.approved_by(said, makers)
    required = required_of(revision)
    missing = [place for place in required if place not in given]
    carried = rules.is_carried(required, said, makers)
    return missing if missing or carried else required


def unseen(row: Proposal) -> Mapping[int | None, tuple[str, ...]]:
    """The departments that keep it waiting because nobody who may sign for them sees its datasets; and which."""
    if row.state != Proposal.State.OPEN:
        return {}
    datasets = datasets_of(row.kind, latest(row).content)
    return unseen_by(row.kind, datasets, waiting_departments(row), row.level)


def signable(actor: Actor, row: Proposal, parts: tuple[str, ...] = ("must_sign",)) -> list[int | None]:
    """The departments for which the actor may speak on the proposal."""
    if row.revision_number == 0:
        return []
    places = latest(row).affected.filter(part__in=parts).values_list("department_id", flat=True)
    return [place for place in places if may_sign_for(actor, place, row.level)]


def waits_for(actor: Actor) -> list[Proposal]:
    """Open proposals that miss the yes of a department the actor may sign for, in few questions however many."""
    rows = {row.pk: row for row in visible_to(actor).filter(state=Proposal.State.OPEN)}
    at_last = Q(revision__proposal__in=rows, revision__number=F("revision__proposal__revision_number"))
    required: dict[int, set[int | None]] = {}
    must = Affected.objects.filter(at_last, part=Affected.Part.MUST_SIGN)
    for pk, place in must.values_list("revision__proposal_id", "department_id"):
        required.setdefault(pk, set()).add(place)
    said: dict[int, list[Signature]] = {}
    for pk, *told in (
        SignOff.objects.filter(at_last)
        .order_by("at", "pk")
        .values_list("revision__proposal_id", "department_id", "person_id", "decision")
    ):
        said.setdefault(pk, []).append(Signature(*told))
    made_by: dict[int, set[int | None]] = {pk: {row.requester_id} for pk, row in rows.items()}
    for pk, author in Revision.objects.filter(proposal__in=rows).values_list("proposal_id", "author_id"):
        made_by[pk].add(author)
    speaks: dict[tuple[int | None, int], bool] = {}
    found = []
    for pk, row in rows.items():
        decisions, needed = _standing(said.get(pk, []), row.level), required.get(pk, set())
        mine = {one.department for one in decisions if one.person == actor.user_id and one.decision != "advice"}
        makers = made_by[pk]
        missing = needed - rules.approved_by(decisions, makers)
        for place in (missing or (set() if rules.is_carried(needed, decisions, makers) else needed)) - mine:
            if (place, row.level) not in speaks:
                speaks[place, row.level] = may_sign_for(actor, place, row.level)
            if speaks[place, row.level]:
                found.append(row)
                break
    return found


def everybody_asked(row: Proposal) -> list[User]:
    """Those who may sign for any department that must."""
    return asked_people(required_of(latest(row)), row.level)


def followers_of(row: Proposal) -> tuple[int, ...]:
    """Whoever proposed it and whoever has decided on it."""
    decided = SignOff.objects.filter(revision__proposal=row).values_list("person_id", flat=True)
    return tuple(dict.fromkeys(filter(None, (row.requester_id, *decided))))


def deciders_of(wish: Extension) -> list[User]:
    """Who may grant more time: whoever proposed it, those who sign and the committee; never whoever asks for it."""
    row = wish.proposal
    people = [*everybody_asked(row), *committee(), *([row.requester] if row.requester else [])]
    return [user for user in {user.pk: user for user in people}.values() if user.pk != wish.asked_by_id]


def field_paths(row: Proposal) -> list[str]:
    """Every field the proposal changes: "definition/path"."""
    if row.kind != Proposal.Kind.DEFINITIONS:
        return [f"{name}/" for name in row.names.strip("|").split("|")]
    told = catalog.changes_of(change_of(latest(row)))
    return [f"{item.name}/{field.path}" for item, fields in told.items() for field in fields]


def touching(entries: Iterable[str]) -> list[int]:
    """Live proposals about any of these entries (by their ids), or about new ones (by their names)."""
    rows = Proposal.objects.filter(state__in=rules.LIVE, kind=Proposal.Kind.DEFINITIONS)
    wanted = [entry for entry in entries if entry]
    about = reduce(or_, (Q(names__contains=f"|{entry}|") for entry in wanted), Q(pk__in=()))
    return list(rows.filter(about).values_list("pk", flat=True))


def timeline_of(row: Proposal) -> list[Audit]:
    """What happened to the proposal; its record is open to everybody who may see it."""
    return list(audit_visible_to(SYSTEM, kind="proposal", object_id=str(row.pk), outcome="done").order_by("id")[:300])


def due_now(row: Proposal) -> bool:
    """Whether what was approved may be published today."""
    day = change_of(latest(row)).valid_from if row.kind == Proposal.Kind.DEFINITIONS else None
    return day is None or day <= timezone.localdate()


def approval_of(name: str) -> Approval | None:
    """The approval that "proposals/12" stands for: it holds while the proposal is approved and not yet published."""
    place, _, number = name.partition("/")
    if place != "proposals":
        return None
    row = Proposal.objects.filter(pk=whole(number), state=Proposal.State.APPROVED).first()
    if row is None or row.kind != Proposal.Kind.DEFINITIONS:
        return None
    return Approval(change_of(latest(row)).digest, row.requester_id, row.reason[:400])
