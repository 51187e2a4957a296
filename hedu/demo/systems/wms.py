"""Operations: shipments, production, inspections, stock, and the papers finance keeps of the same goods."""

from __future__ import annotations

import numpy as np

from hedu.demo.company import Company
from hedu.demo.dates import DAYS, END, MONTH_OF_DAY, WEEK_OF_DAY, Days, Floats, Ints, is_workday, rng
from hedu.demo.files import Columns, yuan
from hedu.demo.forces import BAD_BATCH_MONTH
from hedu.demo.goods import LINES
from hedu.demo.places import PLANTS, REGIONS, WAREHOUSE_OF_REGION, WAREHOUSES
from hedu.demo.systems.erp import Ledger, month_of
from hedu.demo.systems.words import numbered, pick
from hedu.demo.trade import COMPLETED

POSTING_BROKEN_FROM = np.datetime64("2025-06-01")
BROKEN_WAREHOUSE = "东莞仓"
"""Since then the interface loses the units of some of this warehouse's deliveries."""
ERP_CLOSED_ON = np.datetime64("2026-09-25")
"""The ERP's return notes end here; the warehouse's go on to the last day."""
WORK_LINES = ((0, 0), (0, 1), (1, 2), (1, 4), (2, 3), (2, 0))
"""(plant, product line) of each production line."""


def make_wms(company: Company, ledger: Ledger) -> dict[str, Columns]:
    """The tables of the warehouse system, and the ERP's copies of deliveries, freight, returns, purchases."""
    shipments = _shipments(company)
    returns = _returns(company, ledger)
    purchases = _purchases(company)
    kept = np.flatnonzero(returns["returned_on"] <= ERP_CLOSED_ON)
    return {
        "wms.shipments": shipments,
        "wms.products": _products(company),
        "wms.production": _production(company),
        "wms.quality": _quality(company),
        "wms.inventory": _inventory(company),
        "wms.returns": returns,
        "wms.purchases": purchases,
        "erp.deliveries": _deliveries(company, shipments),
        "erp.freight_bills": _freight_bills(company, shipments),
        "erp.return_notes": {name: _take(values, kept) for name, values in returns.items()},
        "erp.purchase_receipts": _posted_purchases(purchases),
    }


def _take(values: object, rows: Ints) -> object:
    if isinstance(values, np.ndarray):
        return values[rows]
    return values.take(rows) if hasattr(values, "take") else [values[r] for r in rows]  # type: ignore[index]


def _products(company: Company) -> Columns:
    goods = company.goods
    return {
        "product_code": goods.code,
        "product_name": goods.name,
        "product_line": pick(LINES, goods.line),
        "list_price": yuan(goods.list_price),
        "standard_cost": yuan(goods.cost),
        "launched_on": np.array(goods.launched, dtype="M8[D]"),
    }


def _shipments(company: Company) -> Columns:
    random = rng(company.seed, "shipments")
    trade, market, forces = company.trade, company.market, company.forces
    order = np.flatnonzero(trade.status == COMPLETED)
    day, region = trade.day[order], market.region[trade.customer[order]]
    count, month = len(order), month_of(trade.day[order])
    promised = day + random.integers(3, 9, count)
    on_time = random.random(count) < forces.on_time[month, region]
    shipped = np.where(on_time, promised - random.integers(0, 3, count), promised + random.integers(1, 8, count))
    cause = np.where(on_time, 0, random.choice((1, 2, 3), count, p=(0.28, 0.40, 0.32)))
    flooded = ~on_time & (region == REGIONS.index("华中")) & (day.astype("M8[M]") == np.datetime64("2024-07"))
    cause = np.where(flooded & (cause != 1), 4, cause)
    lines = np.bincount(trade.order, minlength=len(trade.number))[order]
    in_stock = random.binomial(lines, forces.fill[month])
    amount = np.bincount(trade.order, weights=trade.net, minlength=len(trade.number))[order]
    units = np.bincount(trade.order, weights=trade.quantity, minlength=len(trade.number))[order]
    warehouse = np.array([WAREHOUSE_OF_REGION[r] for r in REGIONS])[region]
    kept = shipped <= END
    columns = {
        "shipment_no": pick(numbered("SH", count), np.arange(count)),
        "order_no": pick(trade.number, order),
        "warehouse": pick(WAREHOUSES, warehouse),
        "region": pick(REGIONS, region),
        "order_date": day,
        "promised_on": promised,
        "shipped_on": shipped,
        "delivered_on": shipped + random.integers(1, 5, count),
        "delay_cause": pick(("无", "客户原因", "仓库作业", "运输延误", "洪水停运"), cause),
        "lines": lines,
        "lines_in_stock": in_stock,
        "units": units.astype(np.int64),
        "goods_amount": yuan(amount.astype(np.int64)),
        "freight": yuan(trade.freight[order]),
    }
    rows = np.flatnonzero(kept)
    return {name: _take(values, rows) for name, values in columns.items()}


