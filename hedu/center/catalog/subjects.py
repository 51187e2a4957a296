"""Metrics, datasets and drafts as things people talk about."""

from __future__ import annotations

from hedu.center.catalog import reads
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.subjects import Subject


def metric_subject(actor: Actor, object_id: str) -> Subject | None:
    """A metric by its id; its owners and liaisons, and those who starred it, follow what is said."""
    row = reads.visible_to(actor).filter(pk=object_id).first()
    if row is None:
        return None
    people = reads.spokespeople(row.department_id)
    speaking = [user.pk for role in ("owner", "liaison") for user in people[role]]
    fans = row.stars.values_list("user_id", flat=True)[:200]
    followers = tuple(dict.fromkeys([*speaking, *fans]))
    return Subject("metric", row.pk, row.label(actor.lang), f"/metrics/{row.name}/?tab=talk", followers)


def dataset_subject(actor: Actor, object_id: str) -> Subject | None:
    """A dataset by its id."""
    row = reads.datasets_visible_to(actor).filter(pk=object_id).first()
    if row is None:
        return None
    people = reads.spokespeople(row.department_id)
    followers = tuple(user.pk for role in ("owner", "liaison") for user in people[role])
    return Subject("dataset", row.pk, row.label(actor.lang), f"/datasets/{row.name}/", followers)


SUBJECTS = {"metric": metric_subject, "dataset": dataset_subject}
