"""What the departments plan: budgets, targets for 2027 with their arithmetic, scores of past quarters."""

from __future__ import annotations

from typing import Any

import numpy as np

from hedu.demo.company import Company
from hedu.demo.dates import END, MONTHS, rng
from hedu.demo.files import Columns
from hedu.demo.places import DEPARTMENT_ZH, REGION_WEIGHTS, REGIONS
from hedu.demo.systems.erp import Ledger, month_of
from hedu.demo.trade import CANCELLED

LAST_YEAR = END - 364
"""Targets start from the twelve months before the end."""
Row = dict[str, Any]
FIELDS = (
    "target_id",
    "metric",
    "department",
    "scope",
    "period",
    "operator",
    "value",
    "unit",
    "parent",
    "metric_version",
    "note",
)


def make_budget(company: Company, expenses: Columns) -> Columns:
    """Approved budget per month and department: last year's bookings plus a little, rounded to thousands."""
    random = rng(company.seed, "budget")
    month, amount = month_of(expenses["booked_on"]), np.array(expenses["amount"])
    rows: list[tuple[np.datetime64, str, float]] = []
    for zh in DEPARTMENT_ZH.values():
        own = np.bincount(month, weights=amount * (np.array(expenses["department"]) == zh), minlength=len(MONTHS))
        plan = own.mean() * np.linspace(0.93, 1.07, len(MONTHS)) * random.normal(1.02, 0.02, len(MONTHS))
        rows += [(m.astype("M8[D]"), zh, round(float(v), -3)) for m, v in zip(MONTHS, plan, strict=True)]
    rows.sort(key=lambda row: row[0])
    return {
        "月份": np.array([r[0] for r in rows]),
        "部门": [r[1] for r in rows],
        "预算金额": [r[2] for r in rows],
    }


def baseline(company: Company, ledger: Ledger) -> dict[str, float]:
    """Last twelve months, in yuan and units, as planners see them."""
    trade = company.trade
    recent = trade.day >= LAST_YEAR
    counted = (recent & (trade.status != CANCELLED))[trade.order]
    booked = recent[trade.order[ledger.line]]
    return {
        "sales_amount": float(trade.amount[counted].sum()) / 100,
        "units_sold": float(trade.quantity[counted].sum()),
        "revenue": float(ledger.net[booked].sum()) / 100,
        "order_count": float((recent & (trade.status != CANCELLED)).sum()),
        "stock_value": float(trade.cost[counted].sum()) / 100 / 12 * 1.15,
        "new_customers": float((company.market.joined >= len(MONTHS) - 12).sum()),
    }


def make_targets(company: Company, ledger: Ledger) -> Columns:
    """Targets for 2027 by department; the children of one do not add up, two pull apart, one is out of reach."""
    base = baseline(company, ledger)
    rows = [*_company_targets(base), *_regional_targets(base), *_stock_targets(base), *_department_targets()]
    named = [
        {"scope": "", "period": "2027", "unit": "CNY", "parent": "", "metric_version": 1, "note": ""} | r for r in rows
    ]
    return {field: [row[field] for row in named] for field in FIELDS}


def _row(code: str, metric: str, department: str, operator: str, value: float, **more: Any) -> Row:
    return {
        "target_id": code,
        "metric": metric,
        "department": department,
        "operator": operator,
        "value": value,
        **more,
    }


def _company_targets(base: dict[str, float]) -> list[Row]:
    revenue, sales = round(base["revenue"] * 1.12, -4), round(base["sales_amount"] * 1.30, -4)
    capacity, fresh, orders = (
        round(base[name] * rise) for name, rise in (("units_sold", 1.12), ("new_customers", 1.1), ("order_count", 1.1))
    )
    return [
        _row("T-REV", "revenue", "finance", ">=", revenue, note="公司收入"),
        _row("T-SALES", "sales_amount", "sales", ">=", sales, note="销售额增长三成"),
        _row("T-CAP", "units_sold", "operations", "<=", capacity, unit="件", note="满负荷产能"),
        _row("T-NEW", "new_customers", "sales", ">=", fresh, unit="家", note="公司新客"),
        _row("T-ORD", "order_count", "sales", ">=", orders, unit="单", note="公司订单"),
        _row("T-SHARE", "market_share", "marketing", ">=", 0.26, unit="ratio", note="一年内占有率翻番"),
        _row("T-FPY", "first_pass_yield", "operations", ">=", 0.966, unit="ratio", note="合格率提高半个点"),
    ]


