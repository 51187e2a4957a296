"""Inside a deed: tell those whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hedu.center.catalog import rules
from hedu.center.catalog.models import DefinitionVersion, Metric, ReportedPeriod
from hedu.center.catalog.subjects import metric_subject
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.topics import notify
from hedu.center.people.reads import holders, people_visible_to


def tell_published(actor: Actor, version: DefinitionVersion) -> None:
    """Owners, liaisons and those who starred the metric hear of a version that changed its meaning."""
    row = Metric.objects.filter(pk=version.entry_id).first()
    if row is not None:
        _tell_followers(actor, row, "catalog.published", number=version.number, note=version.note or "–")


def tell_retired(actor: Actor, row: Metric, note: str) -> None:
    """The same people hear that a metric is no longer in use."""
    _tell_followers(actor, row, "catalog.retired", note=note or "–")


def tell_submitted(actor: Actor, row: ReportedPeriod, grain: str) -> None:
    """Those who may review a period hear that it waits."""
    department = row.metric.department_id
    people = holders(department, *sorted(rules.CERTIFYING_ROLES)) if department else []
    _tell_of_period(actor, row, grain, "catalog.period_submitted", people)


def tell_returned(actor: Actor, row: ReportedPeriod, grain: str, note: str) -> None:
    """Whoever submitted a period hears why it came back."""
    people = people_visible_to(SYSTEM).filter(pk=row.submitted_by_id)
    _tell_of_period(actor, row, grain, "catalog.period_returned", people, note=note or "–")


def _tell_followers(actor: Actor, row: Metric, topic: str, **facts: Any) -> None:
    subject = metric_subject(SYSTEM, row.pk)
    if subject is not None:
        people = people_visible_to(SYSTEM).filter(pk__in=subject.followers)
        notify(topic, people, replace(subject, url=f"/metrics/{row.name}/?tab=definition"), actor, **facts)


def _tell_of_period(actor: Actor, row: ReportedPeriod, grain: str, topic: str, people: Any, **facts: Any) -> None:
    subject = metric_subject(SYSTEM, row.metric_id)
    if subject is not None:
        period = rules.period_name(grain, row.period)
        place = replace(subject, url=f"/reported/{row.metric.name}/?period={period}")
        notify(topic, people, place, actor, period=period, **facts)
