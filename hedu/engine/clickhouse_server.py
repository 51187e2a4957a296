"""A ClickHouse server -> Arrow, over HTTP."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa

from hedu.engine.clickhouse import SETTINGS
from hedu.engine.clickhouse_faults import engine_error
from hedu.engine.pool import Pool
from hedu.engine.shown import shown_url
from hedu.errors import EngineError

try:
    import clickhouse_connect
    from clickhouse_connect.driver.exceptions import ClickHouseError
except ImportError:
    raise EngineError("driver-missing", name="ClickHouse", extra="clickhouse") from None

_KILL = "KILL QUERY WHERE query_id = {tag:String} ASYNC"
_TRIES, _WAIT = 3, 0.3
# Faults come back as errors of ours; the driver would print a line for each besides.
logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)


class Server:
    """Clients of one server, one a question: a client speaks with one question at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Pool[Any] = Pool(self._opened, lambda client: client.close())
        with self._pool.lent():
            pass

    def ask(self, sql: str, values: Mapping[str, Any], settings: Mapping[str, str | float], tag: str) -> pa.Table:
        with self._pool.lent() as (client, _):
            return client.query_arrow(sql, parameters=_texts(values), settings=_marked(settings, tag), use_strings=True)

    def stream(
        self, sql: str, values: Mapping[str, Any], settings: Mapping[str, str | float], tag: str, size: int
    ) -> Iterator[pa.Table]:
        told = {**_marked(settings, tag), "max_block_size": size}
        with (
            self._pool.lent() as (client, _),
            client.query_arrow_stream(sql, parameters=_texts(values), settings=told, use_strings=True) as parts,
        ):
            for part in parts:
                yield part if isinstance(part, pa.Table) else pa.Table.from_batches([part])

    def kill(self, tag: str) -> None:
        with suppress(ClickHouseError), self._pool.lent() as (client, _):
            client.query(_KILL, parameters={"tag": tag}, settings={"readonly": 0})

    def close(self) -> None:
        self._pool.close()

    def _opened(self) -> Any:
        parts = urlsplit(self._url)
        options = {name: value for name, value in parse_qsl(parts.query) if name != "timeout"}
        is_secure = parts.scheme == "clickhouses" or options.pop("secure", "") in ("1", "true")
        for left in reversed(range(_TRIES)):
            try:
                return clickhouse_connect.get_client(
                    host=parts.hostname or "127.0.0.1",
                    port=parts.port or (8443 if is_secure else 8123),
                    username=unquote(parts.username or "default"),
                    password=unquote(parts.password or ""),
                    database=unquote(parts.path.strip("/")) or None,
                    secure=is_secure,
                    settings={**SETTINGS, **options},
                    autogenerate_session_id=False,
                )
            except (ClickHouseError, OSError) as error:
                worded = engine_error(error, shown_url(self._url), None)
                if not left or worded.code != "engine-unreachable" or "efused" not in str(error):
                    raise worded from None
            time.sleep(_WAIT)
        raise EngineError("engine-closed")


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Moments as they are written on the clock of the session: the driver might move them to the server's."""
    return {name: value.isoformat(sep=" ") if isinstance(value, datetime) else value for name, value in values.items()}


def _marked(settings: Mapping[str, str | float], tag: str) -> dict[str, str | float]:
    return {**settings, "query_id": tag} if tag else dict(settings)
