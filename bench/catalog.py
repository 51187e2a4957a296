"""A catalog of a growing company -> what opening, editing and asking it cost at 100, 1,000 and 12,000 metrics.

Each size is measured in interpreters of its own, so that memory is its own and nothing is warm.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

SIZES = (100, 1_000, 12_000)
ALLOWED = {
    "load and check, cold": 1_600.0,
    "load and check, from what was kept": 300.0,
    "one edit, loaded and checked again": 100.0,
    "planning, not cached": 3.0,
    "planning, cached": 0.2,
    "80 metrics of 40 facts, to SQL": 100.0,
    "memory, MB": 500.0,
}
_A_FACT = 24


def texts(metrics: int) -> dict[str, str]:
    """Files by name: a dataset and its 24 metrics each; every dataset refers to the one before and to customers."""
    found = {"company.yml": _COMPANY}
    for at in range(-(-metrics // _A_FACT)):
        found[f"fact_{at:03}.yml"] = "---\n".join([_dataset(at), *_metrics(at, min(_A_FACT, metrics - at * _A_FACT))])
    return found


_COMPANY = """\
version: 1
workspace: company
departments: {finance: {label: {zh: 财务}}, sales: {label: {zh: 销售}}}
---
version: 1
dataset: customers
source: crm.customers
primary_key: id
entities: {customer: id}
dimensions: {region: {}, tier: {}, since: {type: date}}
"""


def _dataset(at: int) -> str:
    before = f", thing_{at - 1}: {{key: thing_{at - 1}_id, integrity: true}}" if at else ""
    dimensions = ", ".join(f"d{n}: {{label: {{zh: 维度{at}之{n}, en: Dimension {at} {n}}}}}" for n in range(7))
    measures = ", ".join(f"m{n}: {{expr: quantity_{n} * price, agg: sum, unit: CNY}}" for n in range(6))
    return (
        f"version: 1\ndataset: fact_{at}\nsource: erp.fact_{at}\nprimary_key: id\n"
        f"entities: {{thing_{at}: id, customer: {{key: customer_id, integrity: true}}{before}}}\ntime: day\n"
        f"dimensions: {{day: {{type: date}}, {dimensions}}}\nmeasures: {{{measures}}}\n"
    )


def _metrics(at: int, count: int) -> Iterator[str]:
    """Two thirds measure, the others divide and compute with those."""
    first = at * _A_FACT
    for n in range(count):
        one, other = first + n % 16, first + (n + 1) % 16
        body = f"simple: {{measure: fact_{at}.m{n % 6}, where: \"d{n % 7} = 'v{n}'\"}}"
        if n >= 20:
            body = f"derived: {{formula: metric_{one} - metric_{other} / {n}}}"
        elif n >= 16:
            body = f"ratio: {{numerator: metric_{one}, denominator: metric_{other}}}"
        yield (
            f"version: 1\nmetric: metric_{first + n}\nlabel: {{zh: 指标{first + n}, en: Metric {first + n}}}\n"
            f"meaning: {{zh: 第{first + n}个指标，按付款日期计}}\n"
            f"owner: finance\nraci: {{R: [sales], A: finance}}\n{body}\n"
        )


def growth() -> Iterator[tuple[int, Mapping[str, float]]]:
    """What each size costs, in milliseconds, memory in MB."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in texts(size).items():
                Path(folder, name).write_text(text, "utf-8")
            cold, warm = _measured(folder), _measured(folder)
        cold["load and check, from what was kept"] = warm["load and check, cold"]
        yield size, cold


def _measured(folder: str) -> dict[str, float]:
    environment = {**os.environ, "HEDU_CACHE": f"{folder}/.kept"}
    command = [sys.executable, "-m", "bench.catalog", folder]
    found: dict[str, float] = json.loads(
        subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    )
    return found


def measure(folder: Path) -> dict[str, float]:
    """What this interpreter needs to open, ask and edit the catalog in `folder`."""
    import hedu
    from hedu.define.folder import folder as files

    def opened() -> None:
        nonlocal workspace
        workspace = hedu.load(folder, engine="duckdb://")
        workspace.check()

    workspace = hedu.load({}, engine="duckdb://")
    found = {"load and check, cold": _timed(opened)}
    names = list(workspace.model.metrics)
    asked = [names[at * len(names) // 40] for at in range(40)]
    cold, warm = ([_timed(partial(workspace.compile, name, by="metric_time.month")) for name in asked] for _ in "12")
    found |= {"planning, not cached": statistics.median(cold), "planning, cached": statistics.median(warm)}
    many = [f"metric_{fact * _A_FACT + n}" for fact in range(40) for n in (0, 16)]
    if many[-1] in workspace.model.metrics:
        grains = ("week", "month", "quarter")
        each = [_timed(partial(workspace.compile, many, by=f"metric_time.{grain}")) for grain in grains]
        found["80 metrics of 40 facts, to SQL"] = statistics.median(each)
    found["memory, MB"] = _most_held()
    found["one edit, loaded and checked again"] = _edits({name: text.decode() for name, text in files(folder).items()})
    return found


def _most_held() -> float:
    """The most that this interpreter has ever held, in MB; `getrusage` would count what it was started from too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def _edits(content: dict[str, str]) -> float:
    import hedu

    hedu.load(content, engine="duckdb://").check()
    edited = sorted(content)[len(content) // 2]

    def again(at: int) -> None:
        changed = content[edited].replace("A: finance", "A: sales", at)
        hedu.load({**content, edited: changed}, engine="duckdb://").check()

    return statistics.median(_timed(partial(again, at)) for at in range(1, 6))


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
