"""When the kernel's own jobs run."""

from __future__ import annotations

from typing import Any

SCHEDULE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("30 3 * * *", "kernel.tidy", {}),
    ("*/10 * * * *", "outbox.sweep", {}),
)
