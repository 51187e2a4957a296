"""The one question type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hedu.errors import QueryError
from hedu.query.access import ALL, Access

Names = str | Iterable[str]
_MOST_ROWS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Question:
    """Metrics by dimensions, filtered, over a time range, compared, ordered, cut.

    `since` and `until` are texts such as "2024", "2024-Q1", "2024-03" or "2024-03-05"; `until` is inclusive
    in its own grain. `window` totals every metric over a length of time ("7 days"), since the start of a period
    ("year", one of the workspace's) or over "all" time. `parameters` are (name, value). `compare` holds
    "previous", "last_year" and/or "last_year_spring_festival" (days at the same distance from it). `order` names
    output columns, "-" descends. Days begin and end as in `time_zone`. Money is told in `currency`, converted at
    each row's own date. Without `rollups` the base tables answer.
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
    window: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    time_zone: str | None = None
    currency: str | None = None
    rollups: bool = True


def question_of(
    metrics: Names | Question | None = (),
    by: Names | None = (),
    where: Names | None = (),
    since: object = None,
    until: object = None,
    compare: Names | None = (),
    order: Names | None = (),
    limit: int | None = None,
    totals: bool = False,
    access: Access = ALL,
    as_of: str | None = None,
    min_max: bool = False,
    window: str | None = None,
    parameters: Mapping[str, object] | None = None,
    time_zone: str | None = None,
    currency: str | None = None,
    rollups: bool = True,
) -> Question:
    """The question that loose arguments mean: one name or many, periods as text, number or date."""
    if isinstance(metrics, Question):
        return metrics if access == ALL else replace(metrics, access=access)
    return Question(
        names_of(metrics, "metrics"),
        names_of(by, "by"),
        names_of(where, "where"),
        _text(since),
        _text(until),
        names_of(compare, "compare"),
        names_of(order, "order"),
        count_of(limit),
        totals,
        min_max,
        access,
        as_of,
        window,
        _parameters(parameters),
        time_zone,
        currency,
        rollups=bool(rollups),
    )


def names_of(value: Names | Question | None, field: str = "metrics") -> tuple[str, ...]:
    """One name or many as a tuple; None is no name. Errors: question-unfit."""
    if isinstance(value, str):
        return (value,) if value else ()
    if value is None:
        return ()
    names: list[str] = []
    for name in value if isinstance(value, Iterable) else (value,):
        if not isinstance(name, str):
            raise QueryError("question-unfit", field=field, value=name)
        names.append(name)
    return tuple(names)


def count_of(limit: object) -> int | None:
    """A number of rows that a database can count to; None is all. Errors: question-unfit."""
    if limit is None or (isinstance(limit, int) and not isinstance(limit, bool) and limit <= _MOST_ROWS):
        return limit
    raise QueryError("question-unfit", field="limit", value=limit)


def _parameters(given: object) -> tuple[tuple[str, str], ...]:
    """Values of parameters by name. Errors: question-unfit."""
    if given is not None and not isinstance(given, Mapping):
        raise QueryError("question-unfit", field="parameters", value=given)
    return tuple(sorted((str(name), _set(value)) for name, value in (given or {}).items()))


def _set(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
