"""Actions and reads -> the table action x door x permission, as docs/reference/actions.md."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from hedu.center.kernel.action import actions
from hedu.center.kernel.reading import readings

DOORS = ("page", "rest", "cli", "mcp")
HEAD = """# Actions and reads

Every write of the center is one action; every read that programs may call is listed too. Generated from the code:
`make docs` writes this page, and a test fails when it is stale, so that a change of exposure is a reviewed diff.

`POST /api/<app>/<verb>` does an action, `GET` (or `POST`) `/api/<app>/<noun>` reads; `_` is written `-` in paths.
"""


def markdown() -> str:
    """The page."""
    done = [
        (spec.name, spec.doors, f"`{spec.may.__name__}`", spec.event or "", spec.parameters, spec.promise)
        for _name, spec in sorted(actions().items())
    ]
    seen = [
        (spec.name, spec.doors, spec.method, spec.parameters, spec.promise)
        for _name, spec in sorted(readings().items())
    ]
    lines = [HEAD, "## Actions", ""]
    lines += _table(("action", *DOORS, "who may", "event", "inputs", "promise"))
    for name, doors, may, event, inputs, promise in done:
        lines.append(_row((f"`{name}`", *_marks(doors), may, event, _inputs(inputs), _first(promise))))
    lines += ["", "## Reads", ""]
    lines += _table(("read", *DOORS, "method", "inputs", "promise"))
    for name, doors, method, inputs, promise in seen:
        lines.append(_row((f"`{name}`", *_marks(doors), method, _inputs(inputs), _first(promise))))
    return "\n".join(lines) + "\n"


def _table(heads: Iterable[str]) -> list[str]:
    heads = tuple(heads)
    return [_row(heads), _row("---" for _ in heads)]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _marks(doors: Iterable[str]) -> tuple[str, ...]:
    held = set(doors)
    return tuple("x" if door in held else "" for door in DOORS)


def _inputs(parameters: object) -> str:
    assert hasattr(parameters, "items")
    return ", ".join(
        f"`{name}`" if item.default is inspect.Parameter.empty else f"`{name}?`" for name, item in parameters.items()
    )


def _first(promise: str) -> str:
    return promise.split("\n", 1)[0]
