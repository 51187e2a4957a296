"""The guards of a statement, asked -> nothing, or the error that keeps its answer from being given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hedu.plan.money import missing
from hedu.query import Question
from hedu.sql.render import Statement

Rows = Callable[..., tuple[Any, Any]]


def check_guards(rows: Rows, statement: Statement, question: Question, timeout: float | None) -> None:
    """Refuse an answer that would leave amounts out. Errors: rate-missing."""
    for guard in statement.guards:
        _, (row,) = rows(guard.text, guard.parameters, timeout=timeout)
        fault = missing(row, question.currency)
        if fault is not None:
            raise fault