def _regional_targets(base: dict[str, float]) -> list[Row]:
    """Revenue of the regions adds up to 92 % of the company's; new customers to 102 %; orders to the unit."""
    shares = np.array(REGION_WEIGHTS)
    orders = np.floor(shares * round(base["order_count"] * 1.1))
    orders[0] += round(base["order_count"] * 1.1) - orders.sum()
    rows: list[Row] = []
    for at, region in enumerate(REGIONS):
        scope = f"region = '{region}'"
        revenue = round(base["revenue"] * 1.12 * 0.92 * float(shares[at]), -4)
        fresh = float(np.ceil(base["new_customers"] * 1.1 * 1.02 * shares[at]))
        rows += [
            _row(f"T-REV-{at + 1}", "revenue", "sales", ">=", revenue, scope=scope, parent="T-REV"),
            _row(
                f"T-NEW-{at + 1}",
                "new_customers",
                "sales",
                ">=",
                fresh,
                scope=scope,
                parent="T-NEW",
                unit="家",
            ),
            _row(
                f"T-ORD-{at + 1}",
                "order_count",
                "sales",
                ">=",
                float(orders[at]),
                scope=scope,
                parent="T-ORD",
                unit="单",
            ),
        ]
    return rows


def _stock_targets(base: dict[str, float]) -> list[Row]:
    stock = base["stock_value"]
    return [
        _row("T-STK-F", "stock_value", "finance", "<=", round(stock * 0.80, -4), note="压降库存占用"),
        _row("T-STK-O", "stock_value", "operations", ">=", round(stock * 1.10, -4), note="备足安全库存"),
        _row("T-RET-F", "returned_units", "finance", "<=", 9000.0, scope="warehouse = '苏州仓'", unit="件"),
        _row(
            "T-RET-O",
            "returned_units",
            "operations",
            ">=",
            200.0,
            scope="warehouse = '成都仓'",
            unit="件",
            note="以旧换新回收量",
        ),
    ]


def _department_targets() -> list[Row]:
    return [
        _row(
            "T-ACT",
            "order_customers",
            "marketing",
            ">=",
            1250.0,
            unit="家",
            metric_version=1,
            note="沿用去年口径",
        ),
        _row("T-CSAT", "csat_score", "service", ">=", 4.2, unit="分", metric_version=2),
        _row("T-RET", "retention", "service", ">=", 0.94, unit="ratio", metric_version=1),
        _row("T-LEAD", "lead_count", "marketing", ">=", 5000.0, unit="条"),
        _row("T-AD", "ad_spend", "marketing", "<=", 8_500_000.0, note="预算正好够用"),
        _row("T-WIN", "win_rate", "marketing", ">=", 0.32, unit="ratio"),
        _row("T-NPS", "nps", "product", ">=", 25.0, unit="分"),
        _row("T-BUG", "defect_closure", "rnd", ">=", 0.97, unit="ratio", metric_version=2),
        _row("T-LEAVE", "leaver_rate", "hr", "<=", 0.013, unit="ratio"),
        _row("T-OTD", "on_time_operations", "operations", ">=", 0.93, unit="ratio", metric_version=2),
        _row("T-MAR", "gross_margin", "finance", ">=", 0.35, unit="ratio", metric_version=2),
    ]


def make_constraints(company: Company, ledger: Ledger) -> list[Row]:
    """Linear ties between 2027's figures: what planners agreed on prices, costs and ratios."""
    base = baseline(company, ledger)
    price = base["sales_amount"] / base["units_sold"]
    return [
        {
            "id": "K-PRICE",
            "department": "product",
            "period": "2027",
            "operator": "<=",
            "bound": 0,
            "terms": {"sales_amount": 1, "units_sold": -round(price * 1.03, 2)},
            "text": {
                "zh": f"均价涨幅不超过 3%: 每件含税不高于 {price * 1.03:.2f} 元",
                "en": "Average price may rise by 3% at most",
            },
        },
        {
            "id": "K-LEAD",
            "department": "marketing",
            "period": "2027",
            "operator": ">=",
            "bound": 0,
            "terms": {"ad_spend": 1, "lead_count": -1700},
            "text": {"zh": "每条线索至少花 1700 元", "en": "A lead costs 1,700 yuan at least"},
        },
    ]


def make_scores(company: Company) -> Columns:
    """Quarterly scores of departments, with the value as it was computed before a definition was edited."""
    rows = [
        ("2026-Q3", "rnd", "defect_closure", 0.97, 0.941, 0.978),
        ("2026-Q3", "rnd", "release_on_plan_rate", 0.70, 0.722, 0.722),
        ("2026-Q3", "operations", "on_time_operations", 0.92, 0.934, 0.921),
        ("2026-Q3", "service", "retention", 0.92, 0.926, 0.926),
        ("2026-Q3", "service", "response_rate_30", 0.80, 0.812, 0.812),
        ("2026-Q3", "service", "close_hours", 36.0, 33.0, 33.0),
        ("2026-Q3", "marketing", "lead_count", 1100.0, 1180.0, 1180.0),
        ("2026-Q3", "sales", "sales_amount", 1.1e8, 1.15e8, 1.15e8),
    ]
    shift = round(float(rng(company.seed, "scores").uniform(-0.003, 0.003)), 4)
    names = ("quarter", "department", "metric", "target", "value_before_edit", "value_scored")
    columns: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    columns["value_before_edit"][0] += shift
    return columns
