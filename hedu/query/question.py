"""The one question type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hedu.query.access import ALL, Access

Names = str | Iterable[str]


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


def question_of(
    metrics: Names | Question = (),
    by: Names = (),
    where: Names = (),
    since: object = None,
    until: object = None,
    compare: Names = (),
    order: Names = (),
    limit: int | None = None,
    totals: bool = False,
    access: Access = ALL,
    as_of: str | None = None,
    min_max: bool = False,
) -> Question:
    """The question that loose arguments mean: one name or many, periods as text, number or date."""
    if isinstance(metrics, Question):
        return metrics if access == ALL else replace(metrics, access=access)
    return Question(
        names_of(metrics),
        names_of(by),
        names_of(where),
        _text(since),
        _text(until),
        names_of(compare),
        names_of(order),
        limit,
        totals,
        min_max,
        access,
        as_of,
    )


def names_of(value: Names | Question) -> tuple[str, ...]:
    """One name or many as a tuple."""
    if isinstance(value, str):
        return (value,) if value else ()
    assert not isinstance(value, Question)
    return tuple(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
