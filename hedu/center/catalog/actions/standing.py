"""What people say of a metric: certified, reviewed, starred."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from hedu.center.catalog import reads, rules, serving
from hedu.center.catalog.meaning import standing_digest
from hedu.center.catalog.models import Favourite, Metric
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.errors import Conflict


def may_vouch(actor: Actor, metric: str, **_: Any) -> bool:
    """Owner, liaison, deputy or manager of the owning department."""
    return reads.may_vouch_for(actor, reads.metric_named(actor, metric).department_id)


def signed_in(actor: Actor, **_: Any) -> bool:
    return actor.user_id is not None


@action(may=may_vouch, doors={"page", "rest"}, event="catalog.certified")
def certify(actor: Actor, metric: str, *, note: str = "") -> Metric:
    """Vouch for what the metric means now. The certificate ends by itself when that changes."""
    row = reads.metric_named(actor, metric)
    if row.is_retired:
        raise Conflict("already-retired", name=row.name)
    before = row.is_certified
    row.certified_digest = standing_digest(serving.served().workspace, row.name)
    row.certified_at = row.changed_at = timezone.now()
    row.certified_by_id = actor.user_id
    row.save(update_fields=["certified_digest", "certified_at", "certified_by", "changed_at"])
    record("metric", row.pk, row.name, before={"certified": before}, after={"certified": True}, note=note)
    return row


@action(may=may_vouch, doors={"page", "rest"}, event="catalog.uncertified")
def uncertify(actor: Actor, metric: str, *, note: str = "") -> Metric:
    """Take the certificate back."""
    row = reads.metric_named(actor, metric)
    before = row.is_certified
    row.certified_digest, row.certified_at, row.certified_by = "", None, None
    row.changed_at = timezone.now()
    row.save(update_fields=["certified_digest", "certified_at", "certified_by", "changed_at"])
    record("metric", row.pk, row.name, before={"certified": before}, after={"certified": False}, note=note)
    return row


@action(may=may_vouch, doors={"page", "rest"}, event="catalog.reviewed")
def review_done(actor: Actor, metric: str, *, note: str = "") -> Metric:
    """The definition was looked at and still holds; the next review is due one cadence from today."""
    row = reads.metric_named(actor, metric)
    before = {"reviewed_on": row.reviewed_on, "review_due": row.review_due}
    row.reviewed_on = timezone.localdate()
    row.review_due = rules.next_review(row.reviewed_on, row.review)
    row.save(update_fields=["reviewed_on", "review_due"])
    after = {"reviewed_on": row.reviewed_on, "review_due": row.review_due}
    record("metric", row.pk, row.name, before=before, after=after, note=note)
    return row


@action(may=signed_in, doors={"page", "rest"})
def favourite(actor: Actor, metric: str, *, on: bool = True) -> Metric:
    """Star a metric, or take the star away. Doing so twice changes nothing."""
    row = reads.metric_named(actor, metric)
    mine = Favourite.objects.filter(user_id=actor.user_id, metric=row)
    if on:
        _, changed = Favourite.objects.get_or_create(user_id=actor.user_id, metric=row)
    else:
        changed = bool(mine.delete()[0])
    if changed:
        Metric.objects.filter(pk=row.pk).update(favourites=F("favourites") + (1 if on else -1))
        row.refresh_from_db(fields=["favourites"])
    record("metric", row.pk, row.name, after={"starred": on})
    return row
