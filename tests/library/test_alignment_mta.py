"""Indicators of six public transit agencies as reported metrics: 147 of them, loaded, asked, judged and scanned.

Run alone with `-k mta`; skipped where the data set is absent.
"""

from __future__ import annotations

import csv
import os
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pyarrow as pa
import pytest
import yaml

import hedu
from hedu.alignment.goals.status import Aim, aim_of, status_of
from hedu.alignment.scan import scan
from hedu.alignment.scene import Operator, Scene
from hedu.define.definitions import Direction
from hedu.workspace import Workspace

Rows = dict[str, list[dict[str, str]]]
DIRECTIONS = {"U": "up", "D": "down", "N": "none"}


def number(text: str) -> float | None:
    return float(text.replace(",", "")) if text.strip() else None


def month(row: dict[str, str]) -> date:
    return date(int(row["period_year"]), int(row["period_month"]), 1)


def aim_by(direction: Direction, target: float | None) -> Aim:
    """The aim of a target that only says its number: the metric's direction says which side is good."""
    operators: dict[Direction, Operator] = {"up": ">=", "down": "<="}
    return aim_of(operators[direction], target) if direction in operators else Aim("none")


@cache
def indicators(path: Path) -> Rows:
    found: Rows = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(f"i{row['indicator_seq']}", []).append(row)
    return found


@cache
def opened(path: Path) -> tuple[Rows, Workspace]:
    """Every indicator as a sheet of its own, defined by what its agency wrote."""
    rows, place = indicators(path), Path(mkdtemp(prefix="hedu-mta-", dir=os.environ["HEDU_HOME"])) / "transit.duckdb"
    texts = []
    with duckdb.connect(str(place)) as base:
        for name, all_of in rows.items():
            told = [(month(row), number(row["monthly_actual"])) for row in all_of]
            told = [(at, value) for at, value in told if value is not None]
            table = {
                "period": pa.array([at for at, _ in told], pa.date32()),
                "value": pa.array([v for _, v in told], pa.float64()),
            }
            base.from_arrow(pa.table(table)).create(name)
            row = all_of[-1]
            definition = {
                "version": 1, "metric": name, "label": {"en": row["indicator_name"]}, "owner": row["agency_name"],
                "meaning": {"en": row["description"] or "-"}, "direction": DIRECTIONS[row["desired_change"]],
                "unit": row["indicator_unit"], "reported": {"grain": "month", "agg": "none", "source": name},
            }  # fmt: skip
            texts.append(yaml.safe_dump(definition))
    return rows, hedu.load({"mta.yml": "---\n".join(texts)}, engine=f"duckdb:///{place}")


@pytest.fixture()
def mta(test_data: Path) -> tuple[Rows, Workspace]:
    path = test_data / "mta" / "indicators.csv"
    if not path.is_file():
        pytest.skip(f"no transit indicators in {path.parent}")
    return opened(path)


def test_mta_all_147_load_with_their_polarity_and_answer_with_their_values(mta: tuple[Rows, Workspace]) -> None:
    rows, workspace = mta
    assert len(workspace.model.metrics) == 147 and workspace.problems == ()
    for name, all_of in rows.items():
        metric = workspace.model.metrics[name].definition
        assert metric.direction == DIRECTIONS[all_of[-1]["desired_change"]]
        told = {month(row): value for row in all_of if (value := number(row["monthly_actual"])) is not None}
        asked = workspace.ask(name, by="metric_time.month").rows()
        assert {row["metric_time.month"]: row[name] for row in asked} == told


def test_mta_targets_and_status_follow_the_polarity_of_each(mta: tuple[Rows, Workspace]) -> None:
    """The asked value of the last month with a target, judged by the metric's own direction; the oracle is the file."""
    rows, workspace = mta
    seen = dict.fromkeys(("on", "watch", "off", "none"), 0)
    for name, all_of in rows.items():
        held = [
            row for row in all_of if row["monthly_actual"] and (row["monthly_target"] or row["desired_change"] == "N")
        ]
        polarity = all_of[-1]["desired_change"]
        if not held:
            assert status_of(None, aim_by(workspace.model.metrics[name].definition.direction, 1.0)) == "none"
            seen["none"] += 1
            continue
        period = f"{month(held[-1]):%Y-%m}"
        ((value,),) = (
            row.values()
            for row in workspace.ask(name, since=period, until=period, where=f"metric_time = '{period}'").rows()
        )
        target = number(held[-1]["monthly_target"])
        status = status_of(value, aim_by(workspace.model.metrics[name].definition.direction, target))
        seen[status] += 1
        if polarity == "N" or target is None:
            assert status == "none"
            continue
        short, slack = (target - value if polarity == "U" else value - target), 0.1 * abs(target)
        assert status == ("on" if short <= 0 else "watch" if short <= slack + 1e-9 else "off"), (name, value, target)
    assert sum(seen.values()) == 147 and all(seen.values())


def test_mta_a_scan_raises_what_agencies_wrote_down_differently_and_nothing_else(mta: tuple[Rows, Workspace]) -> None:
    rows, workspace = mta
    found = scan(Scene(workspace.model, workspace.look(), date(2012, 1, 1)))
    raised = [one for one in found if one.kind == "definition"]
    pairs = {frozenset(one.metrics) for one in raised}
    same = {}
    for name, all_of in rows.items():
        same.setdefault(all_of[-1]["indicator_name"], []).append(
            (name, " ".join(all_of[-1]["description"].lower().split()))
        )
    differing = [
        frozenset({a, b})
        for members in same.values()
        for at, (a, text_a) in enumerate(members)
        for b, text_b in members[at + 1 :]
        if text_a.rstrip(".") != text_b.rstrip(".")
    ]
    assert len(differing) >= 3 and set(differing) <= pairs
    for one in raised:
        texts = {rows[name][-1]["description"] for name in one.metrics}
        assert len(texts) == 2 and len(one.departments) == 2
    assert {one.kind for one in found} <= {"definition", "ownership"}
