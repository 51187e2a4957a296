"""Finance's ERP: net of tax, exact decimals, payment dates, refunds, fiscal months from the 26th."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hedu.demo.company import Company
from hedu.demo.dates import END, MONTHS, Days, Ints, fiscal_month, rng
from hedu.demo.files import Columns, decimal_yuan
from hedu.demo.forces import BAD_BATCH_MONTH
from hedu.demo.places import CITIES, DEPARTMENT_ZH, REGIONS
from hedu.demo.systems.crm import in_crm
from hedu.demo.systems.words import numbered, pick
from hedu.demo.trade import COMPLETED, TAX

CRM_ONLY_SHARE = 0.012
"""Completed orders that never reached the ledger."""
REPRICED_SHARE = 0.015
"""Lines whose price finance corrected after a complaint."""
CHANNEL_CODES = ("D", "A", "E", "X")
EXPENSE_SHARES = {
    "marketing": (("推广费", 0.021), ("展会费", 0.006)),
    "sales": (("差旅费", 0.009), ("佣金", 0.012)),
    "product": (("调研费", 0.004),),
    "rnd": (("材料试制费", 0.013), ("检测认证费", 0.006)),
    "service": (("外包坐席费", 0.007),),
    "finance": (("审计咨询费", 0.002),),
    "hr": (("招聘培训费", 0.004),),
    "operations": (("仓储物流费", 0.021), ("设备维护费", 0.009)),
}
"""Share of a month's net revenue by department and kind of expense; salaries come on top."""
SALARIES = {
    "marketing": 22,
    "sales": 54,
    "product": 18,
    "rnd": 72,
    "service": 46,
    "finance": 17,
    "hr": 11,
    "operations": 96,
}
"""People on the payroll at the start, by department."""
SALARY = {"operations": 8200, "service": 7800, "rnd": 19500, "product": 18500, "sales": 14500}
OTHER_SALARY = 13000


@dataclass(frozen=True, slots=True)
class Ledger:
    """What finance booked: indices into the true lines with the booked net amount (fen)."""

    line: Ints
    net: Ints
    repriced: Ints
    crm_only_line: Ints
    erp_only_line: Ints
    refund_line: Ints
    refund_net: Ints
    refund_on: Days
    refund_reason: Ints


REASONS = ("质量问题", "错发漏发", "客户取消", "价格争议", "季末订单退回")


