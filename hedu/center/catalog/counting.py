"""Metrics asked -> counts in memory, taken away in one piece when it is time to keep them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable

Asked = tuple[str, int | None]
"""Metric name and the department of the asker."""

KEEP_AFTER_SECONDS = 60.0
KEEP_AFTER_COUNTS = 500

_lock = threading.Lock()
_counts: Counter[Asked] = Counter()
_since = time.monotonic()


def add(metrics: Iterable[str], department: int | None) -> None:
    """Note that somebody of `department` asked for these metrics."""
    with _lock:
        _counts.update((name, department) for name in metrics)


def is_due() -> bool:
    """Whether enough has gathered, or long enough ago, to be worth a write."""
    return bool(_counts) and (_counts.total() >= KEEP_AFTER_COUNTS or time.monotonic() - _since >= KEEP_AFTER_SECONDS)


def take() -> Counter[Asked]:
    """Everything counted so far; counting starts anew."""
    global _counts, _since
    with _lock:
        taken, _counts, _since = _counts, Counter(), time.monotonic()
    return taken


def give_back(counts: Counter[Asked]) -> None:
    """Put counts back that could not be kept."""
    with _lock:
        _counts.update(counts)
