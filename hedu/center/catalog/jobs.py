"""What the catalog does later: rollups built from what was loaded, and looked for in what is asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hedu.center.catalog import rolling, serving
from hedu.center.catalog.reads.rolling import questions_asked
from hedu.center.kernel.job import Run, job
from hedu.engine.warehouse import Warehouse
from hedu.intake.rolling import build_rollups

_PATIENCE = 60.0


@job("catalog.roll_up", retries=2, lane="long", limit=1800)
def roll_up(run: Run) -> dict[str, Any]:
    """Bring the declared and accepted rollups up to the data; nothing happens where they are."""
    folder = rolling.warehouse_folder()
    warehouse = Warehouse(folder, wait=_PATIENCE) if folder is not None else None
    if warehouse is None or not warehouse.snapshots():
        return {}
    built = build_rollups(warehouse, serving.served().workspace.model)
    return {"built": [asdict(one) for one in built if one.done != "current"]}


@job("catalog.recommend_rollups", retries=1, lane="long", limit=900)
def recommend(run: Run) -> dict[str, Any]:
    """Which rollups would spare the most reading for what boards and views ask."""
    asked = questions_asked(run.actor)
    found = serving.served().workspace.recommend_rollups(asked) if asked else ()
    return {"questions": len(asked), "found": [_plain(one) for one in found]}


def _plain(one: Any) -> dict[str, Any]:
    numbers = {key: getattr(one, key) for key in ("rows", "base_rows", "askings", "spared")}
    return {"name": one.rollup.name, "told": rolling.told(one.rollup), **numbers}


JOBS = (roll_up, recommend)
