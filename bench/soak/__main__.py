"""`make bench-soak`: ask the demo company's workspace at random; only refusals of ours may come, nothing may be left.

Memory is looked at after each tenth of the questions; after the first every cache is nearly as warm as it gets.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import hedu
from bench.soak.questions import Asker
from hedu.demo.command import demo
from hedu.demo.load import fill_warehouse
from hedu.errors import EngineError, HeduError

MOST_GROWTH_MB = 120.0
MOST_SHOWN = 5
_PARTS = 10


@dataclass
class Seen:
    """What came of the questions."""

    answered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def main() -> int:
    options = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    options.add_argument("--questions", type=int, default=50_000)
    options.add_argument("--seed", type=int, default=7)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        company = demo(7, Path(folder))
        fill_warehouse(company, Path(folder) / "warehouse")
        url = f"duckdb:///{Path(folder) / 'warehouse'}"
        with closing(hedu.load(company / "definitions", engine=url)) as workspace:
            return _soak(workspace, asked.questions, asked.seed)


def _soak(workspace: hedu.Workspace, count: int, seed: int) -> int:
    asker, seen, started = Asker(workspace, random.Random(seed)), Seen(), time.perf_counter()
    course = []
    for part in range(_PARTS):
        _ask(asker, count // _PARTS + (part < count % _PARTS), seen)
        course.append(_held())
    before, after = course[0], course[-1]
    taken = time.perf_counter() - started
    print(f"{count} questions in {taken:.0f} s: {seen.answered} answered, {seen.refused.total()} refused, "
          f"{len(seen.broken)} broken")  # fmt: skip
    print("refusals: " + ", ".join(f"{code} {number}" for code, number in seen.refused.most_common(12)))
    print("memory, MB: " + ", ".join(f"{one.megabytes:.0f}" for one in course))
    print(f"open files {before.files} -> {after.files}, "
          f"threads {before.threads} -> {after.threads}")  # fmt: skip
    for text in seen.broken[:MOST_SHOWN]:
        print(text, file=sys.stderr)
    is_kept = after.megabytes - before.megabytes <= MOST_GROWTH_MB and after.files <= before.files + 2
    return 0 if is_kept and after.threads <= before.threads and not seen.broken else 1


def _ask(asker: Asker, count: int, seen: Seen) -> None:
    for question in asker.questions(count):
        try:
            asker.workspace.ask(**question)
            seen.answered += 1
        except EngineError as error:
            seen.broken.append(f"{question}: {error}")
        except HeduError as error:
            seen.refused.update(one.code for one in error.problems[:1])
        except Exception as error:  # noqa: BLE001  (whatever else comes is what is looked for)
            seen.broken.append(f"{question}: {type(error).__name__}: {error}")


@dataclass(frozen=True)
class Held:
    """What the process holds."""

    megabytes: float
    files: int
    threads: int


def _held() -> Held:
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return Held(int(resident.split()[1]) / 1024, len(list(Path("/proc/self/fd").iterdir())), threading.active_count())


if __name__ == "__main__":
    raise SystemExit(main())
