"""The benchmark of conflicts: what it counts as found, as a false alarm, as a decoy taken; and its promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bench.conflicts.__main__ import FALSE_ALARMS, RECALL, measure
from bench.conflicts.match import shows, tallies
from hedu.alignment.conflict import Conflict


def item(kind: str, *metrics: str, decoy: bool = False, **more: Any) -> dict[str, Any]:
    return {"class": kind, "metrics": list(metrics), "departments": ["sales"], "facets": [], "decoy": decoy, **more}


def raised(kind: str, *metrics: str, departments: tuple[str, ...] = ("sales",), **more: Any) -> Conflict:
    return Conflict(kind, "c", metrics, departments, **more)  # type: ignore[arg-type]


def test_an_item_is_shown_by_its_metrics_or_its_also() -> None:
    wanted = item("unit", "a", "b", also=[["a", "c"]])
    assert shows(raised("unit", "b", "a"), wanted) and shows(raised("unit", "c", "a"), wanted)
    assert not shows(raised("unit", "a"), wanted) and not shows(raised("unit", "a", "b", "c"), wanted)
    assert not shows(raised("unit", "a", "b", departments=("hr",)), wanted)
    assert shows(raised("unit", "a", "c", departments=("hr",)), wanted)


def test_what_an_item_names_must_be_said() -> None:
    wanted = item("version", "a", report="月报")
    assert shows(raised("version", "a", facts={"name": "月报"}), wanted)
    assert not shows(raised("version", "a", facts={"name": "年报"}), wanted)
    assert shows(raised("gaming", "a", about="region=华南"), item("gaming", "a", region="华南"))


def test_recall_false_alarms_and_decoys_are_counted_by_class() -> None:
    truth = [item("unit", "a", "b"), item("unit", "c"), item("unit", "d", decoy=True), item("source", "a", "b")]
    made = tallies(truth, [raised("unit", "a", "b"), raised("unit", "d"), raised("unit", "e")], ("unit", "source"))
    unit = made["unit"]
    assert (len(unit.found), unit.raised, len(unit.false), len(unit.taken)) == (1, 3, 2, 1)
    assert [one["metrics"] for one in unit.missed] == [["c"]]
    assert made["source"].raised == 0 and len(made["source"].missed) == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 11, 42, 2024])
def test_the_demo_company_holds_the_promise_on_every_seed(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = measure(seed, tmp_path, False)
    true, found = sum(len(one.true) for one in counted), sum(len(one.found) for one in counted)
    alarms = sum(len(one.false) for one in counted) / sum(one.raised for one in counted)
    assert found / true >= RECALL and alarms <= FALSE_ALARMS
    told = re.search(r"levels high (\d+) medium (\d+) low (\d+)", capsys.readouterr().out)
    assert told is not None
    high, medium, low = (int(one) / sum(map(int, told.groups())) for one in told.groups())
    assert high <= 0.35 and low >= 0.15 and medium >= high, (
        "a list of what is grave must be short enough to work through"
    )
