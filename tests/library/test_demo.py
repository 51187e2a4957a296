"""The demo company: repeatable, loadable, coherent, with at least one conflict and three decoys of every class."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import yaml

import hedu
from hedu.demo.command import demo, make_tables
from hedu.demo.company import make_company
from hedu.demo.dates import END, MONTHS, fiscal_month
from hedu.demo.files import table_of
from hedu.demo.layout import PLACES
from hedu.demo.load import fill_warehouse
from hedu.demo.systems.erp import make_ledger
from hedu.demo.truth import records
from hedu.demo.truth.plant import Class

CLASSES = get_args(Class)
NAMED = {"收入", "利润率", "客户满意度", "客户留存率", "市场占有率", "生产效率", "产品质量"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo")
    return demo(7, root)


@pytest.fixture(scope="module")
def truth(written):
    return json.loads((written.parent / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reports(written):
    return fill_warehouse(written, written.parent / "warehouse")


@pytest.fixture(scope="module")
def ws(written, reports):
    return hedu.load(written / "definitions", engine=f"duckdb:///{written.parent / 'warehouse'}")


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(written, tmp_path):
    once = {name: digest for name, digest in digests(written.parent).items() if not name.startswith("warehouse")}
    demo(7, tmp_path / "again")
    assert digests(tmp_path / "again") == once
    demo(8, tmp_path / "other")
    other = digests(tmp_path / "other")
    assert other.keys() == once.keys()
    same = {name for name in once if other[name] == once[name]}
    assert not {name for name in same if name.endswith((".parquet", ".xlsx", ".jsonl", ".sqlite"))}
    assert "company/crm/订单行.csv" not in same


def test_every_class_has_a_conflict_and_three_decoys(truth):
    assert {"class", "metrics", "departments", "facets", "decoy"} <= set.intersection(*(set(row) for row in truth))
    true = Counter(row["class"] for row in truth if not row["decoy"])
    decoys = Counter(row["class"] for row in truth if row["decoy"])
    assert set(true) == set(decoys) == set(CLASSES)
    assert all(true[name] >= 1 and decoys[name] >= 3 for name in CLASSES)


def test_the_truth_names_only_metrics_and_departments_that_exist(truth, ws):
    known = set(ws.model.metrics)
    for row in truth:
        assert set(row["metrics"]) <= known, row
        assert {name for other in row.get("also", ()) for name in other} <= known, row
        assert set(row["departments"]) <= {item.name for item in ws.definitions.settings.departments}, row


def test_no_conflict_is_also_a_decoy_of_its_class(truth):
    def key(row):
        return (
            row["class"],
            tuple(sorted(row["metrics"])),
            tuple(sorted(row["departments"])),
            tuple(sorted(row["facets"])),
        )

    true = {key(row) for row in truth if not row["decoy"]}
    assert not true & {key(row) for row in truth if row["decoy"]}


def test_definitions_load_without_a_problem_and_name_the_seven_metrics(ws):
    assert ws.problems == ()
    assert len(ws.model.metrics) >= 70
    assert {metric.definition.label.zh for metric in ws.model.metrics.values()} >= NAMED
    assert all(one.definition.meaning.zh and one.definition.meaning.en for one in ws.model.metrics.values())


def test_equal_labels_occur_only_where_planted(truth, ws):
    labels: dict[str, set[str]] = {}
    for name, metric in ws.model.metrics.items():
        for text in (metric.definition.label.zh, *metric.definition.synonyms):
            labels.setdefault(text, set()).add(name)
    planted = [set(row["metrics"]) for row in truth]
    for text, names in labels.items():
        assert len(names) == 1 or names in planted, text


def test_ownership_is_in_order_except_where_planted(truth, ws):
    planted = {
        row["metrics"][0] for row in truth if row["class"] == "ownership" and not row["decoy"] and row["metrics"]
    }
    for name, metric in ws.model.metrics.items():
        definition = metric.definition
        assert definition.owner and definition.person, name
        assert name in planted or definition.raci.accountable == (definition.owner,), name


@pytest.mark.parametrize("chunk", range(4))
def test_every_metric_answers_over_time(ws, chunk):
    for name in sorted(ws.model.metrics)[chunk::4]:
        body = ws.model.metrics[name].definition.body
        grain = getattr(body, "grain", "month")
        rows = ws.ask([name], by=[f"metric_time.{grain}"], since="2023-12", until="2026-08").rows()
        values = [row[name] for row in rows]
        assert len(values) >= (11 if grain == "quarter" else 33), name
        assert all(value is not None and float(value) == float(value) for value in values), name


def test_every_dimension_has_values(ws):
    for dataset in ws.model.datasets.values():
        for dimension in dataset.dimensions.values() if dataset.reported is None else ():
            grain = ".month" if dimension.is_time else ""
            assert ws.ask(by=[f"{dataset.name}.{dimension.name}{grain}"], limit=1).table.num_rows == 1


def test_the_warehouse_holds_all_rows_and_no_rejects(reports):
    company = make_company(7)
    tables = make_tables(company, make_ledger(company))
    assert set(tables) == {place.table for place in PLACES}
    assert [report.table for report in reports if report.rejects or report.unproved] == []
    assert {report.table: report.rows for report in reports} == {
        name: table_of(columns).num_rows for name, columns in tables.items()
    }


def test_size_margins_and_refunds_are_those_of_a_real_company():
    company = make_company(7)
    ledger = make_ledger(company)
    assert 1400 <= len(company.market.name) <= 1600
    assert 270_000 <= len(company.trade.order) <= 340_000
    margin = 1 - company.trade.cost[ledger.line].sum() / ledger.net.sum()
    assert 0.25 <= margin <= 0.45
    assert 0.02 <= ledger.refund_net.sum() / ledger.net.sum() <= 0.04
    assert company.trade.day.max() <= END
    assert np.unique(company.trade.day.astype("M8[M]")).size == len(MONTHS)


def test_the_gap_between_crm_and_erp_is_made_of_its_buckets_to_the_cent(ws, truth):
    rows = ws.ask(["booked_net_crm", "booked_net_erp"]).rows()[0]
    gap = next(row["gap"] for row in truth if "gap" in row)
    assert gap["only_crm"] + gap["only_erp"] + gap["both_differ"] == pytest.approx(gap["total"], abs=0.01)
    assert float(rows["booked_net_crm"]) - float(rows["booked_net_erp"]) == pytest.approx(gap["total"], abs=0.01)


def test_fiscal_months_begin_on_the_26th():
    days = np.array(["2024-01-25", "2024-01-26", "2024-12-31"], dtype="M8[D]")
    assert fiscal_month(days).astype(str).tolist() == ["2024-01-01", "2024-02-01", "2025-01-01"]


def test_customers_of_three_systems_are_tied_by_the_facts_alone(written):
    facts = json.loads((written.parent / "truth-facts.json").read_text(encoding="utf-8"))
    keys = facts["customers"]
    assert len(keys["crm"]) > len(set(keys["crm"].values())) == 1500
    assert len(keys["erp"]) > 1500
    assert 1000 <= len(set(keys["service"].values())) <= 1100
    text = (written / "load.yml").read_text(encoding="utf-8")
    assert "truth" not in text


def test_the_papers_that_later_detectors_need_are_there(written):
    for name in ("goals", "versions", "quizzes", "departments", "policies", "boards"):
        assert yaml.safe_load((written / f"people/{name}.yml").read_text(encoding="utf-8"))
    for name in ("people", "grants", "reports", "approvals", "drivers", "usage", "quiz_answers"):
        assert (written / f"people/{name}.csv").read_text(encoding="utf-8").count("\n") > 5


@pytest.mark.parametrize("seed", [1, 99])
def test_other_seeds_plant_the_same_conflicts(seed):
    company = make_company(seed)
    ledger = make_ledger(company)
    rows = records(company, ledger)
    assert {row["class"] for row in rows} == set(CLASSES)
    gap = next(row["gap"] for row in rows if "gap" in row)
    assert gap["only_crm"] > 0 > gap["only_erp"]


def test_tickets_opened_at_night_are_of_the_day_before_in_utc(ws):
    found = ws.ask(["tickets_new", "tickets_utc"], by="metric_time.month", since="2025").rows()
    assert any(row["tickets_new"] != row["tickets_utc"] for row in found)
    asked = ws.ask("tickets_new", by=["tickets.created_on", "tickets.created_at.day"], since="2025-03", until="2025-03")
    assert {row["tickets.created_on"] for row in asked.rows()} == {
        row["tickets.created_at.day"] for row in asked.rows()
    }
    assert all(row["tickets.created_on"] == row["tickets.created_at.day"] for row in asked.rows())
