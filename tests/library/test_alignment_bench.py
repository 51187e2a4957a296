"""The benchmark of conflicts: what it counts as found, as a false alarm, as a decoy taken; and its promise."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import hedu
from bench.conflicts.__main__ import FALSE_ALARMS, RECALL, measure
from bench.conflicts.match import shows, tallies
from hedu.alignment.conflict import Conflict
from hedu.alignment.scan import scan
from hedu.demo.command import demo
from hedu.demo.load import fill_warehouse
from hedu.demo.scene import demo_scene


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


@pytest.mark.slow
def test_evidence_that_rests_on_rows_can_be_asked_again(tmp_path: Path) -> None:
    """Every question an exhibit carries has an answer; only papers, forms and aims carry none."""
    company = demo(11, tmp_path)
    fill_warehouse(company, tmp_path / "warehouse")
    with closing(hedu.load(company / "definitions", engine=f"duckdb:///{tmp_path / 'warehouse'}")) as workspace:
        found = scan(demo_scene(company, workspace))
        asked = [(one, each.question) for one in found for each in one.evidence if each.question is not None]
        assert len(asked) >= 25
        for one, question in asked:
            given = {key: value for key, value in question.items() if value is not None}
            assert workspace.ask(**given).table.num_rows > 0, (one.kind, one.code, given)
        bare = {one.kind for one in found if all(each.question is None for each in one.evidence)}
        assert bare <= {"access", "duplicate", "gaming", "interpretation", "ownership", "target", "version"}


@pytest.mark.slow
def test_a_narrowed_scan_finds_what_the_whole_one_finds_of_these_metrics(tmp_path: Path) -> None:
    """Every metric of every conflict by itself; whatever is lost here would be taken for settled."""
    company = demo(7, tmp_path)
    fill_warehouse(company, tmp_path / "warehouse")
    with closing(hedu.load(company / "definitions", engine=f"duckdb:///{tmp_path / 'warehouse'}")) as workspace:
        scene = demo_scene(company, workspace)
        whole = scan(scene)
        assert len(whole) >= 45
        for metric in sorted({name for one in whole for name in one.metrics} & set(workspace.model.metrics)):
            narrowed = {one.fingerprint: (one.facts, one.severity, one.digests) for one in scan(scene, None, [metric])}
            wanted = [one for one in whole if metric in one.metrics]
            assert narrowed == {one.fingerprint: (one.facts, one.severity, one.digests) for one in wanted}, metric
