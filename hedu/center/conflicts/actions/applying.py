"""A decision -> proposals with the texts that carry it out; those affected then sign or not."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import override

from hedu.center.conflicts import reads, rules
from hedu.center.conflicts.actions.steps import everybody, for_change, may, move, require, settled, tell, told
from hedu.center.conflicts.models import Case
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.job import enqueue
from hedu.center.proposals import actions as proposals
from hedu.errors import Conflict


@action(may=may("apply"), doors={"page", "rest", "cli"}, event="conflicts.applied")
def apply(actor: Actor, case: int) -> Case:
    """Open the change proposal that the decision calls for. The case is verified once it is published; at once where
    definitions say already what was decided."""
    row = for_change(actor, case)
    require(row, "apply")
    if row.decision not in rules.CHANGING:
        raise Conflict("case-nothing-to-propose", number=row.number, decision=row.get_decision_display())
    texts = reads.texts_of(row)
    if not texts:
        raise Conflict("case-nothing-to-propose", number=row.number, decision=row.get_decision_display())
    if reads.is_in_force(row):
        return _in_force(actor, row)
    made = proposals.open_proposal(
        actor,
        texts=texts,
        title=_title(row, "zh-hans"),
        title_en=_title(row, "en"),
        reason=row.reason,
        origin_kind="case",
        origin_id=str(row.pk),
        parties=[department.code for department in row.departments.all()],
    )
    before = {**move(row, "apply"), "proposals": row.proposals}
    row.proposals = [*row.proposals, made.pk]
    row.changed_at = timezone.now()
    row.save()
    told(row, before, proposals=row.proposals)
    settled(row, actor, "applied")
    tell(row, "applied", everybody(row), actor)
    return row


def _title(row: Case, language: str) -> str:
    with override(language):
        return f"{row.number} {row.get_decision_display()}"


def _in_force(actor: Actor, row: Case) -> Case:
    """Nothing is left to propose: the detector looks at once, or whoever raised it says so."""
    before = move(row, "apply")
    row.check_state = "" if row.is_by_hand else "waiting"
    row.save()
    told(row, before, news="in_force")
    settled(row, actor, "applied")
    if not row.is_by_hand:
        enqueue("conflicts.check", {"case": row.pk}, key=f"conflicts.check:{row.pk}")
    return row
