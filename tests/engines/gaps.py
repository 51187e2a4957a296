"""A case that one engine cannot answer as DuckDB does: why, in one of three honest words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pytest


@dataclass(frozen=True)
class Gap:
    """`ours_missing`: we could; `engine_missing`: it cannot; `meaningless`: the question makes no sense there."""

    word: Literal["ours_missing", "engine_missing", "meaningless"]
    reason: str


def expect(gaps: Mapping[str, Gap], name: str, request: pytest.FixtureRequest) -> None:
    """Let the test of a known gap fail, and only fail: the day it passes, the gap must go from its list."""
    gap = gaps.get(name)
    if gap is not None:
        request.node.add_marker(pytest.mark.xfail(reason=f"{gap.word}: {gap.reason}", strict=True))
