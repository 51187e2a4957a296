"""What goals and targets allow, and the change of a target as a value. Pure: no database, no clock of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any, Literal, get_args

from hedu.alignment.goals.periods import span_of
from hedu.alignment.goals.phasing import METHODS
from hedu.alignment.scene import Operator
from hedu.errors import Problem, QueryError

MANAGING_ROLES = frozenset({"owner", "liaison", "deputy", "manager", "administrator"})
"""Roles that may set the goals and targets of their department and of those below it."""
OPERATORS: tuple[Operator, ...] = get_args(Operator)
LETTERS = ("R", "A", "C", "I")
VERSION_DIGITS = 6
NUMBER_LIMIT = Decimal(10) ** 27
SMALLEST = Decimal("1e-10")
"""What is finer than this no target keeps."""
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
CHECK_IN_DAYS = 30
"""A goal nobody has checked in on for so long is due."""
FIELDS = (
    "goal", "metric", "department", "period", "operator", "value", "unit", "scope", "parent", "metric_version",
    "green", "amber", "tolerance", "note", "phasing",
)  # fmt: skip
Deed = Literal["set", "withdraw"]
CODE = re.compile(r"[\w.-]{1,40}")
"""Codes stand in addresses and files."""


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One target set or withdrawn. `code` is its lasting name; a known code changes that target.

    Numbers are decimal texts, so that nothing is lost on the way; "" is none. `metric_version` None means the one in
    force. `phases` are (YYYY-MM, decimal text): months as given, whatever the method they came about by.
    """

    code: str
    deed: Deed = "set"
    goal: str = ""
    metric: str = ""
    department: str = ""
    period: str = ""
    operator: str = ">="
    value: str = ""
    unit: str = ""
    scope: str = ""
    parent: str = ""
    metric_version: int | None = None
    green: str = ""
    amber: str = ""
    tolerance: str = ""
    note: str = ""
    phasing: str = "seasonal"
    phases: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data that `change_of` reads back."""
        return {**asdict(self), "phases": [list(pair) for pair in self.phases]}


def change_of(data: Mapping[str, Any]) -> TargetChange:
    """Plain data -> a change; unknown keys are left out, absent ones take their defaults. QueryError: phases that are
    no pairs of month and value."""
    known = {name: data[name] for name in TargetChange.__dataclass_fields__ if data.get(name) is not None}
    known.setdefault("code", "")
    known["phases"] = _phases_of(known.get("phases", ()))
    texts = {name: str(value).strip() for name, value in known.items() if name not in ("phases", "metric_version")}
    return TargetChange(
        **{**texts, "phases": known["phases"], "metric_version": _version_of(known.get("metric_version"))}
    )


def _phases_of(given: Any) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((str(month), str(value)) for month, value in given)
    except (TypeError, ValueError):
        raise QueryError("target-value-unreadable", field="phases", value=str(given)[:80]) from None


def _version_of(written: object) -> int | None:
    """A version as people and pages write it: 7, v7; 0, which no metric has, where it cannot be read.

    >>> _version_of("v7"), _version_of(""), _version_of("latest")
    (7, None, 0)
    """
    text = str(written or "").strip().lower().removeprefix("v")
    return None if not text else int(text) if text.isdecimal() and len(text) <= VERSION_DIGITS else 0


@dataclass(frozen=True, slots=True)
class TargetDiff:
    """What a change does to one target: its fields before (None: new) and after (None: withdrawn).

    `departments` are those whose target it is or becomes; `problems` keep it from being applied.
    """

    change: TargetChange
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    metric: str
    departments: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that differ."""
        before, after = self.before or {}, self.after or {}
        return tuple(name for name in FIELDS if before.get(name) != after.get(name))

    @property
    def is_change(self) -> bool:
        """Whether applying it alters anything."""
        if (self.before is None) != (self.after is None):
            return True
        return bool(self.changed) or (self.before or {}).get("phases") != (self.after or {}).get("phases")


def decimal_of(text: str) -> Decimal | None:
    """A written number: 1,234.5, 12.5%; None where it is none, can be read in two ways or is too large to keep.

    >>> decimal_of("1,234.5"), decimal_of("12.5%"), decimal_of("much"), decimal_of("1,5")
    (Decimal('1234.5'), Decimal('0.125'), None, None)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    number = plain.removesuffix("%").strip()
    if "_" in number or ("," in number and not GROUPED.fullmatch(number)):
        return None
    try:
        value = Decimal(number.replace(",", ""))
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= NUMBER_LIMIT:
        return None
    value = value / 100 if plain.endswith("%") else value
    with localcontext(prec=60):
        return value.quantize(SMALLEST) if value.as_tuple().exponent < -10 else value  # type: ignore[operator]


def times(text: str, factor: Fraction) -> str:
    """A written number in another unit; a share written with % stays what it is, and so does what is no number.

    >>> times("0.04", Fraction(10_000)), times("5%", Fraction(1, 100))
    ('400', '5%')
    """
    value = None if text.strip().endswith(("%", "％")) else decimal_of(text)
    return text if value is None else f"{(value * factor.numerator / factor.denominator).normalize():f}"


def problems_of(change: TargetChange) -> tuple[Problem, ...]:
    """What is wrong with a change by itself, before anything is looked up."""
    if change.deed == "withdraw":
        return ()
    found: list[Problem] = []
    if change.code and not CODE.fullmatch(change.code):
        found.append(Problem("code-unreadable", facts={"name": change.code}))
    for name in ("metric", "department", "period", "value"):
        if not getattr(change, name):
            found.append(Problem("target-field-missing", facts={"field": name}))
    if change.period and span_of(change.period) is None:
        found.append(Problem("target-period-unreadable", facts={"period": change.period}))
    if change.operator not in OPERATORS:
        found.append(Problem("target-operator-unknown", facts={"operator": change.operator}))
    for month, value in change.phases:
        period = span_of(month)
        if period is None or len(period.months) != 1:
            found.append(Problem("target-period-unreadable", facts={"period": month}))
        elif decimal_of(value) is None:
            found.append(Problem("target-value-unreadable", facts={"field": month, "value": value}))
    for name in ("value", "green", "amber", "tolerance"):
        text = getattr(change, name)
        if text and decimal_of(text) is None:
            found.append(Problem("target-value-unreadable", facts={"field": name, "value": text}))
    tolerance = decimal_of(change.tolerance)
    if tolerance is not None and not 0 <= tolerance <= 1:
        found.append(Problem("target-tolerance-unfit", facts={"value": change.tolerance}))
    if change.phasing not in (*METHODS, "level", ""):
        found.append(Problem("target-phasing-unknown", facts={"method": change.phasing, "known": list(METHODS)}))
    return tuple(found)


def is_under_itself(parents: Mapping[int, int | None], goal: int, parent: int | None) -> bool:
    """Whether putting `goal` under `parent` would close a ring."""
    at = parent
    seen: set[int] = set()
    while at is not None and at not in seen:
        if at == goal:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


def check_in_due(since: date, today: date) -> int:
    """How many days a check-in is overdue (negative: still to come); `since` is the last one, or the goal's beginning.

    >>> check_in_due(date(2026, 1, 1), date(2026, 2, 1))
    1
    """
    return (today - since).days - CHECK_IN_DAYS
