"""The table action x door x permission is written down, and a change of exposure is a reviewed diff."""

from __future__ import annotations

from pathlib import Path

from hedu.center.kernel.listing import markdown

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "actions.md"


def test_the_page_of_actions_is_current():
    assert PAGE.read_text(encoding="utf-8") == markdown(), (
        "DJANGO_SETTINGS_MODULE=hedu.center.settings .venv/bin/python -m django actions_page"
    )
