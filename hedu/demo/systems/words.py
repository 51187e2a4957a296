"""Indices -> texts: how every system names what the company keeps as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from hedu.demo.dates import Ints


def pick(names: Sequence[str], index: Ints) -> Any:
    """The name at each index as an Arrow column; quick for hundreds of thousands of rows."""
    return pa.array(list(names), pa.string()).take(pa.array(index))


def numbered(prefix: str, count: int, width: int = 6) -> list[str]:
    """`prefix` followed by 1, 2, 3 …"""
    return [f"{prefix}{n:0{width}d}" for n in range(1, count + 1)]
