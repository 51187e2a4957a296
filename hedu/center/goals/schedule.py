"""When goals look at the clock."""

from __future__ import annotations

from typing import Any

SCHEDULE: tuple[tuple[str, str, dict[str, Any]], ...] = (("20 8 * * *", "goals.remind", {}),)
