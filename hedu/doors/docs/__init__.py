"""Code -> docs/reference. What can be read off the code is never written by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hedu.define.schema import schema_text
from hedu.doors.docs.actions import actions_page
from hedu.doors.docs.checks import checks_page
from hedu.doors.docs.commands import commands_page
from hedu.doors.docs.definitions import definitions_page, kinds_page
from hedu.doors.docs.errors import errors_page
from hedu.doors.docs.glossary import glossary_page
from hedu.doors.docs.settings import settings_page

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "definitions.md": definitions_page,
    "metric-kinds.md": kinds_page,
    "checks.md": checks_page,
    "actions.md": actions_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "glossary.md": glossary_page,
    "hedu.schema.json": schema_text,
}


def write(folder: Path) -> list[str]:
    """Bring every page of `folder` up to date; the names of those that changed."""
    changed = []
    for name, text in generated().items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def generated() -> dict[str, str]:
    """Page name -> text as it must stand now."""
    return {name: page() for name, page in PAGES.items()}
