"""A command whose packages are not installed says which to install, and writes nothing."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

import hedu
from hedu.alignment.scan import scan
from hedu.alignment.scene import Scene
from hedu.doors.cli import main
from hedu.errors import EngineError


@pytest.mark.parametrize(
    ("command", "module", "extra"),
    [
        (["demo", "--out", "made"], "xlsxwriter", "demo"),
        (["demo", "--out", "made"], "numpy", "demo"),
        (["serve", "--demo", "--home", "made"], "django", "center"),
        (["plan", "--home", "made"], "django", "center"),
        (["apply", "--home", "made"], "django", "center"),
        (["pull", "--home", "made"], "django", "center"),
        (["do", "--home", "made"], "django", "center"),
        (["import", "data", "orders.csv", "--home", "made"], "django", "center"),
    ],
)
def test_what_is_not_installed_is_named(
    command: list[str],
    module: str,
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setenv("HEDU_LANG", "en")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(command)
    assert stopped.value.code == 3
    told = capsys.readouterr().err
    assert told.startswith("extra-missing") and module in told and f"hedu[{extra}]" in told
    assert not (tmp_path / "made").exists()


def test_a_scan_without_its_packages_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    ws = hedu.load(Path(__file__).parents[2] / "examples" / "shop")
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(EngineError, match="extra-missing") as refused:
        scan(Scene(ws.model, ws.look(), today=date(2026, 1, 1)))
    assert "hedu[alignment]" in refused.value.problem.hint("en")
