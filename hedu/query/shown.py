"""Answer -> HTML for a notebook: names with units in both languages, and a small chart where one says more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from math import isfinite
from typing import Any

from hedu.query.meaning import Column, Receipt
from hedu.query.scales import shown_in

ROWS_SHOWN = 50
BARS_SHOWN = 24
_WIDTH, _HEIGHT = 640, 160
_STYLE = (
    "border-collapse:collapse;font-variant-numeric:tabular-nums",
    "text-align:{};padding:2px 12px 2px 0;border-bottom:1px solid #8884;white-space:nowrap",
)


def html_of(
    columns: Sequence[Column],
    rows: Sequence[dict[str, Any]],
    receipt: Receipt,
    totals: dict[str, Any] | None = None,
) -> str:
    """A table of the first rows with its chart, the totals below, and where the numbers come from."""
    parts = [_chart(columns, rows), _table(columns, rows[:ROWS_SHOWN], totals), _foot(receipt, len(rows))]
    return f'<div class="hedu">{"".join(parts)}</div>'


def _table(columns: Sequence[Column], rows: Sequence[dict[str, Any]], totals: dict[str, Any] | None) -> str:
    sides = ["right" if column.role != "dimension" else "left" for column in columns]
    scales = [shown_in(one.unit, [row[one.name] for row in rows], "zh") for one in columns]
    heads = "".join(
        f'<th style="{_STYLE[1].format(side)}">{_head(column, unit)}</th>'
        for column, side, (_, unit) in zip(columns, sides, scales, strict=True)
    )

    def line(row: dict[str, Any]) -> str:
        cells = [
            _cell(row[one.name], scale) if one.name in row else ""
            for one, (scale, _) in zip(columns, scales, strict=True)
        ]
        drawn = zip(sides, cells, strict=True)
        return "".join(f'<td style="{_STYLE[1].format(side)}">{escape(cell)}</td>' for side, cell in drawn)

    body = "".join(f"<tr>{line(row)}</tr>" for row in rows)
    if totals is not None and columns[0].role == "dimension":
        body += f'<tr style="font-weight:bold">{line({columns[0].name: "合计", **totals})}</tr>'
    return f'<table style="{_STYLE[0]}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _head(column: Column, unit: str) -> str:
    label = column.label_zh or column.label_en or column.name
    told = f"{label}（{unit}）" if unit else label
    return f'<span title="{escape(column.label_en or column.name)}">{escape(told)}</span>'


def _cell(value: Any, scale: float = 1) -> str:
    if value is None:
        return "∅"
    if scale != 1 and isinstance(value, (int, float, Decimal)):
        # A decimal may hold more digits than a float.
        return f"{value / Decimal(scale) if isinstance(value, Decimal) else value / scale:,.2f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"


def _chart(columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> str:
    """A line over time or bars over groups, for one dimension and the first metric; else nothing."""
    keys = [column for column in columns if column.role == "dimension"]
    metric = next((column for column in columns if column.role == "metric"), None)
    if len(keys) != 1 or metric is None or len(rows) < 2:
        return ""
    values = [_number(row[metric.name]) for row in rows]
    known = [value for value in values if value is not None]
    if not known:
        return ""
    is_time = isinstance(rows[0][keys[0].name], date)
    if not is_time and len(rows) > BARS_SHOWN:
        return ""
    low, high = min(0.0, *known), max(0.0, *known)
    span = (high - low) or 1.0

    def height(value: float) -> float:
        return round(4 + (_HEIGHT - 8) * (high - value) / span, 2)

    step = _WIDTH / len(values)
    drawn = _line(values, step, height) if is_time else _bars(values, step, height)
    zero = f'<line x1="0" x2="{_WIDTH}" y1="{height(0)}" y2="{height(0)}" stroke="#8888"/>'
    label = escape(metric.label_en or metric.name)
    return (
        f'<svg role="img" aria-label="{label}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{zero}{drawn}</svg>'
    )


def _line(values: Sequence[float | None], step: float, height: Any) -> str:
    runs: list[list[str]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{round((at + 0.5) * step, 2)},{height(value)}")
    return "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="#3b82f6" stroke-width="2"/>' for run in runs if run
    )


def _bars(values: Sequence[float | None], step: float, height: Any) -> str:
    return "".join(
        f'<rect x="{round(at * step + step * 0.1, 2)}" width="{round(step * 0.8, 2)}" '
        f'y="{min(height(value), height(0))}" height="{round(abs(height(value) - height(0)), 2)}" fill="#3b82f6"/>'
        for at, value in enumerate(values)
        if value is not None
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not isfinite(value):
        return None
    return float(value)


def _foot(receipt: Receipt, count: int) -> str:
    more = f"，显示前 {ROWS_SHOWN} 行" if count > ROWS_SHOWN else ""
    versions = ", ".join(f"{name} {digest[:8]}" for name, digest in receipt.definitions.items())
    told = f"{count:,} 行{more} · {receipt.milliseconds:,.0f} ms · {versions}"
    return f'<div style="opacity:.7;font-size:.85em">{escape(told)}</div>'
