"""An engine's URL -> what works there and what does not: small questions over rows that stand in the questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from hedu.define.definitions import Label
from hedu.errors import EngineError, HeduError, Problem

Outcome = Literal["works", "fails", "absent"]
NOW = datetime(2024, 6, 30, 12, tzinfo=UTC)
_ROWS = (
    ("1", "'b'", "10.50", "2024-01-05", "1"),
    ("2", "'B'", "4.00", "2024-01-31", "1"),
    ("3", "'华东'", "6.25", "2024-02-29", "2"),
    ("4", "null", "1.25", "2024-02-29", "2"),
    ("5", "'b'", "null", "2024-03-04", "3"),
)
_SELECT = " union all ".join(
    f"select {n} as id, cast({region} as varchar) as region, cast({amount} as decimal(10, 2)) as amount,"
    f" cast('{day}' as date) as day, {buyer} as buyer"
    for n, region, amount, day, buyer in _ROWS
)
_MODEL = f"""
version: 1
dataset: sales
select: >-
  {_SELECT}
primary_key: id
time: day
dimensions: {{day: {{type: date}}, region: {{}}, is_large: {{type: boolean, expr: amount > 5}}}}
measures:
  amount: {{agg: sum}}
  mean: {{agg: average, expr: amount}}
  buyers: {{agg: count_distinct, expr: buyer}}
  middle: {{agg: median, expr: amount}}
---
version: 1
dataset: visits
select: >-
  {_SELECT}
time: day
dimensions: {{day: {{type: date}}}}
measures: {{visits: {{agg: count}}}}
---
{{version: 1, metric: amount, simple: {{measure: sales.amount}}}}
---
{{version: 1, metric: mean, simple: {{measure: sales.mean}}}}
---
{{version: 1, metric: buyers, simple: {{measure: sales.buyers}}}}
---
{{version: 1, metric: middle, simple: {{measure: sales.middle}}}}
---
{{version: 1, metric: visits, simple: {{measure: visits.visits}}}}
---
{{version: 1, metric: amount_per_visit, ratio: {{numerator: amount, denominator: visits}}}}
"""
_LONG = {
    "duckdb": "select count(*) from range(1000000000000) as t(n) where n % 7 = 3",
    "postgres": "select count(*) from generate_series(1, 1000000000000) as t(n) where n % 7 = 3",
    "clickhouse": "select count() from numbers(1000000000000) where number % 7 = 3",
    "spark": "select count(*) from range(1000000000000) where id % 7 = 3",
    "trino": "select count(*) from unnest(sequence(1, 10000)) as a(x), unnest(sequence(1, 10000)) as b(y),"
    " unnest(sequence(1, 10000)) as c(z) where x * y + z < 0",
}
_WRITES = "create table hedu_engine_test as select 1 as x"


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing tried: its name, how it went, how long it took, and the fault where there was one."""

    name: str
    label: Label
    outcome: Outcome
    milliseconds: float
    note: Label = Label()
    problem: Problem | None = None


class _Differs(Exception):
    """The engine answered, but not what is right."""

    def __init__(self, found: object, expected: object) -> None:
        super().__init__(f"{found!r} ≠ {expected!r}")


@dataclass
class _Subject:
    """What is tried: a workspace over the engine."""

    workspace: Any

    @property
    def engine(self) -> Any:
        return self.workspace.engine


def trials(url: str) -> Iterator[Trial]:
    """Each trial as it ends; where no connection can be had it is the only one."""
    import hedu

    subject = _Subject(hedu.load({"trial.yml": _MODEL}, engine=url, now=NOW))
    try:
        first = _tried(subject, "connect", *_TRIALS["connect"])
        yield first
        if first.outcome == "works":
            for name, (label, run) in _TRIALS.items():
                if name != "connect":
                    yield _tried(subject, name, label, run)
            yield from _standing(subject.engine)
    finally:
        subject.workspace.close()


def _tried(subject: _Subject, name: str, label: Label, run: Callable[[_Subject], None]) -> Trial:
    started = time.perf_counter()

    def ended(outcome: Outcome, note: Label = Label(), problem: Problem | None = None) -> Trial:
        return Trial(name, label, outcome, round((time.perf_counter() - started) * 1000, 1), note, problem)

    try:
        run(subject)
    except HeduError as error:
        return ended("fails", problem=error.problem)
    except _Differs as error:
        return ended("fails", Label(f"答案不符：{error}", f"The answer differs: {error}"))
    return ended("works")


def _same(found: object, expected: object) -> None:
    if found != expected:
        raise _Differs(found, expected)


def _rows(subject: _Subject, *question: Any, **more: Any) -> list[tuple[Any, ...]]:
    return [tuple(_plain(value) for value in row.values()) for row in subject.workspace.ask(*question, **more).rows()]


def _plain(value: Any) -> Any:
    return round(float(value), 6) if hasattr(value, "as_tuple") or isinstance(value, float) else value


