"""Unit text -> how it is said in a language: declared words first, then what everybody says: 小时 -> hours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from hedu.define.definitions import Label, SettingsDef
from hedu.model.units import CURRENCIES

Words = Mapping[str, Label]
MONEY: Mapping[str, tuple[str, str]] = {
    "CNY": ("¥", "元"),
    "RMB": ("¥", "元"),
    "USD": ("$", "美元"),
    "EUR": ("€", "欧元"),
    "GBP": ("£", "英镑"),
    "JPY": ("JP¥", "日元"),
    "HKD": ("HK$", "港元"),
}
"""Currency code -> the sign before an English number, the word after a Chinese one."""
_BOTH = (
    ("秒", "seconds"),
    ("分钟", "minutes"),
    ("小时", "hours"),
    ("天", "days"),
    ("周", "weeks"),
    ("月", "months"),
    ("季度", "quarters"),
    ("年", "years"),
    ("千克", "kg"),
    ("吨", "t"),
    ("倍", "times"),
    ("百分点", "pp"),
    ("基点", "bp"),
)
_SAID: dict[str, Label] = {name: Label(zh, en) for zh, en in _BOTH for name in (zh, en)}
_SAID |= {other: _SAID[name] for other, name in {"日": "天", "个月": "月", "年度": "年", "公斤": "千克"}.items()}
_SAID |= {other: _SAID[name] for other, name in {"秒钟": "秒", "季": "季度", "个百分点": "百分点"}.items()}
_MULTIPLES = {"万亿": "T", "十亿": "B", "亿": "100M", "千万": "10M", "百万": "M", "万": "10K", "千": "K"}
_FACTORS = re.compile(r"\s*([/·×*])\s*")


def words_of(settings: SettingsDef) -> dict[str, Label]:
    """The words that a workspace declares, by how its metrics write them."""
    return {word.name: Label(word.zh or word.name, word.en or word.name) for word in settings.words}


def in_words(unit: str, lang: Literal["zh", "en"], words: Words) -> str:
    """A unit as `lang` says it; what nobody declared, and money by its code, stays as it is written.

    >>> words = {"件": Label("件", "pieces"), "人": Label("人", "people")}
    >>> in_words("件/小时", "en", words), in_words("CNY/人", "en", words), in_words("万元", "en", words)
    ('pieces/hour', 'CNY/person', '×10K CNY')
    >>> in_words("件/小时", "zh", words), in_words("hours", "zh", words), in_words("台", "en", words)
    ('件/小时', '小时', '台')
    """
    pieces = _FACTORS.split(unit.strip())
    said = [_said(piece, lang, words) for piece in pieces[::2]]
    for at in range(1, len(said)):
        mark = pieces[2 * at - 1]
        said[at] = mark + (_singular(said[at]) if lang == "en" and mark == "/" else said[at])
    return "".join(said)


def _said(name: str, lang: Literal["zh", "en"], words: Words) -> str:
    known = words.get(name) or _SAID.get(name)
    if known is not None:
        return known.text(lang, name)
    if lang == "zh" or name.isascii():
        return name
    code = next((code for code, names in CURRENCIES.items() if name in names), None)
    if code is not None:
        return code
    for multiple, mark in _MULTIPLES.items():
        if name.startswith(multiple) and len(name) > len(multiple):
            return f"×{mark} {_said(name.removeprefix(multiple), lang, words)}"
    return name


def _singular(text: str) -> str:
    """One of what an English plural names: of `per` there is one."""
    if text == "people" or text.endswith(" people"):
        return text.removesuffix("people") + "person"
    if text.endswith("ies"):
        return text[:-3] + "y"
    if text.endswith(("ches", "shes", "sses", "xes")):
        return text[:-2]
    return text[:-1] if text.endswith("s") and not text.endswith("ss") and len(text) > 2 else text
