"""Arrow tables -> a new immutable snapshot file; the manifest that names the current one is renamed into place."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hedu.engine.batch import Batch, Meta, open_batch
from hedu.engine.kept import MANIFEST, Reference, Snapshot, snapshots_in
from hedu.errors import EngineError

_LOCK = ".writing"
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Retention:
    """A snapshot is kept while it is among the newest `count` and younger than `days`; the current one always is."""

    count: int = 30
    days: int = 90


class Warehouse:
    """A folder of snapshots. One writer at a time; readers never wait."""

    def __init__(
        self,
        folder: Path,
        *,
        retention: Retention = Retention(),
        wait: float = 0.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder
        self.retention = retention
        self.wait = wait
        self.clock = clock

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The kept snapshots, oldest first."""
        return snapshots_in(self.folder)

    @contextmanager
    def writing(self) -> Iterator[Batch]:
        """Everything put into the batch becomes one snapshot at the end; an exception leaves all as it was.

        Afterwards `batch.published` is the snapshot, or None where the content had not changed.
        Errors: warehouse-busy, warehouse-broken, warehouse-full.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _locked(self.folder / _LOCK, self.wait):
            kept = self.snapshots()
            self._sweep(kept)
            part = self.folder / f"{len(kept)}-{os.getpid()}.duckdb{_PART}"
            try:
                self._copy(kept, part)
                with open_batch(part, self.clock()) as batch:
                    yield batch
                    finished = batch.finish()
                if not kept or finished != kept[-1].digest:
                    batch.published = self._publish(part, finished, kept)
            except OSError as error:
                raise EngineError("warehouse-full", detail=error.strerror or type(error).__name__) from None
            finally:
                _remove(part)

    def _copy(self, kept: tuple[Snapshot, ...], part: Path) -> None:
        """Begin with the current snapshot's content, if there is one."""
        if kept:
            shutil.copyfile(self.folder / kept[-1].file, part)

    def _publish(self, part: Path, digest: str, kept: tuple[Snapshot, ...]) -> Snapshot:
        moment = self.clock()
        number = int(kept[-1].file.split("-")[1]) + 1 if kept else 1
        snapshot = Snapshot(digest, f"snapshot-{number:06d}-{digest}.duckdb", moment.astimezone(UTC).isoformat())
        _synced(part)
        os.replace(part, self.folder / snapshot.file)
        old = self._retained(kept, moment)
        self._write_manifest((*old, snapshot))
        for gone in set(kept) - set(old):
            _remove(self.folder / gone.file)
        return snapshot

    def _retained(self, kept: tuple[Snapshot, ...], moment: datetime) -> tuple[Snapshot, ...]:
        """What stays besides the new snapshot; the one current until now stays for those still reading the manifest."""
        since = (moment - timedelta(days=self.retention.days)).astimezone(UTC)
        newest = kept[-1:] if self.retention.count <= 1 else kept[-(self.retention.count - 1) :]
        young = tuple(one for one in newest if datetime.fromisoformat(one.recorded_at) >= since)
        return young or kept[-1:]

    def _write_manifest(self, kept: tuple[Snapshot, ...]) -> None:
        text = json.dumps({"version": 1, "snapshots": [asdict(one) for one in kept]}, indent=1)
        part = self.folder / (MANIFEST + _PART)
        part.write_text(text, "utf-8")
        _synced(part)
        os.replace(part, self.folder / MANIFEST)
        _synced(self.folder)

    def _sweep(self, kept: tuple[Snapshot, ...]) -> None:
        """Delete what killed loads left: unfinished parts, and snapshots that no manifest names."""
        named = {one.file for one in kept}
        for path in self.folder.iterdir():
            is_ours = path.name.startswith("snapshot-") and path.suffix == ".duckdb" and path.name not in named
            if is_ours or _PART in path.name:
                _remove(path)


@contextmanager
def _locked(path: Path, wait: float) -> Iterator[None]:
    """Hold the one writer's lock; the system frees it when its holder dies."""
    patience = time.monotonic() + wait
    with path.open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= patience:
                    raise EngineError("warehouse-busy", seconds=f"{wait:g}") from None
                time.sleep(0.05)
        yield


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    for one in (path, path.with_name(path.name + ".wal"), path.with_name(path.name + ".tmp")):
        with suppress(FileNotFoundError):
            shutil.rmtree(one) if one.is_dir() else one.unlink()


__all__ = ["MANIFEST", "Batch", "Meta", "Reference", "Retention", "Snapshot", "Warehouse", "snapshots_in"]
