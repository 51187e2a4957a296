"""The company + its plants -> truth.json (conflicts and decoys) and truth-facts.json (everything else that is true)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hedu.demo.company import Company
from hedu.demo.forces import BAD_BATCH_MONTH, DELIVERY_PROJECT, FLOOD_MONTH, LEADS_PROJECT
from hedu.demo.lists import CustomerList
from hedu.demo.systems.erp import Ledger
from hedu.demo.truth import conduct, numbers
from hedu.demo.truth.plant import record

Row = dict[str, Any]


def records(company: Company, ledger: Ledger) -> list[Row]:
    """Every planted conflict and every decoy; the revenue gap of CRM and ERP comes with its exact buckets."""
    rows = [record(plant, decoy=False) for plant in (*numbers.TRUE, *conduct.TRUE)]
    rows += [record(plant, decoy=True) for plant in (*numbers.DECOYS, *conduct.DECOYS)]
    for row in rows:
        if row["metrics"] == ["booked_net_crm", "booked_net_erp"]:
            row["gap"] = gap(company, ledger)
    return rows


def gap(company: Company, ledger: Ledger) -> Row:
    """CRM less ERP net amount in yuan, by bucket; the buckets add up to the gap."""
    net = company.trade.net
    changed = {int(line): int(value) for line, value in zip(ledger.line, ledger.net, strict=True)}
    repriced = sum(int(net[line]) - changed[int(line)] for line in ledger.repriced)
    only_crm, only_erp = int(net[ledger.crm_only_line].sum()), int(net[ledger.erp_only_line].sum())
    return {
        "only_crm": only_crm / 100,
        "only_erp": -only_erp / 100,
        "both_differ": repriced / 100,
        "total": (only_crm - only_erp + repriced) / 100,
    }


def facts(company: Company, ledger: Ledger) -> Row:
    """Driver links with lags, project effects, anomalies, and who is who on the three customer lists."""
    del ledger
    return {
        "seed": company.seed,
        "lags": asdict(company.forces.lags),
        "links": _links(company),
        "projects": _projects(),
        "anomalies": _anomalies(),
        "customers": {
            "crm": _keys(company.lists.crm),
            "erp": _keys(company.lists.erp),
            "service": _keys(company.lists.service),
        },
    }


def _links(company: Company) -> list[Row]:
    lags = company.forces.lags
    rows = (
        ("csat_score", "retention", lags.satisfaction_to_retention_months, "month", 1),
        ("on_time_operations", "csat_score", lags.delivery_to_satisfaction_months, "month", 1),
        ("ad_spend", "lead_count", lags.spend_to_leads_weeks, "week", 1),
        ("training_hours", "production_efficiency", lags.training_to_efficiency_months, "month", 1),
        ("release_count", "customer_defects", 1, "month", 1),
        ("discount_rate", "win_rate", 0, "week", 1),
        ("discount_rate", "gross_margin", 0, "week", -1),
        ("overtime_share", "production_efficiency", 0, "week", 1),
        ("overtime_share", "first_pass_yield", 0, "week", -1),
    )
    return [dict(zip(("driver", "outcome", "lag", "grain", "sign"), row, strict=True)) for row in rows]


def _projects() -> list[Row]:
    rows = (("J1", "on_time_operations", *DELIVERY_PROJECT), ("J2", "win_rate", *LEADS_PROJECT))
    return [
        {"id": code, "metric": metric, "region": region, "started": str(start), "effect": effect}
        for code, metric, region, start, effect in rows
    ]


def _anomalies() -> list[Row]:
    return [
        {"metric": "on_time_operations", "month": str(FLOOD_MONTH), "where": "region = '华中'", "cause": "洪水停运"},
        {"metric": "first_pass_yield", "month": str(BAD_BATCH_MONTH), "where": "product_line = '气体传感器'",
         "cause": "供应商批次不良"},
        {"metric": "refund_amount", "month": str(BAD_BATCH_MONTH + 1), "where": "reason = '质量问题'", "cause": "供应商批次不良"},
        {"metric": "purchased_units_erp", "month": "2024-11", "where": "", "cause": "一周的入库单重复过账"},
    ]  # fmt: skip


def _keys(known: CustomerList) -> dict[str, int]:
    return {code: int(truth) for code, truth in zip(known.code, known.truth, strict=True)}
