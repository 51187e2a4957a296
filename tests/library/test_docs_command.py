"""`hedu docs` writes a catalog whose links all lead somewhere, and never among other people's files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hedu.doors.cli import main
from hedu.doors.cli_docs import render
from hedu.errors import DefinitionError

WORLD = Path(__file__).parents[1] / "cases" / "worlds" / "shop"


def test_every_link_leads_to_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "site"
    with pytest.raises(SystemExit) as ended:
        main(["docs", str(WORLD), "--out", str(out)])
    assert not ended.value.code and "index.html" in capsys.readouterr().out
    pages = list(out.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        for target in re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), (page.name, target)


def test_a_metric_says_what_it_is(tmp_path: Path) -> None:
    render(WORLD, tmp_path)
    page = (tmp_path / "metrics" / "order_value.html").read_text(encoding="utf-8")
    assert "客单价" in page and "CNY/order" in page and 'href="../metrics/sales.html"' in page
    assert "metric: order_value" in page and ">销售额</a>" in page


def test_words_from_definitions_are_text(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    text = "version: 1\ndataset: t\nselect: select 1 as x\nmeasures: {x: {agg: sum}}\n---\n"
    text += "version: 1\nmetric: m\nlabel: {zh: '<script>alert(1)</script>'}\nsimple: t.x\n"
    (tmp_path / "m" / "m.yml").write_text(text, encoding="utf-8")
    render(tmp_path / "m", tmp_path / "out")
    for page in (tmp_path / "out").rglob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")


def test_what_was_retired_goes_and_other_files_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(WORLD, out)
    (out / "metrics" / "gone.html").write_text("old", encoding="utf-8")
    render(WORLD, out)
    assert not (out / "metrics" / "gone.html").exists()
    other = tmp_path / "mine"
    other.mkdir()
    (other / "notes.html").write_text("mine", encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        render(WORLD, other)
    assert refused.value.code == "out-not-ours" and (other / "notes.html").read_text(encoding="utf-8") == "mine"
