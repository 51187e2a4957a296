"""Through which door and under which request id the present work runs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal

Door = Literal["page", "rest", "cli", "mcp", "system"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One request, command or job. `deed` names the action under way, "" outside of one.

    `is_program`: a program knocked (with a token, or at the command line), not a person at a page.
    """

    door: Door = "system"
    request_id: str = ""
    deed: str = ""
    is_program: bool = False


NOWHERE = Passage()
_present: ContextVar[Passage | None] = ContextVar("passage", default=None)


def present() -> Passage:
    return _present.get() or NOWHERE


def new_request_id() -> str:
    return secrets.token_hex(8)


@contextmanager
def through(door: Door, request_id: str = "", deed: str = "") -> Iterator[Passage]:
    """Everything inside runs through `door`."""
    outer = present()
    is_program = door == "cli" or outer.is_program
    passage = Passage(door, request_id or outer.request_id or new_request_id(), deed, is_program)
    token = _present.set(passage)
    try:
        yield passage
    finally:
        _present.reset(token)


def by_program() -> None:
    """From here to the end of the request a program acts: a token was shown."""
    _present.set(replace(present(), is_program=True))
