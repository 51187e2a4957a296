"""Accepted rollups -> a workspace that declares them beside its own; the site's warehouse they are built in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

import hedu
from hedu.center.catalog.models import Rollup
from hedu.define.definitions import RollupDef
from hedu.define.plain import plain
from hedu.define.table import ROLLUP


def told(one: RollupDef) -> dict[str, Any]:
    """A rollup as it is kept."""
    return plain(ROLLUP, one)


def rollup_from(name: str, kept: Mapping[str, Any]) -> RollupDef:
    """What was kept as a rollup."""
    lists = {key: tuple(kept.get(key, ())) for key in ("metrics", "measures", "dimensions")}
    return RollupDef(name, **lists, time=kept.get("time"), where=kept.get("where"), refresh=kept.get("refresh"))


def with_accepted(workspace: hedu.Workspace) -> hedu.Workspace:
    """The workspace with the accepted rollups declared, too; the same one where there are none."""
    own = workspace.model.settings.rollups
    names = {one.name for one in own}
    rows = Rollup.objects.filter(dropped_at=None).exclude(name__in=names).order_by("name")
    accepted = tuple(rollup_from(row.name, row.told) for row in rows)
    if not accepted:
        return workspace
    model = replace(workspace.model, settings=replace(workspace.model.settings, rollups=(*own, *accepted)))
    return hedu.Workspace(model, workspace.definitions, workspace.problems, settings.HEDU_ENGINE, workspace.root)


def warehouse_folder() -> Path | None:
    """The folder of the site's own warehouse; None where another database answers."""
    url = settings.HEDU_ENGINE
    place = Path(url.removeprefix("duckdb:///").partition("?")[0])
    return None if not url.startswith("duckdb:///") or place.is_file() else place
