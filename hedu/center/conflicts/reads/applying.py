"""A case's definitions, and where its proposals stand."""

from __future__ import annotations

from collections.abc import Mapping

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.reads import workspace
from hedu.center.catalog.serving import file_of
from hedu.center.conflicts.models import Case
from hedu.center.conflicts.preparing import texts_for
from hedu.center.kernel.actor import Actor
from hedu.center.proposals import reads as proposals
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.rules import LIVE
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
    """The state of each proposal that the case's decision opened, or of the one that took its place."""
    rows = Proposal.objects.filter(pk__in=case.proposals)
    return {row.pk: row.state for row in map(_last, rows)}


def _last(row: Proposal) -> Proposal:
    """The proposal that stands for this one: nobody can supersede what has ended, so the way has an end."""
    while row.state == Proposal.State.SUPERSEDED and (other := row.replaced_by.order_by("pk").last()) is not None:
        row = other
    return row


def texts_of(case: Case) -> dict[str, str]:
    """The texts that carry out the case's decision, by file."""
    texts = texts_for(case.decision, definitions_of(case), case.details.get("names", {}))
    return {file_of("metric", name): text for name, text in texts.items()}


def is_in_force(case: Case) -> bool:
    """Whether definitions say what the decision wants of them, whoever saw to it."""
    texts = texts_of(case)
    return bool(texts) and not any(catalog.changes_of(catalog.texts_wanted(texts)).values())


def is_carried_out(case: Case) -> bool:
    """Whether what was decided is published: by the case's own proposals, or otherwise with none of them under way."""
    states = set(proposal_states(case).values())
    if states and states <= PUBLISHED_STATES:
        return True
    return not states & LIVE and is_in_force(case)


def proposals_of(actor: Actor, case: Case) -> list[Proposal]:
    """The proposals that the case's decisions opened, as far as the actor may see them; latest first."""
    return list(proposals.visible_to(actor).filter(origin_kind="case", origin_id=str(case.pk)))


def ready_to_verify(actor: Actor) -> list[int]:
    """Applied cases whose decision is in force."""
    rows = Case.objects.filter(state="applied", check_state="") if not actor.is_anonymous else Case.objects.none()
    return [row.pk for row in rows if is_carried_out(row)]
