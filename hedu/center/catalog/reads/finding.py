"""Typed words and facets -> metrics, over an index in memory that follows the catalog's changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from hedu.center.catalog import searching, serving
from hedu.center.catalog.models import Metric
from hedu.center.catalog.reads.entries import visible_to
from hedu.center.kernel.actor import Actor

STALE_AFTER_SECONDS = 300.0
_COLUMNS = (
    "id",
    "name",
    "label_zh",
    "label_en",
    "synonyms",
    "search_text",
    "pinyin",
    "initials",
    "department__code",
    "domain",
    "kind",
    "type",
    "certified_digest",
    "person",
    "popularity",
    "changed_at",
)


@dataclass(frozen=True, slots=True)
class Index:
    """All metrics in use, ready to be searched. `stamp` tells whether it is still true."""

    stamp: tuple[Any, ...]
    made_at: float
    entries: tuple[searching.Entry, ...]


_lock = threading.Lock()
_index: Index | None = None


def search(
    actor: Actor, q: str = "", facets: Mapping[str, Sequence[str]] | None = None, sort: str = "best"
) -> searching.Found:
    """Ids of metrics in use that match, best first, with facet counts."""
    if actor.is_anonymous:
        return searching.find((), q, {})
    return searching.find(index().entries, q, facets or {}, sort)


def rows_of(actor: Actor, ids: Sequence[str]) -> list[Metric]:
    """The metrics with these ids, in this order, as far as the actor may see them."""
    rows = {row.pk: row for row in visible_to(actor).filter(pk__in=ids)}
    return [rows[pk] for pk in ids if pk in rows]


def index() -> Index:
    """The index as of now; rebuilt when a metric changed, and every few minutes for popularity."""
    global _index
    stamp = (serving.mark_now(), Metric.objects.aggregate(last=Max("changed_at"))["last"])
    current = _index
    if current and current.stamp == stamp and time.monotonic() - current.made_at < STALE_AFTER_SECONDS:
        return current
    with _lock:
        rows = Metric.objects.filter(is_retired=False).values_list(*_COLUMNS)
        _index = current = Index(stamp, time.monotonic(), tuple(_entry(*row) for row in rows.iterator()))
    return current


def _entry(
    pk: str,
    name: str,
    label_zh: str,
    label_en: str,
    synonyms: list[str],
    text: str,
    pinyin: str,
    initials: str,
    department: str | None,
    domain: str,
    kind: str,
    kind_of_value: str,
    certified: str,
    person: str,
    popularity: int,
    changed: Any,
) -> searching.Entry:
    names = [label_zh, label_en, name, *synonyms]
    return searching.Entry(
        id=pk,
        title=label_zh or label_en or name,
        names=tuple(searching.fold(item) for item in names if item),
        pinyin=pinyin,
        initials=initials,
        text=text,
        facets={
            "department": department or "",
            "domain": domain,
            "kind": kind,
            "type": kind_of_value,
            "certified": "yes" if certified else "no",
            "owner": person,
        },
        popularity=popularity,
        changed=changed.timestamp(),
    )
