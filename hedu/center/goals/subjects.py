"""Goals and targets as others speak of them: discussed, documented, named in news. Their id is their code."""

from __future__ import annotations

from hedu.center.goals import reads
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.subjects import Subject


def goal_subject(actor: Actor, object_id: str) -> Subject | None:
    """A goal in use; its owner follows what is said."""
    row = reads.visible_to(actor).filter(code=object_id).first()
    if row is None:
        return None
    followers = (row.owner_id,) if row.owner_id else ()
    return Subject("goal", row.code, row.label(actor.lang), f"/goals/{row.code}/", followers)


def target_subject(actor: Actor, object_id: str) -> Subject | None:
    """A target, in force or withdrawn."""
    row = reads.targets_visible_to(actor, withdrawn=True).filter(code=object_id).first()
    if row is None:
        return None
    name = f"{row.metric.label(actor.lang)} {row.period}"
    return Subject("target", row.code, name, f"/targets/{row.code}/")


SUBJECTS = {"goal": goal_subject, "target": target_subject}
