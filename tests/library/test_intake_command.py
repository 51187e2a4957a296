"""`hedu import data`: what it says, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

from hedu.engine import connect
from hedu.intake.options import options_of

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = """
version: 1
dataset: sales
source: erp.sales
entities: {shop: shop}
measures: {amount: {agg: sum}}
---
version: 1
dataset: shops
source: erp.shops
primary_key: shop
dimensions: {region: {}}
entities: {shop: shop}
"""


def run(*words: object, lang: str = "zh") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hedu.doors.cli", "import", "data", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HEDU_LANG": lang},
        cwd=ROOT,
    )


def test_a_list_then_a_file(tmp_path: Path) -> None:
    (tmp_path / "definitions.yml").write_text(DEFINITIONS, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / "shops.csv").write_text("shop,region\n1,华东\n2,华北\n", encoding="gb18030")
    rows = "".join(f"{1 + at % 2},{at}\n" for at in range(50))
    (data / "sales.csv").write_text(f"shop,amount\n{rows}1,many\n", encoding="utf-8")
    (data / "load.yml").write_text(
        "version: 1\nloads:\n- {table: erp.sales, file: sales.csv, types: {amount: number}}\n"
        "- {table: erp.shops, file: shops.csv}\n",
        encoding="utf-8",
    )
    told = run(data / "load.yml", "--workspace", tmp_path)
    assert told.returncode == 0, told.stderr
    assert (
        "erp.sales: 已装入, 50 行" in told.stdout and "1 行未装入" in told.stdout and "第 52 行 amount" in told.stdout
    )
    engine = connect("duckdb:///warehouse", root=tmp_path)
    assert engine.integrity() == {("erp.sales", ("shop",), "erp.shops", ("shop",))}
    again = run(data / "load.yml", "--workspace", tmp_path, lang="en")
    assert "erp.shops: unchanged, 2 rows" in again.stdout
    mixed = data / "codes.csv"
    mixed.write_text("code,n\nx1,1\n2,2\n3,3\n", encoding="utf-8")
    told = run(mixed, "--as", "codes", "--workspace", tmp_path, lang="en")
    assert "code stays text: 67% look like number, 'x1' in line 2 does not" in told.stdout


def test_faults_have_a_code_a_hint_and_an_exit_of_their_own(tmp_path: Path) -> None:
    told = run(tmp_path / "gone.csv", "--as", "t", "--workspace", tmp_path)
    assert told.returncode == 3 and "file-missing" in told.stderr and "Traceback" not in told.stderr
    assert not (tmp_path / "warehouse" / "manifest.json").exists()


def test_the_guide_shows_a_list_that_is_read() -> None:
    guide = (ROOT / "docs" / "do" / "load-data.md").read_text(encoding="utf-8")
    listed = yaml.safe_load(guide.split("```yaml")[1].split("```")[0])
    for load in listed["loads"]:
        assert options_of({name: value for name, value in load.items() if name not in ("file", "table")})
