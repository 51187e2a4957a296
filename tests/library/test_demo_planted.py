"""What the demo company plants holds in its figures, on several seeds: links, trade-offs, projects, gaming, units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from hedu.demo.command import make_tables
from hedu.demo.company import Company, make_company
from hedu.demo.dates import FIRST_MONDAY, MONTHS, WEEKS
from hedu.demo.systems.erp import Ledger, make_ledger, month_of

SEEDS = (7, 11, 42)
M, W = len(MONTHS), len(WEEKS)
HALF = slice(None, M // 2), slice(M // 2, None)


@dataclass(frozen=True)
class Made:
    company: Company
    ledger: Ledger
    tables: dict


@cache
def made(seed: int) -> Made:
    company = make_company(seed)
    ledger = make_ledger(company)
    return Made(company, ledger, make_tables(company, ledger))


def texts(column) -> np.ndarray:
    return np.array(column.to_pylist() if hasattr(column, "to_pylist") else column)


def monthly(days, weights=None) -> np.ndarray:
    return np.bincount(month_of(days), weights=weights, minlength=M)


def weekly(days, weights=None) -> np.ndarray:
    week = (days - FIRST_MONDAY).astype(int) // 7
    return np.bincount(week, weights=weights, minlength=W)


def together(one, other) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def by_lag(driver, outcome, most: int) -> list[float]:
    return [together(driver[: len(driver) - lag], outcome[lag:]) for lag in range(most)]


def satisfaction(tables) -> np.ndarray:
    surveys = tables["svc.surveys"]
    return monthly(surveys["answered_on"], surveys["score"]) / monthly(surveys["answered_on"])


def on_time(tables, inside=None) -> np.ndarray:
    rows = tables["wms.shipments"]
    chosen = slice(None) if inside is None else inside
    kept = (rows["shipped_on"] <= rows["promised_on"])[chosen]
    return monthly(rows["shipped_on"][chosen], kept) / monthly(rows["shipped_on"][chosen])


@pytest.mark.parametrize("seed", SEEDS)
def test_satisfaction_drives_retention_after_the_planted_months(seed):
    one = made(seed)
    ledger = one.tables["crm.customer_months"]
    retention = monthly(ledger["月份"], ledger["本月留存"])[1:] / monthly(ledger["月份"], ledger["期初活跃"])[1:]
    links = by_lag(satisfaction(one.tables)[1:], retention, 6)
    assert int(np.argmax(links)) == one.company.forces.lags.satisfaction_to_retention_months
    assert max(links) > 0.85


@pytest.mark.parametrize("seed", SEEDS)
def test_delivery_spending_training_and_releases_drive_what_they_should(seed):
    one = made(seed)
    tables, lags = one.tables, one.company.forces.lags
    assert by_lag(on_time(tables), satisfaction(tables), 3)[lags.delivery_to_satisfaction_months] > 0.4
    spend = np.log(weekly(tables["mkt.spend"]["周起始日"], tables["mkt.spend"]["投放金额(元)"]))[2:-1]
    leads = np.log(weekly(tables["mkt.leads"]["登记日期"]))[2:-1]
    links = by_lag(spend, leads, 5)
    assert int(np.argmax(links)) == lags.spend_to_leads_weeks
    training, production = tables["hr.training"], tables["wms.production"]
    hours = monthly(training["培训日期"], np.array(training["课时"]))
    made_per_hour = monthly(production["produced_on"], production["output_units"]) / monthly(
        production["produced_on"], production["labor_hours"]
    )
    assert int(np.argmax(by_lag(hours, made_per_hour, 4))) == lags.training_to_efficiency_months
    defects = tables["rnd.defects"]
    found = monthly(defects["found_on"], texts(defects["found_by"]) == "客户")
    assert by_lag(monthly(tables["rnd.releases"]["released_on"]), found, 3)[1] > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_trade_offs_hold_in_both_halves(seed):
    one = made(seed)
    tables, trade = one.tables, one.company.trade
    production, quality = tables["wms.production"], tables["wms.quality"]
    efficiency = monthly(production["produced_on"], production["output_units"]) / monthly(
        production["produced_on"], production["labor_hours"]
    )
    passed = monthly(quality["inspected_on"], quality["first_pass"]) / monthly(
        quality["inspected_on"], quality["inspected"]
    )
    deals = tables["crm.opportunities"]
    closed = texts(deals["阶段"]) != "跟进中"
    days, won = deals["关闭日期"][closed], texts(deals["阶段"])[closed] == "赢单"
    invoiced = tables["erp.invoice_lines"]["invoice_date"]
    cost = monthly(invoiced, trade.cost[one.ledger.line])
    margin = 1 - cost / monthly(invoiced, one.ledger.net)
    stock = tables["wms.inventory"]
    last = np.isin(stock["snapshot_on"], (MONTHS + 1).astype("M8[D]") - 1)
    turns = cost / monthly(stock["snapshot_on"][last], stock["stock_value"][last])
    sent = tables["wms.shipments"]
    filled = monthly(sent["shipped_on"], sent["lines_in_stock"]) / monthly(sent["shipped_on"], sent["lines"])
    for this, that in ((efficiency, passed), (monthly(days, won) / monthly(days), margin), (turns, filled)):
        assert all(together(this[half], that[half]) < -0.3 for half in HALF)
        assert together(this, that) < -0.45


@pytest.mark.parametrize("seed", SEEDS)
def test_false_trade_offs_vanish_when_looked_at_closely(seed):
    sheets = {name: made(seed).tables[f"kpi.{name}"]["value"] for name in (
        "brand_awareness", "supplier_score", "energy_compliance", "machine_uptime", "canteen_score", "punctuality")}  # fmt: skip
    trend = together(sheets["brand_awareness"], sheets["supplier_score"])
    changes = together(np.diff(sheets["brand_awareness"]), np.diff(sheets["supplier_score"]))
    assert trend < -0.9 and abs(changes) < 0.5
    early, late = (together(sheets["energy_compliance"][half], sheets["machine_uptime"][half]) for half in HALF)
    assert early < -0.95 and late > -0.6
    comfort, prompt = sheets["canteen_score"], sheets["punctuality"]
    slope = np.polyfit(comfort / comfort.mean(), prompt / prompt.mean(), 1)[0]
    assert abs(slope) < 0.03


@pytest.mark.parametrize("seed", SEEDS)
def test_one_project_works_and_the_other_only_seems_to(seed):
    one = made(seed)
    sent, start = one.tables["wms.shipments"], int((np.datetime64("2025-07") - MONTHS[0]).astype(int))
    here = texts(sent["region"]) == "西南"
    flooded = texts(sent["region"]) == "华中"

    def change(series: np.ndarray) -> float:
        return float(series[start:].mean() - series[start - 12 : start].mean())

    effect = change(on_time(one.tables, here)) - change(on_time(one.tables, ~here & ~flooded))
    assert 0.035 < effect < 0.095
    deals = one.tables["crm.opportunities"]
    closed = texts(deals["阶段"]) != "跟进中"
    region, won = texts(deals["大区"])[closed], texts(deals["阶段"])[closed] == "赢单"
    month = month_of(deals["关闭日期"][closed])

    def rate(inside: np.ndarray, months: np.ndarray) -> float:
        return float(won[inside & np.isin(month, months)].mean())

    slump, after, long_before = np.arange(start - 4, start), np.arange(start, M), np.arange(start - 4)
    mine = region == "华中"
    assert rate(mine, after) - rate(mine, slump) > 0.02
    lasting = rate(mine, after) - rate(mine, long_before) - (rate(~mine, after) - rate(~mine, long_before))
    assert abs(lasting) < 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_scored_gets_gamed(seed):
    one = made(seed)
    tickets = one.tables["svc.tickets"]
    scored = tickets["created_on"].astype("M8[M]") >= np.datetime64("2025-04")
    minutes, again = tickets["first_response_minutes"], tickets["repeat_contact"]
    below, above = (minutes >= 27) & (minutes < 30), (minutes >= 30) & (minutes < 33)
    assert 0.8 < below[~scored].sum() / above[~scored].sum() < 1.4
    assert below[scored].sum() / above[scored].sum() > 5
    assert again[scored].mean() - again[~scored].mean() > 0.04
    refunds = one.tables["erp.refunds"]
    reversed_in = texts(refunds["region"])[texts(refunds["reason"]) == "季末订单退回"]
    assert set(reversed_in) == {"华南"} and len(reversed_in) > 300
    lines = one.tables["crm.order_lines"]
    closing = (lines["下单日期"].astype("M8[M]") + 1).astype("M8[D]") - lines["下单日期"]
    late = np.isin(lines["下单日期"].astype("M8[M]").astype(int) % 12 + 1, (3, 6, 9, 12)) & (closing.astype(int) <= 3)
    late &= (lines["下单日期"] >= np.datetime64("2025-01")) & (lines["下单日期"] < np.datetime64("2026-09"))
    share = {name: float(late[texts(lines["大区"]) == name].mean()) for name in ("华东", "华南", "华北")}
    assert min(share["华南"], share["华北"]) > 2 * share["华东"]


@pytest.mark.parametrize("seed", SEEDS)
def test_reported_sheets_are_off_by_the_planted_factor(seed):
    one = made(seed)
    tables, trade, ledger = one.tables, one.company.trade, one.ledger
    spend = monthly(tables["mkt.spend"]["周起始日"], tables["mkt.spend"]["投放金额(元)"])
    assert spend / tables["kpi.ad_spend"]["value"] == pytest.approx(np.full(M, 10_000.0), rel=1e-4)
    invoiced, channel = tables["erp.invoice_lines"]["invoice_date"], trade.channel[trade.order[ledger.line]]
    direct = monthly(invoiced, ledger.net * (channel == 0)) / 100
    assert tables["kpi.direct_sales"]["value"] / direct == pytest.approx(np.full(M, 1.13), rel=1e-6)
    export = monthly(invoiced, ledger.net * (channel == 3)) / 100
    rates = tables["fin.fx_rates"]["value"]
    assert export / tables["kpi.export_sales"]["value"] == pytest.approx(rates, rel=1e-5)
    sellout = tables["kpi.dealer_sellout"]["value"] / (monthly(invoiced, ledger.net * (channel == 1)) / 100)
    assert sellout.std() > 0.1
    complaints = monthly(tables["svc.tickets"]["created_on"], texts(tables["svc.tickets"]["category"]) == "投诉")
    assert (complaints != tables["kpi.complaints"]["value"]).sum() == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_some_sums_are_wrong_and_some_are_right(seed):
    tables = made(seed).tables
    lines = tables["crm.order_lines"]
    counted = texts(lines["订单状态"]) != "已取消"
    month, who = month_of(lines["下单日期"][counted]), texts(lines["客户编号"])[counted]
    buyers = [len(set(who[month == at])) for at in range(M)]
    assert tables["kpi.regional_customers"]["value"].tolist() == buyers
    quarters = [len(set(who[month // 3 == at])) for at in range(M // 3)]
    added = tables["kpi.active_customers_quarter"]["value"]
    assert all(sum_ > 1.5 * true for sum_, true in zip(added, quarters, strict=True))
    apart = np.abs(tables["kpi.csat_national"]["value"] - satisfaction(tables))
    assert np.median(apart) > 0.03


@pytest.mark.parametrize("seed", SEEDS)
def test_sources_differ_for_ever_once_or_only_at_the_edge(seed):
    tables = made(seed).tables
    sent, posted = tables["wms.shipments"], tables["erp.deliveries"]
    missing = monthly(sent["shipped_on"], sent["units"]) - monthly(posted["posted_on"], posted["units"])
    since = int((np.datetime64("2025-06") - MONTHS[0]).astype(int))
    assert not missing[:since].any() and (missing[since:] > 0).all()
    received, booked = tables["wms.purchases"], tables["erp.purchase_receipts"]
    twice = monthly(booked["received_on"], booked["quantity"]) - monthly(received["received_on"], received["quantity"])
    assert [str(MONTHS[at]) for at in np.flatnonzero(twice)] == ["2024-11"]
    back, noted = tables["wms.returns"], tables["erp.return_notes"]
    late = monthly(back["returned_on"], back["quantity"]) - monthly(noted["returned_on"], noted["quantity"])
    assert np.flatnonzero(late).tolist() == [M - 1]
