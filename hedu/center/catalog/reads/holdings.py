"""Datasets of the served catalog: what rests on them, how fresh they are; who asked for a metric lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from hedu.center.catalog import serving
from hedu.center.catalog.models import DatasetEntry, Metric, Popularity
from hedu.center.catalog.reads.asking import Asker
from hedu.center.catalog.reads.entries import visible_to
from hedu.center.kernel.actor import Actor
from hedu.errors import EngineError
from hedu.model.resting import built_on, rests_on

ASKED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that somebody keeps: on which board or view, under which title, where to find it."""

    holder: str
    title: str
    url: str
    question: Mapping[str, Any]


def questions_kept(actor: Actor, kind: str, object_id: str) -> list[Kept]:
    """What an object of the usage register asks, told by the apps above that keep it (the settings name them)."""
    found: list[Kept] = []
    for way in settings.HEDU_QUESTIONS_OF:
        found += import_string(way)(actor, kind, object_id)
    return found


def datasets_matching(rows: QuerySet[DatasetEntry], q: str) -> QuerySet[DatasetEntry]:
    """Datasets whose name or label holds the words."""
    return rows.filter(Q(name__icontains=q) | Q(label_zh__icontains=q) | Q(label_en__icontains=q))


def metric_counts(who: Asker) -> Counter[str]:
    """Dataset -> how many metrics rest on it, directly or not."""
    model = who.workspace.model
    return Counter(dataset for name in model.metrics for dataset in rests_on(model, name))


def metrics_on(actor: Actor, who: Asker, dataset: str) -> list[Metric]:
    """The metrics that rest on a dataset."""
    names = built_on(who.workspace.model, datasets=[dataset])
    return list(visible_to(actor).filter(name__in=names).order_by("name"))


def freshness(who: Asker) -> dict[str, str]:
    """Dataset -> ISO time its table was last loaded, where the warehouse knows."""
    try:
        known = who.workspace.engine.watermarks()
    except EngineError:
        return {}
    datasets = who.workspace.model.datasets.values()
    return {item.name: known[item.source.table] for item in datasets if item.source.table in known}


def asked_by(metric: Metric) -> list[dict[str, Any]]:
    """Departments by how often they asked for the metric in the last ninety days."""
    since = timezone.localdate() - timedelta(days=ASKED_DAYS)
    rows = Popularity.objects.filter(metric=metric, day__gte=since).values("department__name_zh", "department__name_en")
    return list(rows.annotate(times=Sum("count")).order_by("-times"))


def policy_datasets() -> list[tuple[str, str]]:
    """(name, label) of what data policies can speak of."""
    datasets = serving.served().workspace.model.datasets.values()
    lang: Literal["zh", "en"] = "en" if get_language() == "en" else "zh"
    return sorted((item.name, item.label.text(lang, item.name)) for item in datasets)
