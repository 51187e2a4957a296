"""The guards of a statement, asked -> nothing, or the error that keeps its answer from being given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hedu.plan.money import missing
from hedu.plan.validities import OVERLAPS, overlapping
from hedu.query import Question
from hedu.sql.render import Statement

Rows = Callable[..., tuple[Any, Any]]


def check_guards(rows: Rows, statement: Statement, question: Question, timeout: float | None) -> None:
    """Refuse an answer that would leave amounts out or count rows twice. Errors: rate-missing, validity-overlaps."""
    for guard in statement.guards:
        names, (row,) = rows(guard.text, guard.parameters, timeout=timeout)
        fault = overlapping(row) if names[0] == OVERLAPS else missing(row, question.currency)
        if fault is not None:
            raise fault
