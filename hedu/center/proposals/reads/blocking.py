"""A proposal that cannot go on -> what is in the way, in words: fields others changed too, or what is refused now."""

from __future__ import annotations

from typing import Literal

from hedu.alignment.change import FIELDS
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.reads.naming import labels_of
from hedu.define.definitions import Label
from hedu.errors import Problem

Lang = Literal["zh", "en"]

SAME = Label("刚发布的版本也改了同一处：", "The version just published changes the same: ")
WHOLE = {
    ("name",): Label("已被停用", "taken out of use meanwhile"),
    ("text",): Label("整份定义", "the whole definition"),
}
"""Disputes about no single field."""


def what_blocks(row: Proposal, lang: Lang) -> str:
    """One sentence; "" where nothing is in the way."""
    if row.refusal:
        return Problem(row.refusal["code"], None, row.refusal["facts"]).what(lang)
    if not row.blocked_by:
        return ""
    labels = labels_of(row.blocked_by)
    told = [_disputed(_named(labels, name, lang), tuple(parts), lang) for name, parts in row.blocked_by.items()]
    return SAME.text(lang) + ("；" if lang == "zh" else "; ").join(told) + ("。" if lang == "zh" else ".")


def _named(labels: dict[str, tuple[str, str]], name: str, lang: Lang) -> str:
    zh, en = labels.get(name, ("", ""))
    return ((zh or en) if lang == "zh" else (en or zh)) or name


def _disputed(name: str, parts: tuple[str, ...], lang: Lang) -> str:
    if parts in WHOLE:
        fields = WHOLE[parts].text(lang)
    else:
        fields = ("、" if lang == "zh" else ", ").join(field_title(path, lang) for path in parts)
    return f"{name}（{fields}）" if lang == "zh" else f"{name} ({fields})"


def field_title(path: str, lang: Lang) -> str:
    """A path in the words of the differences: its last part that has some."""
    known = [part for part in path.split(".") if part in FIELDS]
    return FIELDS[known[-1]].text(lang) if known else path
