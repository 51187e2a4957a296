"""When proposals look at the clock."""

from __future__ import annotations

from typing import Any

SCHEDULE: tuple[tuple[str, str, dict[str, Any]], ...] = (("5 8,13 * * *", "proposals.tick", {}),)