def _deliveries(company: Company, shipments: Columns) -> Columns:
    """Finance's postings of the same shipments; some units of one warehouse get lost on the way."""
    random = rng(company.seed, "deliveries")
    shipped, units = shipments["shipped_on"], shipments["units"]
    here = np.array(shipments["warehouse"].to_pylist()) == BROKEN_WAREHOUSE
    lost = here & (shipped >= POSTING_BROKEN_FROM) & (random.random(len(units)) < 0.14)
    rows = np.flatnonzero(~lost)
    names = ("shipment_no", "order_no", "warehouse", "region")
    return {
        **{name: _take(shipments[name], rows) for name in names},
        "posted_on": shipped[rows],
        "units": units[rows],
    }


def _freight_bills(company: Company, shipments: Columns) -> Columns:
    """The carriers' bills: one fen off here and there, in both directions."""
    random = rng(company.seed, "freight")
    off = random.choice((-0.01, 0.0, 0.01), len(shipments["freight"]), p=(0.08, 0.84, 0.08))
    return {
        "shipment_no": shipments["shipment_no"],
        "region": shipments["region"],
        "billed_on": shipments["shipped_on"],
        "freight": np.round(shipments["freight"] + off, 2),
    }


def _production(company: Company) -> Columns:
    random = rng(company.seed, "production")
    day, line = _work_days()
    week = WEEK_OF_DAY[day]
    overtime = company.forces.overtime[week]
    regular = np.array([96.0, 88.0, 104.0, 72.0, 120.0, 80.0])[line] * random.normal(1, 0.02, len(day))
    hours = np.round(regular * (1 + overtime), 1)
    pace = np.array([1.0, 0.96, 0.9, 0.62, 1.15, 1.02])[line]
    output = np.round(hours * pace * company.forces.efficiency[week] * random.normal(1, 0.02, len(day)))
    planned = np.round(regular * pace * 12.6 * 1.08)
    return {
        "produced_on": DAYS[day],
        "plant": pick(PLANTS, np.array([p for p, _ in WORK_LINES])[line]),
        "work_line": pick([f"L{n + 1}" for n in range(len(WORK_LINES))], line),
        "product_line": pick(LINES, np.array([g for _, g in WORK_LINES])[line]),
        "planned_units": planned.astype(np.int64),
        "output_units": output.astype(np.int64),
        "labor_hours": hours,
        "overtime_hours": np.round(regular * overtime, 1),
        "downtime_minutes": random.poisson(26, len(day)),
    }


def _work_days() -> tuple[Ints, Ints]:
    open_days = np.flatnonzero(is_workday(DAYS))
    return np.repeat(open_days, len(WORK_LINES)), np.tile(np.arange(len(WORK_LINES)), len(open_days))


def _quality(company: Company) -> Columns:
    random = rng(company.seed, "quality")
    day, line = _work_days()
    product_line = np.array([g for _, g in WORK_LINES])[line]
    share = company.forces.first_pass[WEEK_OF_DAY[day]]
    bad = (product_line == 2) & (DAYS[day].astype("M8[M]") == BAD_BATCH_MONTH)
    share = np.where(bad, share - 0.09, share)
    inspected = random.integers(420, 680, len(day))
    passed = random.binomial(inspected, share)
    scrapped = random.binomial(inspected - passed, 0.34)
    return {
        "inspected_on": DAYS[day],
        "plant": pick(PLANTS, np.array([p for p, _ in WORK_LINES])[line]),
        "product_line": pick(LINES, product_line),
        "inspected": inspected,
        "first_pass": passed,
        "scrapped": scrapped,
        "cause": pick(("常规", "供应商批次不良"), bad.astype(np.int64)),
    }


