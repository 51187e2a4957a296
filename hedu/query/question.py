"""The one question type."""

from __future__ import annotations

from dataclasses import dataclass

from hedu.query.access import ALL, Access


@dataclass(frozen=True, slots=True)
class Question:
    """Metrics by dimensions, filtered, over a time range, compared, ordered, cut.

    `since` and `until` are texts such as "2024", "2024-Q1", "2024-03" or "2024-03-05"; `until` is inclusive
    in its own grain. `compare` holds "previous" and/or "last_year". `order` names output columns, "-" descends.
    """

    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    compare: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    limit: int | None = None
    totals: bool = False
    min_max: bool = False
    access: Access = ALL
    as_of: str | None = None
