"""Numbers of exhibits -> the answers that the chart island draws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hedu.center.catalog import figures
from hedu.errors import HeduError
from hedu.plan.periods import parse_period


def _column(name: str, role: str, label: str, unit: str = "", grain: str = "") -> dict[str, Any]:
    kind = "date" if grain else "text" if role == "dimension" else "number"
    return {"name": name, "role": role, "label": label, "type": kind, "unit": figures.worded(unit) or None,
            "grain": grain or None, "of": None, "direction": None, "additive": role == "metric"}  # fmt: skip


def _answer(columns: list[dict[str, Any]], rows: list[list[Any]]) -> dict[str, Any]:
    return {"columns": columns, "rows": rows, "totals": None, "receipt": {"rows": len(rows), "notes": []}}


def waterfall(parts: Sequence[tuple[str, float | None]], label: Any, unit: str) -> dict[str, Any]:
    """Parts that add up to the whole at their right."""
    rows = [[name, value] for name, value in parts if value]
    columns = [_column("part", "dimension", ""), _column("value", "metric", str(label), unit)]
    return {"kind": "waterfall", "data": _answer(columns, rows), "options": {"height": 260}, "toolbar": False}


def bars(parts: Sequence[tuple[str, float]], label: Any, unit: str) -> dict[str, Any]:
    columns = [_column("part", "dimension", ""), _column("value", "metric", str(label), unit)]
    options = {"height": max(120, 44 * len(parts)), "horizontal": True}
    data = _answer(columns, [list(part) for part in parts])
    return {"kind": "bar", "data": data, "options": options, "toolbar": False}


def series(
    points: Sequence[tuple[str, Sequence[Any]]], labels: Sequence[tuple[Any, str]], grain: str, scale: float = 1
) -> dict[str, Any]:
    """Lines over periods."""
    metrics = [_column(f"v{at}", "metric", str(label), unit) for at, (label, unit) in enumerate(labels)]
    rows = [[_day(period), *(None if v is None else float(v) * scale for v in values)] for period, values in points]
    columns = [_column("period", "dimension", "", grain=grain), *metrics]
    return {"kind": "line", "data": _answer(columns, rows), "options": {"height": 240}, "toolbar": False}


def _day(period: str) -> str:
    """The first day of a period written as 2027, 2027-Q1, 2027-03, 2027-W05 or a day."""
    try:
        return parse_period(period, datetime(2000, 1, 1, tzinfo=UTC)).start.isoformat()
    except HeduError:
        return period
