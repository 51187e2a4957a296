"""Targets in force -> the periods they are for, and the one that is looked at."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from hedu.alignment.goals.periods import last_whole_month, span_of
from hedu.center.goals.models import Target


def cycles(rows: QuerySet[Target]) -> list[str]:
    """Every period that has targets, the latest first; a year before its parts."""
    found = set(rows.order_by().values_list("period", flat=True).distinct())
    return sorted(found, key=lambda period: (span_key(period), -len(period)), reverse=True)


def span_key(period: str) -> date:
    span = span_of(period)
    return span.since if span else date.min


def chosen_cycle(known: list[str], asked: str, today: date | None = None) -> str:
    """The period asked for, else the latest year that has begun, else the latest period that has, else the first."""
    if asked in known:
        return asked
    last = last_whole_month(today or timezone.localdate())
    begun = [period for period in known if span_key(period) <= last]
    years = [period for period in begun if len(period) == 4]
    return (years or begun or known[::-1] or [""])[0]
