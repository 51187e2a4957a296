"""A case's definitions, and where its proposals stand."""

from __future__ import annotations

from collections.abc import Mapping

from hedu.center.catalog.reads import workspace
from hedu.center.conflicts.models import Case
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import reads as proposals
from hedu.center.proposals.models import Proposal
from hedu.define.definitions import MetricDef
from hedu.model.types import Model

PUBLISHED_STATES = frozenset({"published"})


def definitions_of(case: Case) -> tuple[MetricDef, ...]:
    """The present definitions of the case's metrics, in its order."""
    served = workspace().model.metrics
    return tuple(served[name].definition for name in case.names if name in served)


def unanswering(case: Case, model: Model) -> list[str]:
    """The metrics of the case that do not answer at present, though nobody has taken them out of use."""
    retired = {row.name for row in case.metrics.all() if row.is_retired}
    return [name for name in case.names if name not in model.metrics and name not in retired]


def proposal_states(case: Case) -> Mapping[int, str]:
    """The state of each proposal that the case's decision opened."""
    return dict(Proposal.objects.filter(pk__in=case.proposals).values_list("pk", "state"))


def proposals_of(actor: Actor, case: Case) -> list[Proposal]:
    """The proposals that the case's decisions opened, as far as the actor may see them; latest first."""
    return list(proposals.visible_to(actor).filter(origin_kind="case", origin_id=str(case.pk)))


def ready_to_verify(actor: Actor) -> list[int]:
    """Applied cases all of whose proposals are published."""
    rows = Case.objects.filter(state="applied", check_state="") if not actor.is_anonymous else Case.objects.none()
    return [
        row.pk
        for row in rows
        if row.proposals and all(state in PUBLISHED_STATES for state in proposal_states(row).values())
    ]
