"""The command line at a site: deeds derived from their hints, folders planned, applied and pulled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TEXT = """version: 1
dataset: t
select: select 1 as x, date '2024-01-01' as d
time: d
dimensions: {d: {type: date}}
measures: {x: {agg: sum}}
---
version: 1
metric: total
label: {zh: 合计, en: Total}
owner: finance
simple: t.x
"""


def hedu(*args: str, home: Path) -> Any:
    env = {**os.environ, "HEDU_HOME": str(home), "HEDU_LANG": "en", "HEDU_USER": "root"}
    command = [sys.executable, "-m", "hedu.doors.cli", *args]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of its own with one administrator and one department."""
    home = tmp_path_factory.mktemp("site")
    make = (
        f"from pathlib import Path; from hedu.doors.serve import prepare; prepare(Path({str(home)!r}), print);"
        "from hedu.center.kernel.models import User; from hedu.center.people.models import Department;"
        "User.objects.create_superuser('root', password='x');"
        "Department.objects.create(code='finance', name_zh='财务', name_en='Finance')"
    )
    env = {**os.environ, "HEDU_HOME": str(home)}
    subprocess.run([sys.executable, "-c", make], env=env, check=True, capture_output=True, timeout=120)
    return home


def test_deeds_are_listed_with_their_promise(site: Path) -> None:
    listed = hedu("do", home=site)
    assert listed.returncode == 0 and "proposals.apply" in listed.stdout and "people.departments" in listed.stdout


def test_a_folder_is_planned_applied_and_pulled(site: Path, tmp_path: Path) -> None:
    (tmp_path / "t.yml").write_text(TEXT, encoding="utf-8")
    planned = hedu("plan", str(tmp_path), "--json", home=site)
    assert planned.returncode == 0, planned.stderr
    assert {(item["name"], item["effect"]) for item in json.loads(planned.stdout)["items"]} == {
        ("t", "added"),
        ("total", "added"),
    }
    applied = hedu("apply", str(tmp_path), "--note", "first", home=site)
    assert applied.returncode == 0 and "2 definitions published" in applied.stdout
    assert "0 definitions" in hedu("apply", str(tmp_path), home=site).stdout
    (tmp_path / "t.yml").write_text(TEXT + "---\nversion: 1\nmetric: twice\nderived: {formula: total * 2}\n")
    foreseen = hedu("plan", str(tmp_path), home=site)
    assert "+ metric twice" in foreseen.stdout and "must_sign" in foreseen.stdout
    proposed = hedu("apply", str(tmp_path), "--note", "second", home=site)
    assert proposed.returncode == 0 and "proposal #1 awaits sign-off" in proposed.stdout
    out = tmp_path / "out"
    assert hedu("pull", str(out), home=site).returncode == 0
    assert hedu(
        "query", "total", "--workspace", str(out), "--engine", "duckdb://", "--format", "csv", home=site
    ).stdout == ("total\n1\n")


def test_data_are_loaded_into_the_site(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.yml").write_text(TEXT.replace("select: select 1 as x, date '2024-01-01' as d", "source: erp.sales"))
    (tmp_path / "sales.csv").write_text("x,d\n1,2024-01-01\n41,2024-01-02\n")
    asked = ("import", "data", str(tmp_path / "sales.csv"), "--as", "erp.sales", "--home", str(site))
    loaded = hedu(*asked, home=tmp_path)
    assert (loaded.returncode, loaded.stderr) == (0, "") and "erp.sales: loaded, 2 rows" in loaded.stdout
    engine = ("--engine", f"duckdb:///{site / 'warehouse'}", "--format", "csv")
    assert hedu("query", "total", "--workspace", str(tmp_path), *engine, home=site).stdout == "total\n42\n"
    monkeypatch.setenv("HEDU_ENGINE", "chdb://")
    refused = hedu(*asked, home=tmp_path)
    assert refused.returncode == 2 and refused.stderr.startswith("warehouse-elsewhere")


def test_a_broken_folder_publishes_nothing(site: Path, tmp_path: Path) -> None:
    (tmp_path / "t.yml").write_text(TEXT.replace("simple: t.x", "simple: t.y"), encoding="utf-8")
    planned = hedu("plan", str(tmp_path), home=site)
    assert planned.returncode == 1 and "has no measure" in planned.stderr, "the terminal's language"
    applied = hedu("apply", str(tmp_path), home=site)
    assert applied.returncode == 2 and "measure-unknown" in applied.stderr


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_what_is_no_utf8_is_not_published_in_other_letters(site: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "t.yml").write_bytes(TEXT.encode("gbk"))
    refused = hedu(command, str(tmp_path), home=site)
    assert refused.returncode == 2 and refused.stderr.startswith("not-utf8  t.yml:10:13")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("do", "catalog.publsh"), "deed-unknown"),
        (("do", "people.departments", "--as", "nobody"), "user-unknown"),
        (("do", "proposals.withdraw", "nothing"), "deed-pair"),
        (("do", "proposals.withdraw", "colour=red"), "deed-input"),
        (("do", "people.departments", "--home", "nowhere"), "home-empty"),
    ],
)
def test_wrong_words_are_told(site: Path, args: tuple[str, ...], code: str) -> None:
    answered = hedu(*args, home=site)
    assert answered.returncode == 2 and answered.stderr.startswith(code)
    assert "Traceback" not in answered.stderr
