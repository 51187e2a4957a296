"""A ClickHouse server for the tests: its HTTP protocol spoken over the same core in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.engines.chdb import folder, run

# Of the protocol itself, not of the question.
_NO_SETTINGS = {"query", "database", "query_id", "session_id", "client_protocol_version", "compress", "user", "password",
                "wait_end_of_query", "send_progress_in_http_headers", "http_headers_progress_interval_ms"}  # fmt: skip
_LAST = ("readonly",)


class _Handler(BaseHTTPRequestHandler):
    """One request: settings and parameters from the address, SQL from the body."""

    place: Path
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = {
            name: values[-1] for name, values in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()
        }
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        try:
            answer = self._answer(asked, asked.get("query") or body)
        except Exception as error:
            text = str(error)
            code = text.partition("Code: ")[2].partition(".")[0] or "1000"
            self._send(500, text.encode(), {"X-ClickHouse-Exception-Code": code})
        else:
            self._send(200, answer, {})

    def _answer(self, asked: dict[str, str], sql: str) -> bytes:
        import chdb

        if sql.lstrip().upper().startswith("KILL QUERY"):
            sql = sql.replace("query_id", "Settings['log_comment']")
        connection = chdb.connect(str(self.place))
        try:
            if asked.get("database"):
                connection.query(f"USE {asked['database']}")
            settings = {name: value for name, value in asked.items() if name not in _NO_SETTINGS}
            named = {
                name.removeprefix("param_"): settings.pop(name) for name in list(settings) if name.startswith("param_")
            }
            for name in sorted(settings, key=lambda name: name in _LAST):
                connection.query(f"SET {name} = '{settings[name]}'")
            if "query_id" in asked:
                connection.query(f"SET log_comment = '{asked['query_id']}'")
            found = connection.query(sql, "TabSeparated", params=named or None)
            return bytes(found.bytes() or b"")
        finally:
            connection.close()

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "X-ClickHouse-Timezone": "UTC", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def server(*statements: str) -> Iterator[str]:
    """The address of a server after `statements`."""
    import chdb

    with folder() as place:
        held = chdb.connect(str(place))
        run(place, *statements)
        handler = type("Handler", (_Handler,), {"place": place})
        http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"clickhouse://reader:hush@127.0.0.1:{http.server_port}"
        finally:
            http.shutdown()
            thread.join()
            held.close()
