"""Questions to a peer -> its SQL and how long writing it took, as JSON. Needs nothing but Python."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

TIMES = 7


def tell(package: str, load: Callable[[], Callable[[Any], str]], questions: Mapping[str, Any]) -> None:
    """Print what a peer makes of each question: `load` readies it and gives what writes the SQL of one."""
    started = time.perf_counter()
    write = load()
    loaded = _since(started)
    answers = {name: _answer(write, asked) for name, asked in questions.items()}
    json.dump({"version": version(package), "load_ms": loaded, "answers": answers}, sys.stdout)


def _answer(write: Callable[[Any], str], asked: Any) -> dict[str, Any]:
    taken = []
    sql = ""
    try:
        for _ in range(TIMES):
            started = time.perf_counter()
            sql = write(asked)
            taken.append(_since(started))
    except Exception as error:  # noqa: BLE001  (whatever it raises is its answer)
        return {"refused": f"{type(error).__name__}: {error}"[:400]}
    return {"sql": sql, "ms": taken}


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
