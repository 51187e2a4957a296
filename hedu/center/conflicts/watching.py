"""A look -> the same look, remembering what the engine failed to answer: where it failed, silence is no verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from hedu.alignment.scene import Look
from hedu.errors import EngineError
from hedu.model.types import Model
from hedu.query.result import Result

SINGLE = 2
"""Questions about more metrics are asked again in halves by whoever asked them; these are asked once."""


@dataclass
class Watched:
    """Hands every question on. `faults` are those that failed: about which metrics, and how."""

    look: Look
    faults: list[tuple[frozenset[str], EngineError]] = field(default_factory=list)

    def ask(self, metrics: Any, **question: Any) -> Result:
        with self._watching(metrics):
            return self.look.ask(metrics, **question)

    def ask_variant(self, model: Model, metrics: Any, **question: Any) -> Result:
        with self._watching(metrics):
            return self.look.ask_variant(model, metrics, **question)

    def keyed_rows(self, metric: str, since: str | None, until: str | None) -> pa.Table | None:
        with self._watching(metric):
            return self.look.keyed_rows(metric, since, until)

    def scratch(self, tables: Mapping[str, pa.Table]) -> Callable[[str], pa.Table]:
        return self.look.scratch(tables)

    def snapshot(self) -> str | None:
        return self.look.snapshot()

    def watermark(self, dataset: str) -> date | None:
        return self.look.watermark(dataset)

    def fault_about(self, names: Iterable[str], model: Model) -> EngineError | None:
        """The first failure of a question about nothing but these metrics, or variants of them."""
        return next((error for about, error in self.faults if about & set(model.metrics) <= set(names)), None)

    def unanswered(self, model: Model) -> list[list[str]]:
        """The metrics of each failed question."""
        return [sorted(found) for about, _ in self.faults if (found := about & set(model.metrics))]

    @contextmanager
    def _watching(self, metrics: Any) -> Iterator[None]:
        names = frozenset([metrics] if isinstance(metrics, str) else metrics)
        try:
            yield
        except EngineError as error:
            if len(names) <= SINGLE:
                self.faults.append((names, error))
            raise
