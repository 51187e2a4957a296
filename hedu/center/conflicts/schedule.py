"""When cases are looked after."""

from __future__ import annotations

from typing import Any

SCHEDULE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("0 2 * * *", "conflicts.nightly", {}),
    ("15 7 * * *", "conflicts.sweep", {}),
    ("*/10 * * * *", "conflicts.refreshed", {}),
)
