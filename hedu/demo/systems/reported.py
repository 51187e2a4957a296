"""Departments' KPI sheets: period and value, filled in by hand, with the habits of whoever fills them in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hedu.demo.company import Company
from hedu.demo.dates import DAYS, MONTHS, WEEKS, Days, Floats, Ints, rng, season_of_months
from hedu.demo.files import Columns
from hedu.demo.forces import wave
from hedu.demo.places import REGIONS
from hedu.demo.systems.crm import in_crm
from hedu.demo.systems.erp import Ledger, month_of
from hedu.demo.systems.marketing import spend_by_week
from hedu.demo.trade import CANCELLED, TAX

Tables = dict[str, Columns]
QUARTERS = np.unique(MONTHS.astype("M8[M]").astype(np.int64) // 3)


def make_reported(company: Company, ledger: Ledger, tables: Tables) -> Tables:
    """One sheet per reported metric, under `kpi.`; `tables` are the systems' own."""
    counted = np.flatnonzero((company.trade.status != CANCELLED) & (in_crm(company) == 1))
    return {
        **_soft(company),
        **_hard(company, ledger, tables),
        **_orders(company, counted),
        **_answers(tables),
        **_weekly(tables),
        "kpi.quarter_releases": _by_quarter(_count(tables["rnd.releases"]["released_on"])),
        "fin.fx_rates": _rates(company),
    }


def _monthly(values: Any, digits: int = 2) -> Columns:
    return {"period": MONTHS.astype("M8[D]"), "value": np.round(values, digits)}


def _by_quarter(monthly: Floats) -> Columns:
    first = np.array([q * 3 for q in QUARTERS]).astype("M8[M]").astype("M8[D]")
    return {"period": first, "value": np.round(monthly.reshape(-1, 3).sum(axis=1), 2)}


def _count(days: Days) -> Floats:
    return np.bincount(month_of(days), minlength=len(MONTHS)).astype(np.float64)


