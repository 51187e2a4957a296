"""The company's source files -> a warehouse, through the manifest and intake as any company's would go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hedu.engine.warehouse import Warehouse
from hedu.intake import LoadReport, load_all

Say = Callable[[str, int, int], None]


def fill_warehouse(company: Path, warehouse: Path, say: Say | None = None) -> tuple[LoadReport, ...]:
    """Load everything `company`/load.yml lists into one snapshot of the warehouse folder `warehouse`."""
    return load_all(Warehouse(warehouse), company / "load.yml", say)
