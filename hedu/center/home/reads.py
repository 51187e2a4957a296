"""A person -> their home: metrics with their course, what moved, what they saw last, how fresh the data are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime

from hedu.center.catalog import figures
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import Metric
from hedu.center.catalog.reads import Asker
from hedu.center.catalog.rules import Tone, tone_of
from hedu.center.dashboards import reads as dashboards
from hedu.center.home import pulse as pulses
from hedu.center.home import rules
from hedu.center.home.models import Desk
from hedu.center.home.pulse import Pulse
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import whole
from hedu.define.definitions import MetricDef

CARDS_MOST = 18
CARDS_USUAL = 9
WATCHED_MOST = 150
MOVED_MOST = 6
SCORE_SHOWN_MOST = 50
SCORE_LEAST = 1.0
"""Steps within their usual spread are nothing to tell."""

RECENT_MOST = 8
PERIODS_OF_A_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}


@dataclass(frozen=True, slots=True)
class Change:
    """Against what, how much, and whether that is good news."""

    basis: str
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Card:
    """A metric on home."""

    metric: Metric
    label: str
    value: str
    exact: str
    period: str
    changes: tuple[Change, ...]
    spark: str
    is_starred: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A metric whose last step stands out from its own history."""

    metric: Metric
    label: str
    value: str
    period: str
    change: Change
    score: float
    steps: int
    spark: str
    is_unusual: bool

    @property
    def score_shown(self) -> str:
        """How many times its usual spread; beyond fifty the number says nothing more."""
        size = abs(self.score)
        return f"{size:.1f}" if size < SCORE_SHOWN_MOST else f">{SCORE_SHOWN_MOST}"


@dataclass(frozen=True, slots=True)
class Seen:
    """Something opened lately."""

    kind: str
    name: str
    url: str


def my_metrics(actor: Actor) -> list[Metric]:
    """Favourites first, then what one's departments own, the most asked first; for newcomers what everybody asks."""
    stars = catalog.favourites_of(actor)
    rows = _in_use(actor)
    mine = rows.filter(Q(pk__in=stars) | Q(department_id__in=actor.departments)).order_by("-popularity", "name")
    chosen = sorted(mine[: CARDS_MOST * 4], key=lambda row: row.pk not in stars)
    shown = min(max(len(stars), CARDS_USUAL), CARDS_MOST)
    return chosen[:shown] or list(rows.order_by("-popularity", "name")[:CARDS_USUAL])


def watched(actor: Actor) -> list[Metric]:
    """The metrics whose moves are looked at: the most asked ones."""
    return list(_in_use(actor).order_by("-popularity", "name")[:WATCHED_MOST])


def _in_use(actor: Actor) -> QuerySet[Metric]:
    """What cards need of the metrics in use, without their texts."""
    rows = catalog.visible_to(actor).filter(is_retired=False).select_related(None)
    return rows.only("id", "name", "label_zh", "label_en")


def cards(who: Asker, metrics: Sequence[Metric], lang: figures.Lang) -> list[Card]:
    """Each metric's last full period with its changes and its course."""
    known = pulses.pulses(who, [row.name for row in metrics])
    stars = catalog.favourites_of(who.actor)
    return [_card(who, row, known.get(row.name), row.pk in stars, lang) for row in metrics]


def _card(who: Asker, row: Metric, pulse: Pulse | None, is_starred: bool, lang: figures.Lang) -> Card:
    definition = _definition(who, row.name)
    if pulse is None or pulse.at is None or definition is None:
        return Card(row, row.label(lang), "–", "", "", (), "", is_starred)
    value = pulse.points[pulse.at][1]
    year = PERIODS_OF_A_YEAR.get(pulse.grain, 12)
    bases = (("previous", 1), ("last_year", year)) if year > 1 else (("previous", 1),)
    unit = who.workspace.model.metrics[row.name].unit
    changes = (_change(pulse, definition, unit, basis, periods, lang) for basis, periods in bases)
    return Card(
        metric=row,
        label=row.label(lang),
        value=figures.short(value, unit, lang),
        exact=figures.full(value, unit, lang),
        period=figures.period(pulse.points[pulse.at][0], pulse.grain, lang),
        changes=tuple(change for change in changes if change),
        spark=_spark(pulse),
        is_starred=is_starred,
    )


def _definition(who: Asker, name: str) -> MetricDef | None:
    metric = who.workspace.model.metrics.get(name)
    return metric.definition if metric else None


def _spark(pulse: Pulse) -> str:
    assert pulse.at is not None
    first = max(0, pulse.at + 1 - rules.SPARK_POINTS)
    return rules.spark([value for _, value in pulse.points[first : pulse.at + 1]])


