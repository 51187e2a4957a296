"""A case's proposals -> where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from hedu.center.conflicts.models import Case

PUBLISHED_STATES = frozenset({"published"})


def proposal_states(case: Case) -> Mapping[int, str]:
    """The state of each proposal that the case's decision opened."""
    if not case.proposals or not apps.is_installed("hedu.center.proposals"):
        return {}
    from hedu.center.proposals.models import Proposal

    return dict(Proposal.objects.filter(pk__in=case.proposals).values_list("pk", "state"))


def proposals_of(case: Case) -> list[Any]:
    """The proposals that the case's decisions opened, latest first."""
    if not apps.is_installed("hedu.center.proposals"):
        return []
    from hedu.center.proposals.models import Proposal

    return list(Proposal.objects.filter(origin_kind="case", origin_id=str(case.pk)))
