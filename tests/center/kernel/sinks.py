"""Real ends of channels on this machine: a web hook and a mail server that keep what they are given."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """`answers` are the statuses of the next requests (then 200); `delay` holds each answer back."""

    port: int = 0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    delay: float = 0.0

    @property
    def taken(self) -> list[str]:
        return [body["message"] for _path, body in self.got]


@contextmanager
def web_hook() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = hook.answers.pop(0) if hook.answers else 200
            if status == 200:
                hook.got.append((self.path, body))
            time.sleep(hook.delay)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hook
        server.shutdown()


@dataclass
class Mailbox:
    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    is_full: bool = False


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            to: list[str] = []
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(":")[0].split()[0].upper()
                if verb == "RCPT":
                    to.append(line.split("<")[1].split(">")[0])
                if verb == "DATA" and box.is_full:
                    self.say("452 full")
                elif verb == "DATA":
                    self.say("354 go on")
                    text = b""
                    while not text.endswith(b"\r\n.\r\n"):
                        text += self.rfile.readline()
                    mail = message_from_bytes(text[:-5], policy=policy.default)
                    assert isinstance(mail, EmailMessage)
                    box.mails.append((to, mail))
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()
