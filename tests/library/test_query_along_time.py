"""A window, a clock and parameters from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import hedu
from hedu.doors.cli import main

TEXT = """\
version: 1
workspace: w
parameters: {least: 2}
---
version: 1
dataset: t
select: select * from (values (timestamp '2024-01-01 20:00:00', 1), (timestamp '2024-01-03 01:00:00', 5)) as v (at, n)
time: at
dimensions: {at: {type: timestamp}}
measures: {n: {agg: sum, where: n >= parameter(least)}}
---
version: 1
metric: n
owner: sales
simple: t.n
"""


def asked(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, object]]:
    (folder / "w.yml").write_text(TEXT, encoding="utf-8")
    where = ["--workspace", str(folder), "--engine", "duckdb://", "--json"]
    with pytest.raises(SystemExit) as done:
        main(["query", "n", "--by", "metric_time.day", *options, *where])
    assert not done.value.code
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)["rows"]
    return rows


def test_a_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = asked(tmp_path, capsys, "--window", "3 days", "--parameter", "least=1", "--until", "2024-01-04")
    assert [row["n"] for row in rows] == [1, 1, 6, 5]


def test_the_clock_of_another_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = asked(tmp_path, capsys, "--time-zone", "UTC")
    assert row == {"metric_time.day": "2024-01-02", "n": 5}


def test_what_looks_back_does_not_add_up() -> None:
    text = TEXT + "---\nversion: 1\nmetric: change\nowner: sales\nderived: {formula: n - before, metrics: {before: "
    ws = hedu.load({"w.yml": text + "{metric: n, offset_window: 1 day}}}\n"}, engine="duckdb://", strict=True)
    assert ws.model.metrics["n"].is_additive and not ws.model.metrics["change"].is_additive
