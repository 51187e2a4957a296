"""Texts + an engine -> a workspace: load, check, ask, explain. The only wiring of the library."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hedu.define.definitions import Definitions
from hedu.define.folder import folder
from hedu.engine.answers import Answers, of_one_snapshot
from hedu.errors import DefinitionError, Problem, QueryError, suggest
from hedu.model.compiled import findings, opened, resolved
from hedu.model.types import Model
from hedu.model.withheld import refuse_withheld
from hedu.plan.early import Sizes
from hedu.plan.meaning import columns
from hedu.plan.money import converted_by
from hedu.plan.offered import DimensionInfo
from hedu.plan.planner import Plan, plan
from hedu.plan.rolled import Rolled
from hedu.query import ALL, Access, Names, Question, Receipt, Result, Rows, Unmatched, names_of, question_of
from hedu.sql.filling import readable
from hedu.sql.guards import check_guards
from hedu.sql.render import Statement, render

if TYPE_CHECKING:
    import pyarrow as pa

    from hedu.alignment.scene import Look
    from hedu.analysis.rollups import Recommended
    from hedu.engine.protocol import Engine

_PLANS_KEPT = 2_000
DEFAULT_ENGINE = "duckdb:///warehouse"


@dataclass(frozen=True, slots=True)
class Explained:
    """How a question would be answered, without running it."""

    sql: str
    parameters: tuple[Any, ...]
    definitions: Mapping[str, str]
    notes: tuple[str, ...]
    rollups: tuple[str, ...] = ()


def load(
    path: str | Path | Mapping[str, str | bytes],
    engine: str = DEFAULT_ENGINE,
    strict: bool = False,
    now: datetime | None = None,
    answers: Answers | None = None,
    rollups: bool = True,
) -> Workspace:
    """Open a folder of definitions (or texts by name) over an engine.

    Problems do not stop a load: they stand in `ws.problems`, and what they break cannot be asked.
    With `strict` any problem raises DefinitionError. `now` fixes the moment relative periods count from;
    `answers` lets workspaces over the same data share what they keep. Without `rollups` only base tables are read.

    >>> ws = load({"m.yml": "version: 1\\ndataset: t\\nselect: select 1 as x, date '2024-01-01' as d\\ntime: d\\n"
    ...            "dimensions: {d: {type: date}}\\nmeasures: {x: {agg: max}}\\n---\\nversion: 1\\nmetric: top\\n"
    ...            "simple: {measure: t.x}\\n"}, engine="duckdb://")
    >>> ws.ask("top").rows()
    [{'top': 1}]
    """
    root = None if isinstance(path, Mapping) else Path(path)
    model, definitions, found, place = resolved(path) if isinstance(path, Mapping) else opened(folder(path))
    if strict and found:
        raise DefinitionError.of(found)
    return Workspace(model, definitions, found, engine, root, now, answers, place, rollups)


class Workspace:
    """A model over an engine. Safe to share between threads; the engine opens on the first question."""

    def __init__(
        self,
        model: Model,
        definitions: Definitions,
        problems: tuple[Problem, ...],
        engine: str,
        root: Path | None,
        now: datetime | None = None,
        answers: Answers | None = None,
        place: Path | None = None,
        rollups: bool = True,
    ) -> None:
        self.model = model
        self.definitions = definitions
        self.problems = problems
        self.root = root
        self.place = place
        self.has_rollups = rollups
        self._url = engine
        self._now = now
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._planned: OrderedDict[tuple[Any, ...], tuple[Plan, Statement, Statement | None]] = OrderedDict()
        self._digests: dict[str, str] = {}
        self._rolled: tuple[frozenset[Any], tuple[Rolled, ...]] = (frozenset(), ())
        self._answers = answers if answers is not None else Answers()

    @property
    def engine(self) -> Engine:
        """The open engine. EngineError where it cannot be reached."""
        if self._engine is None:
            with self._opening:
                if self._engine is None:
                    self._engine = self._connected()
        return self._engine

    def ask(
        self,
        metrics: Names | Question = (),
        by: Names = (),
        where: Names = (),
        since: object = None,
        until: object = None,
        compare: Names = (),
        order: Names = (),
        limit: int | None = None,
        totals: bool = False,
        access: Access = ALL,
        as_of: str | None = None,
        *,
        min_max: bool = False,
        window: str | None = None,
        parameters: Mapping[str, object] | None = None,
        time_zone: str | None = None,
        currency: str | None = None,
        rollups: bool = True,
        timeout: float | None = None,
    ) -> Result:
        """Ask; the columns are `by` in the order asked, then metrics, then comparisons.

        Errors: QueryError, PlanError, Denied before anything runs; EngineError while it runs.
        """
        asked = (metrics, by, where, since, until, compare, order, limit, totals, access, as_of, min_max)
        question = self._meant(*asked, window, parameters, time_zone, currency, rollups=rollups)
        engine = self._engine_for(question)
        started = time.perf_counter()

        def answer() -> Result:
            planned, statement, whole = self._planned_for(question, engine)
            snapshot = engine.snapshot()
            self._check(engine, statement, question, timeout)
            table, is_kept = self._table(engine, statement, snapshot, timeout)
            total = self._table(engine, whole, snapshot, timeout)[0] if whole else None
            receipt = self._receipt(question, engine, planned, statement, started, table.num_rows)
            receipt = replace(receipt, cached=is_kept)
            total = _named(total, planned.totals) if total is not None and planned.totals is not None else None
            told = columns(self.model, question, planned.root.columns)
            return Result(_named(table, planned), told, receipt, total)

        return of_one_snapshot(engine, answer)

    def sql(self, text: str, access: Access = ALL, timeout: float | None = None) -> Result:
        """Ask by `SELECT region, MEASURE(revenue) FROM metrics GROUP BY region`. Errors: sql-…, and those of `ask`."""
        from hedu.query.sql import asked_in_sql

        asked = asked_in_sql(text, self.model.metrics)
        return asked.shaped(self.ask(asked.question, access=access, timeout=timeout))

    def rows(self, *question: Any, timeout: float | None = None, **more: Any) -> Rows:
        """The same answer as `ask`, as plain rows."""
        asked = self._meant(*question, **more)
        engine = self._engine_for(asked)
        started = time.perf_counter()

        def answer() -> Rows:
            planned, statement, whole = self._planned_for(asked, engine)
            self._check(engine, statement, asked, timeout)
            _, found = engine.rows(statement.text, statement.parameters, timeout=timeout)
            total = None
            if whole:
                names, (values,) = engine.rows(whole.text, whole.parameters, timeout=timeout)
                total = dict(zip(names, values, strict=True))
            receipt = self._receipt(asked, engine, planned, statement, started, len(found))
            return Rows(tuple(found), columns(self.model, asked, planned.root.columns), receipt, total)

        return of_one_snapshot(engine, answer)

    def compile(self, *question: Any, dialect: str | None = None, **more: Any) -> str:
        """The SQL of a question, with its values written in; needs no connection."""
        asked = self._meant(*question, **more)
        return self._plan(asked, dialect or dialect_of(self._url), frozenset())[1].readable

    def explain(self, *question: Any, **more: Any) -> Explained:
        """How a question would be answered: the SQL, its bound values, the definitions it rests on."""
        asked = self._meant(*question, **more)
        if self.has_rollups and self.model.settings.rollups:
            planned, statement, _ = self._planned_for(asked, self._engine_for(asked))
        else:
            planned, statement, _ = self._plan(asked, dialect_of(self._url), frozenset())
        return Explained(statement.text, statement.parameters, self._definitions_of(asked), (), planned.rollups)

    def unmatched(self, *question: Any, timeout: float | None = None, **more: Any) -> tuple[Unmatched, ...]:
        """Rows of facts without a partner across a join that the question takes: they stand under NULL in its answer.

        Asked for by itself, because it reads the facts once more. Errors: those of `ask`.
        """
        from hedu.plan.unmatched import searches

        asked = replace(self._meant(*question, **more), rollups=False)
        engine = self._engine_for(asked)
        planned = plan(self.model, asked, self._moment(), engine.integrity())
        found: list[Unmatched] = []
        for search in searches(planned.root):
            one = render(replace(planned, root=search.page, totals=None, guards=()), engine.dialect)
            _, ((counted, *without),) = engine.rows(one.text, one.parameters, timeout=timeout)
            found += [
                Unmatched(search.fact, path, dataset, int(rows or 0), int(counted))
                for (path, dataset), rows in zip(search.joins, without, strict=True)
            ]
        return tuple(found)

    def dimensions_of(self, metrics: Names = (), access: Access = ALL) -> tuple[DimensionInfo, ...]:
        """The dimensions that all of `metrics` can be split by. QueryError metric-unknown, metric-withheld."""
        from hedu.plan.metricflow.offers import dimensions_of

        names = names_of(metrics)
        refuse_withheld(self.model, names, self.problems)
        for name in names:
            if name not in self.model.metrics:
                raise QueryError("metric-unknown", name=name, near=suggest(name, self.model.metrics))
        return dimensions_of(self.model, names, access)

    def rollups(self) -> tuple[Rolled, ...]:
        """The declared rollups that can be read now, the smallest first."""
        return self._rollups(self.engine)

    def recommend_rollups(
        self, questions: Iterable[Question | Mapping[str, Any] | tuple[Question, int]], most: int = 5
    ) -> tuple[Recommended, ...]:
        """The rollups that would spare these questions the most reading; a pair tells how often one is asked.

        Sizes are counted in the data. Errors: EngineError.
        """
        from hedu.analysis.rollups import recommended

        asked = [one if isinstance(one, tuple) else (self._asked(one), 1) for one in questions]
        return recommended(self.model, asked, lambda sql: int(self.engine.rows(sql)[1][0][0]), self._moment(), most)

    def _asked(self, question: Question | Mapping[str, Any]) -> Question:
        return question if isinstance(question, Question) else question_of(**question)

    def check(self) -> tuple[Problem, ...]:
        """Everything wrong with the definitions: what they say, and what the model they make cannot hold."""
        return (*self.problems, *findings(self.model, self.place, "faults"))

    def over(self, model: Model) -> Workspace:
        """A workspace of another model over the same open engine and kept answers."""
        other = Workspace(model, model.definitions, (), self._url, self.root, self._now, self._answers)
        other._engine = self.engine
        other.has_rollups = self.has_rollups
        return other

    def look(self) -> Look:
        """All that alignment may call; it reads as the system."""
        from hedu.alignment.look import look_of

        return look_of(self, self.over)

    def close(self) -> None:
        """Release the engine."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _connected(self) -> Engine:
        from hedu.engine import connect

        engine = connect(self._url, root=self.root, time_zone=self.model.settings.time_zone)
        for dataset in self.model.datasets.values():
            if dataset.source.file is not None:
                path = Path(dataset.source.file)
                engine.register_file(dataset.name, path if path.is_absolute() else (self.root or Path()) / path)
        return engine

    def _engine_for(self, question: Question) -> Engine:
        return self.engine if question.as_of is None else self.engine.at(question.as_of)

    def _planned_for(self, question: Question, engine: Engine) -> tuple[Plan, Statement, Statement | None]:
        """The plan of a question with all that is known of the data version."""
        return self._plan(question, engine.dialect, engine.integrity(), engine.sizes(), self._rollups(engine))

    def _plan(
        self,
        question: Question,
        dialect: str,
        proven: frozenset[Any],
        sizes: Sizes = frozenset(),
        rollups: tuple[Rolled, ...] = (),
    ) -> tuple[Plan, Statement, Statement | None]:
        now = self._moment()
        read = tuple((one.name, one.digest, one.rows) for one in rollups)
        key = (question, dialect, proven, sizes, read, now.date())
        found = self._planned.get(key)
        if found is None:
            made = plan(self.model, question, now, proven, sizes, rollups)
            whole = render(made.totals, dialect) if made.totals else None
            found = (made, render(made, dialect), whole)
            self._planned[key] = found
            if len(self._planned) > _PLANS_KEPT:
                self._planned.popitem(last=False)
        return found

    def _rollups(self, engine: Engine) -> tuple[Rolled, ...]:
        """The rollups that may be read, the smallest first: built from these data, by these definitions."""
        built = engine.rollups() if self.has_rollups and self.model.settings.rollups else frozenset()
        if built != self._rolled[0]:
            self._rolled = (built, readable(self.model, built))
        return self._rolled[1]

    def _moment(self) -> datetime:
        return self._now or datetime.now(UTC).astimezone(ZoneInfo(self.model.settings.time_zone))

    def _table(
        self, engine: Engine, statement: Statement, snapshot: str | None, timeout: float | None
    ) -> tuple[pa.Table, bool]:
        """The rows of a statement, and whether they were kept from before."""
        key = (statement.text, statement.parameters, f"{engine.url} {snapshot}")
        kept = self._answers.get(key) if snapshot else None
        if kept is not None:
            return kept, True
        table = engine.query(statement.text, statement.parameters, timeout=timeout)
        if snapshot and engine.snapshot() == snapshot:
            self._answers.put(key, table)
        return table, False

    def _check(self, engine: Engine, made: Statement, question: Question, timeout: float | None) -> None:
        at = engine.snapshot() if made.guards else None
        check_guards(lambda one: self._table(engine, one, at, timeout)[0], made, question, is_versioned=at is not None)

    def _meant(self, *asked: Any, **more: Any) -> Question:
        """The question that arguments mean; a saved one by its name, imported ones in MetricFlow's names."""
        question = question_of(*asked, **more)
        refuse_withheld(self.model, question.metrics, self.problems)
        if not self.model.settings.questions and self.model.settings.semantics != "metricflow":
            return question
        from hedu.plan.metricflow.questions import named_question

        return named_question(self.model, question)

    def _receipt(
        self, question: Question, engine: Engine, planned: Plan, statement: Statement, started: float, rows: int
    ) -> Receipt:
        return Receipt(
            sql=statement.readable,
            parameters=statement.parameters,
            definitions=self._definitions_of(question),
            engine=engine.url,
            milliseconds=round((time.perf_counter() - started) * 1000, 3),
            rows=rows,
            watermarks=self._watermarks(question, engine),
            snapshot=engine.snapshot(),
            access=question.access.digest,
            notes=converted_by(self.model, planned.guards),
            rollups=planned.rollups,
            look=lambda: self.unmatched(question),
        )

    def _watermarks(self, question: Question, engine: Engine) -> dict[str, str]:
        known = engine.watermarks()
        leaves = [leaf for metric in question.metrics for leaf in self.model.leaves(metric)]
        tables = {self.model.datasets[name].source.table for name, _ in leaves}
        return {table: known[table] for table in sorted(filter(None, tables)) if table in known}

    def _definitions_of(self, question: Question) -> dict[str, str]:
        return {name: self._digest(name) for name in self.model.made_of(question.metrics)}

    def _digest(self, metric: str) -> str:
        if metric not in self._digests:
            from hedu.define.digest import meaning_digest

            self._digests[metric] = meaning_digest(self.model.metrics[metric].definition)
        return self._digests[metric]


def _named(table: pa.Table, planned: Plan) -> pa.Table:
    """The rows under the plan's names, in whose order they are: a database may cut long ones short."""
    return table.rename_columns(planned.root.columns)


def dialect_of(url: str) -> str:
    """sqlglot's name for the dialect an engine URL speaks."""
    return {"postgresql": "postgres", "chdb": "clickhouse"}.get(scheme := url.split(":", 1)[0], scheme)


__all__ = ["DEFAULT_ENGINE", "Explained", "Workspace", "load", "question_of"]
