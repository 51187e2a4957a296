"""Who uses which metric, told by the apps above, and how often metrics are asked. Bookkeeping: no audit rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from hedu.center.catalog import counting
from hedu.center.catalog.models import Metric, Popularity, Usage

log = structlog.get_logger("hedu.catalog")


def register_uses(
    kind: str,
    object_id: object,
    metrics: Iterable[str],
    *,
    department: int | None = None,
    title: str = "",
    title_en: str = "",
    url: str = "",
) -> None:
    """`kind` `object_id` uses exactly these metrics (names) from now on; call it inside the deed that made it so.

    No metrics takes the object out of the register.
    """
    wanted = set(Metric.objects.filter(name__in=set(metrics)).values_list("pk", flat=True))
    mine = Usage.objects.filter(kind=kind, object=str(object_id))
    mine.exclude(metric_id__in=wanted, department_id=department).delete()
    told = {"title": title[:200], "title_en": title_en[:200], "url": url[:300], "last_used": timezone.now()}
    mine.update(**told)
    known = set(mine.values_list("metric_id", flat=True))
    Usage.objects.bulk_create(
        Usage(kind=kind, object=str(object_id), metric_id=pk, department_id=department, **told)
        for pk in sorted(wanted - known)
    )


@dataclass(frozen=True, slots=True)
class Use:
    """What an object uses from now on: metrics by name, for whom, and how the register shows it."""

    metrics: tuple[str, ...]
    department: int | None = None
    title: str = ""
    title_en: str = ""
    url: str = ""


def register_many(kind: str, uses: Mapping[str, Use]) -> None:
    """`register_uses` for many objects (by id) of one kind in few queries; counts of what stays are kept."""
    names = {name for use in uses.values() for name in use.metrics}
    ids = dict(Metric.objects.filter(name__in=names).values_list("name", "pk"))
    wanted = {(key, ids[name]): use for key, use in uses.items() for name in use.metrics if name in ids}
    now, gone, kept = timezone.now(), [], []
    for row in Usage.objects.filter(kind=kind, object__in=list(uses)):
        use = wanted.get((row.object, row.metric_id))
        if use is None or use.department != row.department_id:
            gone.append(row.pk)
            continue
        row.title, row.title_en = use.title[:200], use.title_en[:200]
        row.url, row.last_used = use.url[:300], now
        kept.append(row)
        del wanted[row.object, row.metric_id]
    Usage.objects.filter(pk__in=gone).delete()
    Usage.objects.bulk_update(kept, ["title", "title_en", "url", "last_used"])
    Usage.objects.bulk_create(
        Usage(
            kind=kind,
            object=key,
            metric_id=metric,
            department_id=use.department,
            title=use.title[:200],
            title_en=use.title_en[:200],
            url=use.url[:300],
            last_used=now,
        )
        for (key, metric), use in wanted.items()
    )


def note_use(kind: str, object_id: object) -> None:
    """Somebody looked at what uses metrics."""
    Usage.objects.filter(kind=kind, object=str(object_id)).update(count=F("count") + 1, last_used=timezone.now())


def keep_counts() -> int:
    """Write down how often metrics were asked since last time -> how many rows. A busy database is no harm."""
    counts = counting.take()
    if not counts:
        return 0
    try:
        with transaction.atomic():
            return _keep(counts)
    except DatabaseError as error:
        log.warning("counts not kept", error=type(error).__name__)
        counting.give_back(counts)
        return 0


def _keep(counts: dict[counting.Asked, int]) -> int:
    ids = dict(Metric.objects.filter(name__in={name for name, _ in counts}).values_list("name", "pk"))
    day = timezone.localdate()
    kept = 0
    for (name, department), count in counts.items():
        if name not in ids:
            continue
        row, _ = Popularity.objects.get_or_create(metric_id=ids[name], day=day, department_id=department)
        Popularity.objects.filter(pk=row.pk).update(count=F("count") + count)
        Metric.objects.filter(pk=ids[name]).update(popularity=F("popularity") + count)
        kept += 1
    return kept
