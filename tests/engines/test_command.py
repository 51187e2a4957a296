"""`hedu engine test URL`: what works, what does not, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hedu.doors.cli_engine import test_engine as try_engine
from tests.engines.postgresql import server


def test_duckdb_passes_every_trial(capsys: pytest.CaptureFixture[str]) -> None:
    assert try_engine("duckdb://", as_json=True, lang="zh") == 0
    told = json.loads(capsys.readouterr().out)
    outcomes = {one["name"]: one["outcome"] for one in told["trials"]}
    assert outcomes.pop("references") == outcomes.pop("versions") == "absent"
    assert len(outcomes) == 11 and set(outcomes.values()) == {"works"}
    assert (told["works"], told["fails"], told["absent"]) == (11, 0, 2)


def test_a_warehouse_has_versions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow as pa

    from hedu.engine.warehouse import Warehouse

    with Warehouse(tmp_path).writing() as batch:
        batch.put("t", pa.table({"x": [1]}))
    assert try_engine(f"duckdb:///{tmp_path}", as_json=True, lang="en") == 0
    trials = {one["name"]: one for one in json.loads(capsys.readouterr().out)["trials"]}
    assert trials["versions"]["outcome"] == "works" and trials["references"]["note"].startswith("There are no")


@pytest.mark.engine_postgres
def test_postgresql_passes_every_trial(capsys: pytest.CaptureFixture[str]) -> None:
    with server() as address:
        assert try_engine(f"{address}/postgres", as_json=False, lang="en") == 0
    said = capsys.readouterr().out
    assert "✓ Stops when told" in said and said.splitlines()[-1] == "11 work, 0 do not, 2 are absent."


def test_a_fault_is_told_with_its_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert try_engine("postgresql://me:hush@127.0.0.1:1/db", as_json=False, lang="zh") == 3
    said = capsys.readouterr().out
    assert said.startswith("✗ 连接并回答") and "engine-unreachable" in said and "hush" not in said
    assert said.splitlines()[-1] == "0 项可用，1 项不行，0 项没有。"
    assert try_engine("mysql://db", as_json=True, lang="en") == 3
    told = json.loads(capsys.readouterr().out)
    assert told["trials"][0]["problem"]["code"] == "engine-unknown"
