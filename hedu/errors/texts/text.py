"""The wording of one error code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Both sentences in both languages; `{fact}` places are filled from the problem's facts."""

    what_zh: str
    what_en: str
    hint_zh: str
    hint_en: str
