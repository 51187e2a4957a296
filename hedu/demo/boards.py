"""What the demo's people keep on their boards, and which metrics they have starred."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hedu.center.dashboards import actions
from hedu.center.kernel.models import User
from hedu.center.people.reads import actor_of

MONTH = "metric_time.month"
SINCE = "2025-10"


@dataclass(frozen=True, slots=True)
class Board:
    """A board of one person, shown to the company, under a name in each language."""

    owner: str
    zh: str
    en: str
    tiles: tuple[dict[str, Any], ...]
    filters: tuple[dict[str, Any], ...] = ()


def tile(place: tuple[int, int, int, int], kind: str, *metrics: str, **question: Any) -> dict[str, Any]:
    """A tile at (x, y, w, h) that asks `metrics`, since October unless said."""
    x, y, w, h = place
    asked = {"metrics": list(metrics), "since": SINCE, **question}
    return {"x": x, "y": y, "w": w, "h": h, "view": {"question": asked, "chart": {"kind": kind}}}


def indicators(*metrics: str, y: int = 0) -> tuple[dict[str, Any], ...]:
    """A row of up to six numbers of the last full month with its change."""
    wide = 12 // len(metrics)
    last = {"since": "2026-09", "until": "2026-09", "compare": ["previous", "last_year"]}
    return tuple(tile((at * wide, y, wide, 3), "indicator", name, **last) for at, name in enumerate(metrics))


BOARDS = (
    Board(
        "finance.manager",
        "公司经营总览",
        "Company overview",
        (
            *indicators("revenue", "profit_margin", "csat_score", "retention", "market_share", "first_pass_yield"),
            tile((0, 3, 8, 6), "line", "revenue", "profit", by=[MONTH]),
            tile((8, 3, 4, 6), "bar", "revenue", by=["region"], order=["-revenue"]),
            tile((0, 9, 6, 6), "line", "csat_score", by=[MONTH]),
            tile((6, 9, 6, 6), "line", "retention", by=[MONTH]),
            tile((0, 15, 6, 6), "stacked", "operating_expense", by=[MONTH, "department"]),
            tile((6, 15, 6, 6), "line", "production_efficiency", by=[MONTH]),
        ),
    ),
    Board(
        "sales.manager",
        "销售月度看板",
        "Sales by month",
        (
            *indicators("sales_amount", "order_count", "average_order_value", "cancel_rate"),
            tile((0, 3, 8, 6), "stacked", "sales_amount", by=[MONTH, "channel"]),
            tile((8, 3, 4, 6), "bar", "sales_amount", by=["region"], order=["-sales_amount"]),
            tile((0, 9, 6, 6), "heatmap", "sales_amount", by=[MONTH, "region"]),
            tile((6, 9, 6, 6), "table", "sales_amount", "order_count", by=["region"], totals=True),
        ),
        ({"path": "region", "label": "大区", "type": "text"}, {"path": "channel", "label": "渠道", "type": "text"}),
    ),
    Board(
        "operations.manager",
        "生产与质量",
        "Production and quality",
        (
            *indicators("output_units", "production_efficiency", "first_pass_yield", "scrap_rate"),
            tile((0, 3, 6, 6), "line", "production_efficiency", by=[MONTH, "plant"]),
            tile((6, 3, 6, 6), "line", "first_pass_yield", by=[MONTH, "plant"]),
            tile((0, 9, 12, 6), "stacked", "output_units", by=[MONTH, "product_line"]),
        ),
    ),
    Board(
        "service.manager",
        "客户之声",
        "Voice of the customer",
        (
            *indicators("csat_score", "satisfied_rate", "complaint_tickets", "retention"),
            tile((0, 3, 6, 6), "line", "csat_score", by=[MONTH]),
            tile((6, 3, 6, 6), "stacked", "complaint_tickets", by=[MONTH, "category"]),
            tile((0, 9, 12, 6), "bar", "complaint_tickets", by=["region"], order=["-complaint_tickets"]),
        ),
    ),
)

STARRED = {
    "admin": ("revenue", "profit_margin", "csat_score", "retention", "market_share", "production_efficiency"),
    "sales.manager": ("sales_amount", "order_count", "average_order_value", "win_rate", "cancel_rate"),
    "sales.east1": ("sales_amount", "order_count", "average_order_value"),
    "finance.manager": ("revenue", "gross_margin", "profit", "profit_margin", "operating_expense"),
    "marketing.manager": ("lead_count", "lead_conversion", "lead_cost", "market_share"),
    "operations.manager": ("production_efficiency", "first_pass_yield", "output_units", "scrap_rate"),
    "service.manager": ("csat_score", "retention", "complaint_tickets"),
    "hr.manager": ("headcount", "leaver_rate", "training_attendance"),
}


def lay_out(board: Board) -> None:
    """Make the board as its owner would, and name it in both languages."""
    owner = actor_of(User.objects.get(username=board.owner))
    row = actions.create_dashboard(replace(owner, lang="zh"), name=board.zh, scope="company")
    tiles, filters = list(board.tiles), list(board.filters)
    actions.save_layout(replace(owner, lang="zh"), row.pk, version=row.version, tiles=tiles, filters=filters)
    actions.rename_dashboard(replace(owner, lang="en"), row.pk, name=board.en)