def _change(
    pulse: Pulse, metric: MetricDef, unit: str | None, basis: str, periods: int, lang: figures.Lang
) -> Change | None:
    assert pulse.at is not None
    value = pulse.points[pulse.at][1]
    before = rules.value_before(pulse.points, pulse.at, pulse.grain, periods)
    if value is None or before is None:
        return None
    difference = value - before
    if figures.is_fraction(unit):
        text = figures.points(difference, lang)
    else:
        text = figures.growth(difference / abs(before)) if before else ""
    return Change(basis, text, tone_of(metric.direction, metric.band, value, difference)) if text else None


def moved(who: Asker, metrics: Sequence[Metric], lang: figures.Lang) -> list[Moved]:
    """The metrics whose step into their last full period stands out most from their own history, unusual or not."""
    known = pulses.pulses(who, [row.name for row in metrics])
    found = [_moved(who, row, known[row.name], lang) for row in metrics if row.name in known]
    told = [item for item in found if item is not None]
    return sorted(told, key=lambda item: -abs(item.score))[:MOVED_MOST]


def _moved(who: Asker, row: Metric, pulse: Pulse, lang: figures.Lang) -> Moved | None:
    definition = _definition(who, row.name)
    if pulse.at is None or definition is None:
        return None
    step = pulse.step
    if step is None or abs(step.score) < SCORE_LEAST:
        return None
    unit = who.workspace.model.metrics[row.name].unit
    change = _change(pulse, definition, unit, "previous", 1, lang)
    if change is None:
        return None
    return Moved(
        metric=row,
        label=row.label(lang),
        value=figures.short(step.value, unit, lang),
        period=figures.period(step.at, pulse.grain, lang),
        change=change,
        score=round(step.score, 1),
        steps=step.steps,
        spark=_spark(pulse),
        is_unusual=step.is_unusual,
    )


# --- what was seen lately ----------------------------------------------------------------------------------


def recent(actor: Actor, kept: Sequence[Sequence[str]], lang: str) -> list[Seen]:
    """What the session remembers, as far as it is still there to be seen."""
    wanted = [(item[0], item[1]) for item in kept[:RECENT_MOST] if len(item) == 2]
    names = {
        "metric": _metrics_named(actor, [key for kind, key in wanted if kind == "metric"], lang),
        "dashboard": _boards_named(actor, [key for kind, key in wanted if kind == "dashboard"]),
        "view": _views_named(actor, [key for kind, key in wanted if kind == "view"]),
    }
    places = {"metric": "/metrics/{}/", "dashboard": "/dashboards/{}/", "view": "/explore/?view={}"}
    return [
        Seen(kind, names[kind][key], places[kind].format(key))
        for kind, key in wanted
        if kind in names and key in names[kind]
    ]


def _metrics_named(actor: Actor, keys: Sequence[str], lang: str) -> Mapping[str, str]:
    if not keys:
        return {}
    return {row.name: row.label(lang) for row in catalog.visible_to(actor).filter(name__in=keys)}


def _boards_named(actor: Actor, keys: Sequence[str]) -> Mapping[str, str]:
    wanted = [number for key in keys if (number := whole(key)) is not None]
    return {str(row.pk): row.name for row in dashboards.visible_to(actor).filter(pk__in=wanted)} if wanted else {}


def _views_named(actor: Actor, keys: Sequence[str]) -> Mapping[str, str]:
    wanted = [number for key in keys if (number := whole(key)) is not None]
    rows = dashboards.views_visible_to(actor).filter(pk__in=wanted) if wanted else ()
    return {str(row.pk): row.name for row in rows}


# --- the frame -------------------------------------------------------------------------------------------


def guide_is_shown(actor: Actor) -> bool:
    """Until its reader puts it away."""
    return not Desk.objects.filter(user_id=actor.user_id, guide_hidden_at__isnull=False).exists()


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh the data are: up to which day, when they were last loaded, which version."""

    until: date | None
    loaded: str
    snapshot: str
    tables: int


def freshness(who: Asker) -> Freshness:
    """Of all tables together; the latest load counts."""
    marks = who.workspace.engine.watermarks()
    latest = max(marks.values(), default="")
    loaded = date_format(localtime(datetime.fromisoformat(latest)), "Y-m-d H:i") if latest else ""
    snapshot = who.workspace.engine.snapshot() or ""
    return Freshness(pulses.data_until(who), loaded, snapshot[:12], len(marks))


def guide_of(actor: Actor) -> dict[str, Any]:
    """What the guide tells of: how many metrics there are, and to who may begin, where the site's data live."""
    metrics = catalog.visible_to(actor).filter(is_retired=False).count()
    return {"metrics": metrics, "home": settings.HEDU_HOME if actor.is_admin and not metrics else None}
