"""What asked for a proposal -> its parties sign, too: what was settled between them holds for each."""

from __future__ import annotations

from dataclasses import replace

from hedu.center.proposals import rules
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.reads.affected import Impact
from hedu.center.proposals.reads.people import Places
from hedu.center.proposals.rules import Concern, Reason


def with_parties(impact: Impact, row: Proposal) -> Impact:
    """The impact as computed, and the parties beside it."""
    if not row.parties:
        return impact
    places, why = Places(), Reason(row.origin_kind or "case", (row.origin_id,))
    more = [Concern(places.coded(code), "must_sign", (why,)) for code in row.parties]
    return replace(impact, concerns=rules.together([*impact.concerns, *more]))
