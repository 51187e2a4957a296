"""The words of the center's glossary -> a page."""

from __future__ import annotations

from hedu.center.catalog.glossary import TERMS
from hedu.doors.docs.markdown import page, table


def glossary_page() -> str:
    """All terms as a table."""
    rows = [(term.zh, term.en, term.means_zh, term.means_en, "、".join(term.also)) for term in TERMS]
    return page("术语 · Glossary", table(("中文", "English", "含义", "Meaning", "别称 · Also called"), rows))
