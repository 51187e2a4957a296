"""Proposals as things people talk about."""

from __future__ import annotations

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import whole
from hedu.center.kernel.subjects import Subject
from hedu.center.proposals import reads


def proposal_subject(actor: Actor, object_id: str) -> Subject | None:
    """A proposal by its number; whoever proposed it and whoever has decided on it follow what is said."""
    row = reads.visible_to(actor).filter(pk=whole(object_id)).first()
    if row is None:
        return None
    return Subject("proposal", str(row.pk), row.titled(actor.lang), f"/proposals/{row.pk}/", reads.followers_of(row))


SUBJECTS = {"proposal": proposal_subject}
