"""Cases as things people talk about."""

from __future__ import annotations

from hedu.center.conflicts import reads
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import whole
from hedu.center.kernel.subjects import Subject


def case_subject(actor: Actor, object_id: str) -> Subject | None:
    """A case by its id; the parties' liaisons, its mediator and whoever raised it follow what is said."""
    row = reads.visible_to(actor).filter(pk=whole(object_id)).first()
    if row is None:
        return None
    followers = [user.pk for user in reads.speakers_of(row)]
    followers += [pk for pk in (row.mediator_id, row.raised_by_id) if pk is not None]
    name = f"{row.number} {reads.words_told(actor, [row], actor.lang)[row.pk]}"
    return Subject("case", str(row.pk), name, f"/conflicts/{row.pk}/", tuple(dict.fromkeys(followers)))


SUBJECTS = {"case": case_subject}