def _connects(subject: _Subject) -> None:
    _same(subject.engine.rows("select 1 as one")[1], [(1,)])


def _binds(subject: _Subject) -> None:
    tricky = "a'b\\c?\"d\n华东"
    _same(_rows(subject, "amount", where=f"region <> '{tricky.replace(chr(39), chr(39) * 2)}'"), [(20.75,)])
    _same(_rows(subject, "amount", where="region = 'b' AND amount < 100"), [(10.5,)])


def _groups(subject: _Subject) -> None:
    _same(_rows(subject, "amount", by="region"), [("B", 4.0), ("b", 10.5), ("华东", 6.25), (None, 1.25)])


def _times(subject: _Subject) -> None:
    months = [(date(2024, 1, 1), 14.5), (date(2024, 2, 1), 7.5), (date(2024, 3, 1), None)]
    _same(_rows(subject, "amount", by="metric_time.month"), months)
    _same(_rows(subject, "visits", by="metric_time.extract_dow"), [(1, 1), (3, 1), (4, 2), (5, 1)])
    _same(_rows(subject, "visits", since="2024-02", until="2024-02"), [(2,)])


def _measures(subject: _Subject) -> None:
    _same(_rows(subject, ["amount", "mean", "buyers", "middle"]), [(22.0, 5.5, 3, 5.125)])


def _ratio(subject: _Subject) -> None:
    found = _rows(subject, "amount_per_visit", by="metric_time.month")
    _same([value for _, value in found], [7.25, 3.75, None])


def _compares(subject: _Subject) -> None:
    found = _rows(subject, "visits", by="metric_time.month", compare="previous")
    _same([row[1:4] for row in found], [(2, None, None), (2, 2, 0), (1, 2, -1)])


def _only_reads(subject: _Subject) -> None:
    try:
        subject.engine.query(_WRITES)
    except EngineError:
        return
    raise _Differs("create table", "engine-not-a-select")


def _stops_late(subject: _Subject) -> None:
    _must_stop(lambda: subject.engine.query(_LONG[subject.engine.dialect], timeout=1.0), "engine-timeout")


def _stops_told(subject: _Subject) -> None:
    timer = threading.Timer(1.0, subject.engine.cancel)
    timer.start()
    _must_stop(lambda: subject.engine.query(_LONG[subject.engine.dialect], timeout=15.0), "engine-cancelled")


def _must_stop(ask: Callable[[], object], code: str) -> None:
    try:
        ask()
    except EngineError as error:
        _same(error.code, code)
        return
    raise _Differs("an answer", code)


def _streams(subject: _Subject) -> None:
    statement = subject.workspace.compile(by="region")
    reader = subject.engine.batches(statement)
    _same(sum(batch.num_rows for batch in reader), 4)


def _standing(engine: Any) -> Iterator[Trial]:
    """What an engine has or has not, neither of which is a fault."""
    proofs, snapshot = engine.integrity(), engine.snapshot()
    named = Label(f"已证明 {len(proofs)} 个引用", f"{len(proofs)} references proved") if proofs else _NO_PROOFS
    yield Trial("references", Label("引用完整性", "Proved references"), "works" if proofs else "absent", 0.0, named)
    label = Label("数据版本", "Versions of the data")
    yield Trial("versions", label, "works" if snapshot else "absent", 0.0, Label() if snapshot else _NO_VERSIONS)


_NO_PROOFS = Label(
    "没有经过验证的外键；连接按可能缺失处理。确知完整时在实体上写 integrity: true，可以更快。",
    "There are no validated foreign keys, so joins allow for missing rows."
    " Where you know better, `integrity: true` on the entity makes them faster.",
)
_NO_VERSIONS = Label(
    "没有数据版本：答案不缓存，不能用 as_of 回看。",
    "There are no versions of the data: answers are not kept, and as_of cannot look back.",
)
_TRIALS: Mapping[str, tuple[Label, Callable[[_Subject], None]]] = {
    "connect": (Label("连接并回答", "Connects and answers"), _connects),
    "values": (Label("绑定的值原样到达", "Bound values arrive as they are"), _binds),
    "groups": (Label("分组、空值与文字顺序", "Groups, NULLs last, order of texts"), _groups),
    "times": (Label("月、星期与时间范围", "Months, days of the week, ranges"), _times),
    "measures": (Label("求和、平均、去重、中位数", "Sums, averages, distinct counts, medians"), _measures),
    "two_facts": (Label("两个事实的比率", "A ratio over two facts"), _ratio),
    "compare": (Label("与上期比较", "Comparison with the period before"), _compares),
    "read_only": (Label("只读", "Only reads"), _only_reads),
    "timeout": (Label("超时即停", "Stops when late"), _stops_late),
    "cancel": (Label("可以取消", "Stops when told"), _stops_told),
    "batches": (Label("分批取大结果", "Large results in batches"), _streams),
}