def make_ledger(company: Company) -> Ledger:
    """Decide which completed lines are booked, which are repriced and which are refunded."""
    random = rng(company.seed, "ledger")
    trade = company.trade
    known = in_crm(company)
    unposted = (random.random(len(trade.number)) < CRM_ONLY_SHARE) & (known == 1)
    completed = trade.status[trade.order] == COMPLETED
    booked = completed & ~unposted[trade.order]
    line = np.flatnonzero(booked)
    repriced = (random.random(len(line)) < REPRICED_SHARE) & (known[trade.order[line]] == 1)
    net = np.where(repriced, (trade.net[line] * 95 + 50) // 100, trade.net[line])
    chosen, reason, day = _refunds(random, company, line)
    return Ledger(
        line=line,
        net=net,
        repriced=line[repriced],
        crm_only_line=np.flatnonzero(completed & unposted[trade.order]),
        erp_only_line=np.flatnonzero(completed & (known[trade.order] == 0)),
        refund_line=line[chosen],
        refund_net=np.where(random.random(len(chosen)) < 0.75, net[chosen], net[chosen] // 2),
        refund_on=day,
        refund_reason=reason,
    )


def _refunds(random: np.random.Generator, company: Company, line: Ints) -> tuple[Ints, Ints, Days]:
    trade = company.trade
    order = trade.order[line]
    day = trade.day[order]
    chance = np.full(len(line), 0.026)
    bad = (company.goods.line[trade.product[line]] == 2) & (day.astype("M8[M]") == BAD_BATCH_MONTH)
    chance = np.where(bad, 0.22, chance)
    stuffed = trade.stuffed[order]
    chance = np.where(stuffed, 0.85, chance)
    chosen = np.flatnonzero(random.random(len(line)) < chance)
    quarter_end = (day[chosen].astype("M8[M]") + 1).astype("M8[D]") - 1
    usual = day[chosen] + random.integers(6, 45, len(chosen))
    reversed_on = quarter_end + random.integers(3, 11, len(chosen))
    refund_on = np.where(stuffed[chosen], reversed_on, usual)
    reason = random.choice(4, len(chosen), p=(0.38, 0.17, 0.30, 0.15))
    reason = np.where(stuffed[chosen], 4, np.where(bad[chosen], 0, reason))
    seen = refund_on <= END
    return chosen[seen], reason[seen], refund_on[seen]


def make_erp(company: Company, ledger: Ledger) -> dict[str, Columns]:
    """The tables of the ERP."""
    invoices = _invoices(company, ledger)
    return {
        "erp.invoice_lines": invoices,
        "erp.refunds": _refund_rows(company, ledger),
        "erp.customers": _customers(company),
        "erp.expenses": _expenses(company, ledger),
    }


def _codes(company: Company, customer: Ints, stream: str) -> Ints:
    """Rows of the ERP list; a customer kept twice is now and then booked under its second code."""
    erp = company.lists.erp
    second = np.full(len(company.market.name), -1)
    known = int((erp.main >= 0).sum())
    second[erp.truth[known:]] = np.arange(known, len(erp.code))
    other = (rng(company.seed, stream).random(len(customer)) < 0.3) & (second[customer] >= 0)
    return np.where(other, second[customer], erp.main[customer])


def _invoices(company: Company, ledger: Ledger) -> Columns:
    random = rng(company.seed, "invoices")
    trade, market, erp = company.trade, company.market, company.lists.erp
    line, order = ledger.line, trade.order[ledger.line]
    per_order = len(trade.number)
    invoiced = np.minimum(trade.day + random.integers(0, 5, per_order), END)
    terms = np.array([35, 45, 0, 28])[trade.channel] + random.integers(0, 21, per_order)
    paid = trade.day + np.where(trade.channel == 2, 0, terms)
    paid = np.where(paid > END, np.datetime64("NaT"), paid)
    codes = _codes(company, trade.customer, "invoice codes")
    return {
        "invoice_no": pick(numbered("INV", per_order, 7), order),
        "order_no": pick(trade.number, order),
        "line_no": trade.line_no[line],
        "customer_code": pick(erp.code, codes[order]),
        "product_code": pick(company.goods.code, trade.product[line]),
        "channel_code": pick(CHANNEL_CODES, trade.channel[order]),
        "region": pick(REGIONS, market.region[trade.customer[order]]),
        "currency": pick(("CNY", "USD"), (trade.channel[order] == 3).astype(np.int64)),
        "order_date": trade.day[order],
        "invoice_date": invoiced[order],
        "invoice_period": fiscal_month(invoiced)[order],
        "paid_on": paid[order],
        "paid_period": fiscal_month(paid)[order],
        "quantity": trade.quantity[line],
        "net_amount": decimal_yuan(ledger.net),
        "tax_amount": decimal_yuan((ledger.net * TAX + 50) // 100),
        "cost_amount": decimal_yuan(trade.cost[line]),
    }


def _refund_rows(company: Company, ledger: Ledger) -> Columns:
    trade, market, erp = company.trade, company.market, company.lists.erp
    by_day = np.argsort(ledger.refund_on, kind="stable")
    line = ledger.refund_line[by_day]
    order = trade.order[line]
    codes = _codes(company, trade.customer, "invoice codes")
    return {
        "refund_no": numbered("RF", len(line)),
        "order_no": pick(trade.number, order),
        "line_no": trade.line_no[line],
        "customer_code": pick(erp.code, codes[order]),
        "product_code": pick(company.goods.code, trade.product[line]),
        "channel_code": pick(CHANNEL_CODES, trade.channel[order]),
        "region": pick(REGIONS, market.region[trade.customer[order]]),
        "refund_on": ledger.refund_on[by_day],
        "refund_period": fiscal_month(ledger.refund_on[by_day]),
        "quantity": trade.quantity[line],
        "net_amount": np.round(ledger.refund_net[by_day] / 100, 2),
        "reason": pick(REASONS, ledger.refund_reason[by_day]),
    }


def _customers(company: Company) -> Columns:
    market, erp = company.market, company.lists.erp
    city = market.city[erp.truth]
    random = rng(company.seed, "erp customers")
    return {
        "customer_code": erp.code,
        "customer_name": erp.name,
        "contact": erp.contact,
        "phone": erp.phone,
        "region": [CITIES[c][0] for c in city],
        "city": [CITIES[c][2] for c in city],
        "credit_days": np.array([0, 30, 45, 60])[random.integers(0, 4, len(erp.code))],
    }


def _expenses(company: Company, ledger: Ledger) -> Columns:
    """Monthly bookings per department and kind: shares of revenue, and the payroll."""
    random = rng(company.seed, "expenses")
    month_of_line = (company.trade.day[company.trade.order[ledger.line]].astype("M8[M]") - MONTHS[0]).astype(np.int64)
    revenue = np.bincount(month_of_line, weights=ledger.net, minlength=len(MONTHS)) / 100
    smooth = np.convolve(np.pad(revenue, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    rows: list[tuple[Days, str, str, float]] = []
    last_day = (MONTHS + 1).astype("M8[D]") - 1
    for department, kinds in EXPENSE_SHARES.items():
        staff = SALARIES[department] * (1 + 0.004 * np.arange(len(MONTHS)))
        pay = staff * SALARY.get(department, OTHER_SALARY) * random.normal(1, 0.01, len(MONTHS))
        for kind, base in (
            *((k, smooth * s * random.normal(1, 0.06, len(MONTHS))) for k, s in kinds),
            ("工资", pay),
        ):
            rows += [
                (day, DEPARTMENT_ZH[department], kind, round(float(v), 2))
                for day, v in zip(last_day, base, strict=True)
            ]
    rows.sort(key=lambda row: row[0])
    return {
        "voucher_no": numbered("PZ", len(rows), 5),
        "booked_on": np.array([row[0] for row in rows]),
        "department": [row[1] for row in rows],
        "category": [row[2] for row in rows],
        "amount": [row[3] for row in rows],
    }


def month_of(days: Days) -> Ints:
    """Position of each day's month in the 36 months."""
    return np.asarray((days.astype("M8[M]") - MONTHS[0]).astype(np.int64))
