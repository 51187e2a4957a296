"""SQL text -> Arrow. The only place that imports a database driver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from hedu.errors import EngineError

if TYPE_CHECKING:
    from hedu.engine.protocol import Engine

ENGINES = ("duckdb",)


def connect(url: str, *, root: Path | None = None, time_zone: str = "Asia/Shanghai") -> Engine:
    """Open an engine by URL: `duckdb://` in memory, `duckdb:///x.duckdb` a file, `duckdb:///folder` a warehouse.

    A relative path is tried against `root`, then the current folder, then as absolute.
    Options: `?memory=2GB&threads=2`. Errors: engine-unknown, engine-missing-database, engine-unreachable.
    """
    parts = urlsplit(url)
    if parts.scheme not in ENGINES:
        raise EngineError("engine-unknown", name=parts.scheme or url, known=ENGINES)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    place = unquote(parts.path).removeprefix("/")
    threads = int(options["threads"]) if options.get("threads", "").isdigit() else None
    from hedu.engine.duckdb import DuckDB

    path = _found(place, root) if place and place != ":memory:" else None
    return DuckDB(url, path, root=root, time_zone=time_zone, memory=options.get("memory"), threads=threads)


def _found(place: str, root: Path | None) -> Path | None:
    for candidate in ((root or Path()) / place, Path(place), Path("/" + place)):
        if candidate.exists():
            return candidate.resolve()
    if place == "warehouse":
        return None
    raise EngineError("engine-missing-database", name=Path(place).name)