def _soft(company: Company) -> Tables:
    """Indicators nobody has a system for. Several look related to each other and are not."""
    random = rng(company.seed, "soft")
    months = len(MONTHS)
    trend = np.linspace(-1, 1, months)
    season = (season_of_months() - 1) / 0.08
    early = wave(random, months // 2, 0.2)
    late = np.concatenate([early, wave(random, months - months // 2, 0.2)])
    other = np.concatenate([-early, wave(random, months - months // 2, 0.2)])
    noise = [wave(random, months, 0.1) for _ in range(8)]
    comfort = wave(random, months, 0.2)
    quarterly = 3.9 + 0.12 * wave(random, len(QUARTERS), 0.3)
    return {
        "kpi.brand_awareness": _monthly(0.31 + 0.05 * trend + 0.004 * noise[0], 4),
        "kpi.supplier_score": _monthly(86 - 4 * trend + 0.6 * noise[1]),
        "kpi.web_visits": _monthly(38000 * (1 + 0.10 * season) * (1 + 0.22 * noise[2]), 0),
        "kpi.training_completion": _monthly(0.88 - 0.030 * season + 0.012 * noise[3], 4),
        "kpi.energy_compliance": _monthly(0.91 + 0.02 * late, 4),
        "kpi.machine_uptime": _monthly(0.87 + 0.025 * other, 4),
        "kpi.canteen_score": _monthly(3.9 + 0.25 * comfort),
        "kpi.punctuality": _monthly(0.965 - 0.0007 * comfort + 0.0012 * noise[4], 4),
        "kpi.safety_incidents": _monthly(random.poisson(0.8, months), 0),
        "kpi.major_incidents": _monthly(random.poisson(0.8, months), 0),
        "kpi.employee_satisfaction": {
            "period": _by_quarter(np.zeros(months))["period"],
            "value": np.round(quarterly, 2),
        },
    }


def _hard(company: Company, ledger: Ledger, tables: Tables) -> Tables:
    """Sheets that repeat what a system knows, in another unit or with tax."""
    random = rng(company.seed, "hard")
    trade = company.trade
    invoices = tables["erp.invoice_lines"]
    month, channel = month_of(invoices["invoice_date"]), trade.channel[trade.order[ledger.line]]

    def sold(which: int) -> Floats:
        return np.bincount(month, weights=ledger.net * (channel == which), minlength=len(MONTHS)) / 100

    spend = np.bincount(month_of(np.maximum(WEEKS, DAYS[0])), weights=spend_by_week(company).sum(axis=1))
    quality, expenses = tables["wms.quality"], tables["erp.expenses"]
    on = month_of(quality["inspected_on"])
    passed = np.bincount(on, weights=quality["first_pass"]) / np.bincount(on, weights=quality["inspected"])
    storage = np.array(expenses["amount"]) * (np.array(expenses["category"]) == "仓储物流费")
    handled = tables["svc.tickets"]
    opened, timed = month_of(handled["created_on"]), handled["handle_minutes"].is_valid().to_numpy(zero_copy_only=False)
    spent = np.bincount(opened, weights=handled["handle_minutes"].fill_null(0).to_numpy())
    complaints = _count(handled["created_on"][np.array(handled["category"].to_pylist()) == "投诉"])
    complaints[int(random.integers(6, 30))] += 4
    rate = _rates(company)["value"]
    return {
        "kpi.ad_spend": _monthly(spend / 10_000, 4),
        "kpi.direct_sales": _monthly(sold(0) * (100 + TAX) / 100),
        "kpi.dealer_sellout": _monthly(sold(1) * (100 + TAX) / 100 * (1 + 0.14 * wave(random, len(MONTHS), 0.2))),
        "kpi.export_sales": _monthly(sold(3) / rate),
        "kpi.warehousing": _monthly(np.bincount(month_of(expenses["booked_on"]), weights=storage) / 10_000, 4),
        "kpi.first_pass": _monthly(passed * 100, 3),
        "kpi.handle_time": _monthly(spent / np.bincount(opened, weights=timed) / 60, 4),
        "kpi.complaints": _monthly(complaints, 0),
    }


def _orders(company: Company, counted: Ints) -> Tables:
    """Orders and distinct customers added up: over months, wrong for customers, and over regions, right."""
    trade, everyone = company.trade, len(company.market.name)
    cell = month_of(trade.day[counted]) * everyone + trade.customer[counted]
    monthly = np.bincount(np.unique(cell) // everyone, minlength=len(MONTHS)).astype(np.float64)
    return {
        "kpi.active_customers_quarter": _by_quarter(monthly),
        "kpi.regional_customers": _monthly(monthly, 0),
        "kpi.quarter_orders": _by_quarter(_count(trade.day[counted])),
    }


def _answers(tables: Tables) -> Tables:
    """Survey scores for the whole country: one averages averages, the other weighs them."""
    surveys, nps = tables["svc.surveys"], tables["prd.nps"]
    regions = len(REGIONS)
    cell = month_of(surveys["answered_on"]) * regions + _region(surveys["region"])
    total = np.bincount(cell, weights=surveys["score"], minlength=len(MONTHS) * regions)
    number = np.bincount(cell, minlength=len(MONTHS) * regions)
    means = (total / np.maximum(number, 1)).reshape(-1, regions)
    mean = np.where(number.reshape(-1, regions) > 0, means, np.nan)
    on = month_of(nps["答卷日期"])
    answers = np.bincount(on)
    score = 100 * (np.bincount(on, weights=nps["推荐者"]) - np.bincount(on, weights=nps["贬损者"])) / answers
    return {
        "kpi.csat_national": _monthly(np.nanmean(mean, axis=1), 4),
        "kpi.nps_national": _monthly(score, 4),
    }


def _region(names: Any) -> Ints:
    codes = pc.index_in(names, value_set=pa.array(REGIONS, pa.string()))
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)


def _weekly(tables: Tables) -> Tables:
    """Marketing's week begins on Sunday, service's on Monday; only whole weeks are handed in."""
    leads, tickets = tables["mkt.leads"]["登记日期"], tables["svc.tickets"]["created_on"]
    sundays, mondays = WEEKS[1:-1] - 1, WEEKS[1:-1]
    return {
        "kpi.leads_weekly": {"period": sundays, "value": _in_weeks(leads, sundays)},
        "kpi.tickets_weekly": {"period": mondays, "value": _in_weeks(tickets, mondays)},
    }


def _in_weeks(days: Days, starts: Days) -> Floats:
    week = (days - starts[0]).astype(np.int64) // 7
    inside = (week >= 0) & (week < len(starts))
    return np.bincount(week[inside], minlength=len(starts)).astype(np.float64)


def _rates(company: Company) -> Columns:
    """Yuan per dollar, month by month."""
    random = rng(company.seed, "rates")
    return _monthly(7.15 + 0.09 * wave(random, len(MONTHS), 0.8), 4)