def _inventory(company: Company) -> Columns:
    """Stock per day, warehouse and product line: the month's cost of sales times the planned cover."""
    random = rng(company.seed, "inventory")
    trade, market = company.trade, company.market
    region = market.region[trade.customer[trade.order]]
    warehouse = np.array([WAREHOUSE_OF_REGION[r] for r in REGIONS])[region]
    line = company.goods.line[trade.product]
    cell = (month_of(trade.day[trade.order]) * len(WAREHOUSES) + warehouse) * len(LINES) + line
    cells = 36 * len(WAREHOUSES) * len(LINES)
    cost = np.bincount(cell, weights=trade.cost, minlength=cells).reshape(36, -1) / 100
    units = np.bincount(cell, weights=trade.quantity, minlength=cells).reshape(36, -1)
    wiggle = 1 + 0.01 * random.standard_normal((len(DAYS), cost.shape[1]))
    level = 1.15 * company.forces.cover[MONTH_OF_DAY][:, None] * wiggle
    pairs = np.arange(cost.shape[1])
    return {
        "snapshot_on": np.repeat(DAYS, len(pairs)),
        "warehouse": pick(WAREHOUSES, np.tile(pairs // len(LINES), len(DAYS))),
        "product_line": pick(LINES, np.tile(pairs % len(LINES), len(DAYS))),
        "units": np.round(units[MONTH_OF_DAY] * level).astype(np.int64).ravel(),
        "stock_value": np.round(cost[MONTH_OF_DAY] * level, 2).ravel(),
    }


def _returns(company: Company, ledger: Ledger) -> Columns:
    """Goods that came back with refunds, two days later; the flow the ERP notes too."""
    trade, market = company.trade, company.market
    by_day = np.argsort(ledger.refund_on, kind="stable")
    line, day = ledger.refund_line[by_day], ledger.refund_on[by_day] + 2
    inside: Ints = np.flatnonzero(day <= END)
    line, day = line[inside], day[inside]
    region = market.region[trade.customer[trade.order[line]]]
    warehouse = np.array([WAREHOUSE_OF_REGION[r] for r in REGIONS])[region]
    days: Days = day
    return {
        "return_no": pick(numbered("RT", len(line)), np.arange(len(line))),
        "order_no": pick(trade.number, trade.order[line]),
        "returned_on": days,
        "warehouse": pick(WAREHOUSES, warehouse),
        "quantity": trade.quantity[line],
    }


def _purchases(company: Company) -> Columns:
    random = rng(company.seed, "purchases")
    open_days = np.flatnonzero(is_workday(DAYS))
    day = np.repeat(open_days, random.poisson(4, len(open_days)))
    count = len(day)
    price: Floats = random.lognormal(2.2, 0.5, count)
    quantity = random.integers(200, 3000, count)
    return {
        "receipt_no": pick(numbered("PR", count), np.arange(count)),
        "received_on": DAYS[day],
        "warehouse": pick(WAREHOUSES, random.integers(0, 4, count)),
        "material": pick(("芯片", "壳体", "线材", "电池", "包材"), random.integers(0, 5, count)),
        "quantity": quantity,
        "purchase_amount": np.round(quantity * price, 2),
    }


def _posted_purchases(purchases: Columns) -> Columns:
    """The same receipts in the ERP, except that one week of November 2024 was posted twice."""
    week = (purchases["received_on"] - np.datetime64("2024-11-18")).astype(np.int64)
    twice = np.flatnonzero((week >= 0) & (week < 6))
    rows = np.concatenate([np.arange(len(purchases["received_on"])), twice])
    columns = {name: _take(values, rows) for name, values in purchases.items()}
    numbers = columns["receipt_no"].to_pylist()  # type: ignore[attr-defined]
    columns["receipt_no"] = numbers[: len(numbers) - len(twice)] + [
        n + "-2" for n in numbers[len(numbers) - len(twice) :]
    ]
    return columns
