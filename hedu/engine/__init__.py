"""SQL text -> Arrow. The only place that imports a database driver."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from hedu.errors import EngineError, suggest

if TYPE_CHECKING:
    from hedu.engine.protocol import Engine

ENGINES = ("duckdb", "postgresql", "chdb", "clickhouse", "spark", "trino")
_OPTIONS = {"memory": r"\d+(\.\d+)?\s*[KMGT]i?B", "threads": r"[1-9]\d{0,2}", "timeout": r"\d+(\.\d+)?"}


def connect(url: str, *, root: Path | None = None, time_zone: str = "Asia/Shanghai") -> Engine:
    """Open an engine by URL: `duckdb://` in memory, `duckdb:///x.duckdb` a file, `duckdb:///folder` a warehouse.

    A relative path is tried against `root`, then the current folder, then as absolute. A warehouse may be
    filled later. Options: `?memory=2GB&threads=2&timeout=60` (seconds a question may take, where it says nothing).
    Other databases: `postgresql://user@host/database`, `clickhouse://user@host/database`, `chdb:///folder`
    (ClickHouse in this process), `spark://host:15002` (Spark Connect), `trino://user@host/catalog/schema`; of our
    options they take `timeout`.
    Errors: engine-unknown, engine-option-unfit, engine-missing-database, engine-unreachable, driver-missing.

    >>> connect("duckdb://").query("select 6 * 7 as answer").to_pylist()
    [{'answer': 42}]
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "duckdb":
            return _duckdb(url, root, time_zone)
        case "postgresql" | "postgres":
            from hedu.engine.postgres import Postgres

            return Postgres(url, time_zone=time_zone, timeout=_timeout(parts.query))
        case "chdb":
            from hedu.engine.clickhouse import ClickHouse
            from hedu.engine.clickhouse_embedded import Embedded

            database, timeout = dict(parse_qsl(parts.query)).get("database"), _timeout(parts.query)
            embedded = Embedded(_folder(unquote(parts.path).removeprefix("/"), root), database)
            return ClickHouse(url, embedded, time_zone=time_zone, timeout=timeout)
        case "clickhouse" | "clickhouses":
            from hedu.engine.clickhouse import ClickHouse
            from hedu.engine.clickhouse_server import Server

            return ClickHouse(url, Server(url), time_zone=time_zone, timeout=_timeout(parts.query))
        case "spark":
            from hedu.engine.spark import Spark

            return Spark(url, time_zone=time_zone, timeout=_timeout(parts.query))
        case "trino":
            from hedu.engine.trino import Trino

            return Trino(url, time_zone=time_zone, timeout=_timeout(parts.query))
        case _:
            name = parts.scheme or url
            raise EngineError("engine-unknown", name=name, known=suggest(name, ENGINES) or ENGINES)


def _duckdb(url: str, root: Path | None, time_zone: str) -> Engine:
    from hedu.engine.duckdb import DuckDB

    parts = urlsplit(url)
    options = _options(parts.query)
    place = unquote(parts.path).removeprefix("/")
    return DuckDB(
        url,
        find(place, root) if place and place != ":memory:" else None,
        root=root,
        time_zone=time_zone,
        memory=options.get("memory"),
        threads=int(options["threads"]) if "threads" in options else None,
        timeout=float(options["timeout"]) if "timeout" in options else None,
    )


def find(place: str, root: Path | None) -> Path:
    """Where an engine URL's path leads: a file, or a folder that is or will be a warehouse.

    EngineError engine-missing-database.
    """
    candidates = ((root or Path()) / place, Path(place), Path("/" + place.removeprefix("/")))
    for candidate in candidates:
        if candidate.exists():
            return candidate.resolve()
    if Path(place).suffix:
        raise EngineError("engine-missing-database", name=Path(place).name)
    return next((one for one in candidates[1:] if one.parent.is_dir() and "/" in place), candidates[0]).resolve()


def _folder(place: str, root: Path | None) -> str:
    """Where an embedded ClickHouse keeps its tables; empty for in memory. EngineError engine-missing-database.

    ClickHouse would begin a database in any other folder.
    """
    if not place or place == ":memory:":
        return ""
    found = find(place, root)
    if not (found / "metadata").is_dir():
        raise EngineError("engine-missing-database", name=found.name)
    return str(found)


def _timeout(query: str) -> float | None:
    """The one option of ours that every engine takes; the rest is its driver's."""
    ours = "&".join(part for part in query.split("&") if part.startswith("timeout="))
    options = _options(ours)
    return float(options["timeout"]) if "timeout" in options else None


def _options(query: str) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    for name, value in options.items():
        if name not in _OPTIONS or not re.fullmatch(_OPTIONS[name], value, re.IGNORECASE):
            raise EngineError("engine-option-unfit", name=name, value=value)
    return options
