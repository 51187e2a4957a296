"""Typed words -> ranked metrics with facet counts: Chinese, pinyin (full or initials), English, synonyms.

Everything is in memory: one pass of substring tests over 12,000 entries takes a few milliseconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pypinyin import Style, lazy_pinyin

FACETS = ("department", "domain", "kind", "type", "certified", "owner")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PLAIN = re.compile(r"[^0-9a-z]+")
_PARTS = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
TOKENS_MOST = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric as the search sees it. `names` are folded labels, name and synonyms; `facets` one value each."""

    id: str
    title: str
    names: tuple[str, ...]
    pinyin: str
    initials: str
    text: str
    facets: Mapping[str, str] = field(default_factory=dict)
    popularity: int = 0
    changed: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Ids best first, and for every facet its values with the number of hits they would give."""

    ids: tuple[str, ...]
    facets: Mapping[str, Counter[str]]


def fold(text: str) -> str:
    """Full-width, case and outer spaces do not matter in search.

    >>> fold(" ＧＭＶ ")
    'gmv'
    """
    return unicodedata.normalize("NFKC", text).casefold().strip()


def pinyin_of(names: Iterable[str]) -> tuple[str, str]:
    """Full pinyin and initials of the Chinese among `names`, each word between bars.

    >>> pinyin_of(["销售额", "GMV"])
    ('|xiaoshoue|', '|xse|')
    """
    full, initials = [], []
    for name in names:
        if _CHINESE.search(name):
            syllables = lazy_pinyin(name, style=Style.NORMAL, v_to_u=False, errors=_ascii_only)
            full.append(_PLAIN.sub("", "".join(syllables).casefold()))
            initials.append("".join(part[:1] for part in syllables if part).casefold())
    return _barred(full), _barred(initials)


def find(entries: Sequence[Entry], words: str, chosen: Mapping[str, Sequence[str]], sort: str = "best") -> Found:
    """Entries that match every word and every chosen facet.

    A facet's counts leave its own choice out, so that a second value can be added to it. Of very many words the first
    ones count.
    """
    tokens = tuple(dict.fromkeys(fold(words).split()))[:TOKENS_MOST]
    wanted = {facet: frozenset(values) for facet, values in chosen.items() if values}
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    hits: list[tuple[float, Entry]] = []
    for entry in entries:
        if tokens and not all(_touches(entry, token) or _touches_in_parts(entry, token) for token in tokens):
            continue
        missed = [facet for facet, values in wanted.items() if entry.facets.get(facet, "") not in values]
        if len(missed) > 1:
            continue
        _count(counts, entry, missed)
        if not missed:
            hits.append((sum(_score(entry, token) for token in tokens), entry))
    return Found(tuple(entry.id for entry in _sorted(hits, sort, bool(tokens))), counts)


def _count(counts: Mapping[str, Counter[str]], entry: Entry, missed: Sequence[str]) -> None:
    for facet in missed or FACETS:
        value = entry.facets.get(facet)
        if value:
            counts[facet][value] += 1


def _sorted(hits: list[tuple[float, Entry]], sort: str, has_words: bool) -> list[Entry]:
    if sort == "name":
        hits.sort(key=lambda hit: (hit[1].pinyin[:24] or hit[1].title, hit[1].title))
    elif sort == "changed":
        hits.sort(key=lambda hit: (-hit[1].changed, hit[1].title))
    elif sort == "popular" or not has_words:
        hits.sort(key=lambda hit: (-hit[1].popularity, hit[1].facets.get("certified") != "yes", hit[1].title))
    else:
        hits.sort(key=lambda hit: (-hit[0], -hit[1].popularity, hit[1].title))
    return [entry for _, entry in hits]


def _touches(entry: Entry, token: str) -> bool:
    return token in entry.text or token in entry.pinyin or token in entry.initials


def _parts(token: str) -> list[str]:
    """A word half typed in Chinese and half in letters, apart: 订单shu is 订单 and shu. In pinyin ü is v."""
    return _PARTS.findall(token.replace("ü", "v"))


def _touches_in_parts(entry: Entry, token: str) -> bool:
    parts = _parts(token)
    return (len(parts) > 1 or "ü" in token) and all(_touches(entry, part) for part in parts)


def _score(entry: Entry, token: str) -> float:
    if not _touches(entry, token):
        return min(_score(entry, part) for part in _parts(token))
    best = 10.0 if token in entry.text else 5.0
    for position, name in enumerate(entry.names):
        if token in name:
            grade = 100.0 if name == token else 80.0 if name.startswith(token) else 60.0
            best = max(best, grade - min(position, 9) - min(len(name), 40) / 50)
    for text, grade in ((entry.initials, 70.0), (entry.pinyin, 65.0)):
        if f"|{token}|" in text:
            best = max(best, grade)
        elif f"|{token}" in text:
            best = max(best, grade - 15)
        elif token in text:
            best = max(best, grade - 35)
    return best


def _ascii_only(text: str) -> list[str]:
    return re.findall(r"[0-9A-Za-z]+", text)


def _barred(words: Iterable[str]) -> str:
    kept = tuple(dict.fromkeys(word for word in words if word))
    return f"|{'|'.join(kept)}|" if kept else ""
