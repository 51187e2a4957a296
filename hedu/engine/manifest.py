"""The warehouse folder's table of contents: which snapshot answers now, and which are kept for looking back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hedu.errors import EngineError

NAME = "manifest.json"
Proof = tuple[str, tuple[str, ...], str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TableState:
    """What a snapshot holds of one table. `columns` pairs each name with the name it had at the source."""

    rows: int
    digest: str
    loaded_at: str
    source: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One immutable data version. `integrity` holds references proved of it."""

    digest: str
    file: str
    at: str
    tables: Mapping[str, TableState] = field(default_factory=dict)
    integrity: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """All snapshots kept, oldest first; the last one answers."""

    snapshots: tuple[Snapshot, ...] = ()

    @property
    def current(self) -> Snapshot | None:
        return self.snapshots[-1] if self.snapshots else None

    def at(self, moment: datetime) -> Snapshot | None:
        """The snapshot that answered at `moment`."""
        earlier = [one for one in self.snapshots if datetime.fromisoformat(one.at) <= moment]
        return earlier[-1] if earlier else None

    def with_snapshot(self, snapshot: Snapshot, keep: int) -> Manifest:
        """The manifest once `snapshot` answers; of the others the newest `keep - 1` stay."""
        others = tuple(one for one in self.snapshots if one.digest != snapshot.digest)
        return replace(self, snapshots=(*others, snapshot)[-keep:])


def read(folder: Path) -> Manifest:
    """The manifest of a warehouse folder; empty where nothing was loaded. EngineError: warehouse-broken."""
    path = folder / NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(tuple(_snapshot(item) for item in content["snapshots"]))
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise EngineError("warehouse-broken", folder=folder.name, detail=str(error)[:120]) from None


def write(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step: readers see the old one or the new one, never a part."""
    temporary = folder / f"{NAME}.tmp"
    body = {"version": 1, "snapshots": [asdict(one) for one in manifest.snapshots]}
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _snapshot(item: Mapping[str, Any]) -> Snapshot:
    tables = {
        name: TableState(
            state["rows"],
            state["digest"],
            state["loaded_at"],
            state["source"],
            tuple((own, original) for own, original in state["columns"]),
        )
        for name, state in item["tables"].items()
    }
    integrity = tuple((a, tuple(b), c, tuple(d)) for a, b, c, d in item["integrity"])
    return Snapshot(item["digest"], item["file"], item["at"], tables, integrity)
