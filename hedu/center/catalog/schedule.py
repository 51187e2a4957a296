"""When rollups are looked after."""

from __future__ import annotations

from typing import Any

SCHEDULE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("*/10 * * * *", "catalog.roll_up", {}),
    ("40 4 * * *", "catalog.recommend_rollups", {}),
)
