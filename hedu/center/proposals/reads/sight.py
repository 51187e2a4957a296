"""Hidden data -> who may see a proposal about it, and which departments must sign and have nobody who may.

A proposal that shows the text of a dataset is shown to nobody from whom the dataset is hidden. Policies are otherwise:
the owners of the data sign for them, so these see what the policy says even where they do not see the data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db.models import F, Q, QuerySet

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import User
from hedu.center.people import rules as people_rules
from hedu.center.people.models import Department
from hedu.center.people.reads import actor_of, grants
from hedu.center.proposals import rules
from hedu.center.proposals.models import Affected, Proposal
from hedu.center.proposals.reads.people import ANY_SIGNING, committee, signers
from hedu.errors import Conflict


def shown_despite(actor: Actor) -> Q:
    """Policies that the actor may see whatever is hidden from them: administrators', and those they sign for."""
    if actor.is_admin:
        return Q(kind=Proposal.Kind.POLICY)
    held = [place for place, roles in actor.roles.items() if roles & ANY_SIGNING]
    signs = Q(department__in=held)
    if actor.user_id in {user.pk for user in committee()}:
        signs |= Q(department=None) | Q(revision__proposal__level__gte=rules.COMMITTEE)
    at_last = Q(revision__number=F("revision__proposal__revision_number"), part=Affected.Part.MUST_SIGN)
    mine: QuerySet[Affected] = Affected.objects.filter(signs, at_last)
    return Q(kind=Proposal.Kind.POLICY, pk__in=mine.values("revision__proposal"))


def unseen_by(
    kind: str, datasets: Collection[str], departments: Iterable[int | None], level: int = rules.LIAISONS
) -> Mapping[int | None, tuple[str, ...]]:
    """Department -> the datasets that keep the proposal from everybody who may sign for it."""
    if kind != Proposal.Kind.DEFINITIONS or not datasets:
        return {}
    closed = grants()
    if not {grant.dataset for grant in closed if grant.effect == "dataset"} & set(datasets):
        return {}
    found = {}
    for place in departments:
        kept = [_hidden(closed, user) & set(datasets) for user in signers(place, level)]
        if kept and all(kept):
            found[place] = tuple(sorted(set().union(*kept)))
    return found


def require_seen(kind: str, datasets: Collection[str], required: Iterable[int | None]) -> None:
    """Nobody is bound by what they cannot look at: each department that must sign has somebody who sees it all."""
    found = unseen_by(kind, datasets, required)
    if found:
        codes = dict(Department.objects.values_list("pk", "code"))
        names = sorted({name for hidden in found.values() for name in hidden})
        places = [codes.get(place or 0, "–") for place in found]
        raise Conflict("signers-see-nothing", departments=places, datasets=names)


def _hidden(closed: list[people_rules.Grant], user: User) -> set[str]:
    actor = actor_of(user)
    return set(people_rules.access(closed, actor.user_id, actor.roles, actor.username).hidden)
