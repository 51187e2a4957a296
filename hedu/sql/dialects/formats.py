"""A `strftime` format -> the same in another dialect's codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hedu.errors import EngineError

_PIECES = re.compile(r"%(-?.)|([^%]+)", re.DOTALL)
_SHORT = {"c": "%Y-%m-%d %H:%M:%S", "x": "%Y-%m-%d", "X": "%H:%M:%S", "h": "%b", "T": "%H:%M:%S"}


def formatted(text: str, codes: Mapping[str, str], quoted: Callable[[str], str] = str) -> str:
    """`text` with each of its codes replaced, and what stands between them `quoted`. EngineError: engine-time-code.

    >>> formatted("%Y-W%V", {"Y": "YYYY", "V": "IW"}, lambda words: f'"{words}"')
    'YYYY"-W"IW'
    """

    def one(found: re.Match[str]) -> str:
        code, words = found.groups()
        if words:
            return quoted(words)
        if code == "%":
            return quoted("%")
        if code in _SHORT:
            return formatted(_SHORT[code], codes, quoted)
        if code not in codes:
            raise EngineError("engine-time-code", part=f"%{code}", known=[f"%{known}" for known in codes])
        return codes[code]

    return _PIECES.sub(one, text)
