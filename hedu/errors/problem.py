"""One problem as a value: code + facts -> wording in a language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Literal

Lang = Literal["zh", "en"]
SHOWN_MOST = 1000
_SENTENCES = re.compile(r"(?:[^。?？!！;；.]|\.(?=\S))+[。?？!！;；.]*\s*")
_SPELLING: Mapping[Lang, str] = {"zh": "检查名字的拼写。", "en": "Check how the name is spelt."}


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a text: file (or "question"), line and column, both counted from 1."""

    file: str
    line: int = 1
    col: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do; `facts` fill the wording of `code`."""

    code: str
    where: Where | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def what(self, lang: Lang = "en") -> str:
        """One sentence that says what is wrong."""
        return self._worded("what", lang)

    def hint(self, lang: Lang = "en") -> str:
        """What to do about it."""
        return self._worded("hint", lang) or _SPELLING[lang]

    def as_json(self, lang: Lang = "en") -> dict[str, Any]:
        """The one shape every door shows: code, what, where, hint, facts."""
        return {
            "code": self.code,
            "what": self.what(lang),
            "where": str(self.where) if self.where else None,
            "hint": self.hint(lang),
            "facts": {key: _plain(value) for key, value in self.facts.items()},
        }

    def __str__(self) -> str:
        place = f"  {self.where}" if self.where else ""
        return f"{self.code}{place}\n{self.what()}\n{self.hint()}".rstrip()

    def _worded(self, part: Literal["what", "hint"], lang: Lang) -> str:
        from hedu.errors.texts import TEXTS

        text = TEXTS[self.code]
        shown = _Facts((key, _shown(value, lang)) for key, value in self.facts.items())
        wording: str = getattr(text, f"{part}_{lang}")
        if part == "hint":
            wording = "".join(sentence for sentence in _SENTENCES.findall(wording) if _says_something(sentence, shown))
        return wording.format_map(shown).strip()


def _says_something(sentence: str, shown: Mapping[str, str]) -> bool:
    """Whether a sentence of a hint has anything to fill its places with ("Did you mean: ?" has not)."""
    places = [name for _, name, _, _ in Formatter().parse(sentence) if name]
    return not places or any(shown.get(name) for name in places)


class _Facts(dict[str, str]):
    """Facts left out of a problem read as nothing rather than as a crash inside an error."""

    def __missing__(self, key: str) -> str:
        return ""


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return str(value)


def _shown(value: Any, lang: Lang) -> str:
    """A fact within a sentence: cut where it would bury the sentence."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        text = str(value)
    else:
        text = ("、" if lang == "zh" else ", ").join(str(item) for item in value)
    return text if len(text) <= SHOWN_MOST else f"{text[:SHOWN_MOST]}…"


def suggest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The known names nearest to `name`, best first: the material of "did you mean".

    >>> suggest("revenu", ["revenue", "cost"])
    ('revenue',)
    """
    names = sorted(set(known))
    folded = {item.casefold(): item for item in reversed(names)}
    near = difflib.get_close_matches(name.casefold(), folded, n=most, cutoff=0.6)
    return tuple(folded[item] for item in near)
