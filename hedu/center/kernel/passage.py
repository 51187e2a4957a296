"""Through which door and under which request id the present work runs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Door = Literal["page", "rest", "cli", "mcp", "system"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One request, command or job. `deed` names the action under way, "" outside of one."""

    door: Door = "system"
    request_id: str = ""
    deed: str = ""


NOWHERE = Passage()
_present: ContextVar[Passage | None] = ContextVar("passage", default=None)


def present() -> Passage:
    return _present.get() or NOWHERE


def new_request_id() -> str:
    return secrets.token_hex(8)


@contextmanager
def through(door: Door, request_id: str = "", deed: str = "") -> Iterator[Passage]:
    """Everything inside runs through `door`."""
    passage = Passage(door, request_id or present().request_id or new_request_id(), deed)
    token = _present.set(passage)
    try:
        yield passage
    finally:
        _present.reset(token)
