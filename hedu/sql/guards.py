"""The guards of a statement, asked -> nothing, or the error that keeps its answer from being given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hedu.plan.money import missing
from hedu.plan.uniqueness import SHARED, shared
from hedu.plan.validities import OVERLAPS, overlapping
from hedu.query import Question
from hedu.sql.render import Statement

if TYPE_CHECKING:
    import pyarrow as pa

_SAID = {SHARED: shared, OVERLAPS: overlapping}


def check_guards(
    answer: Callable[[Statement], pa.Table], statement: Statement, question: Question, *, is_versioned: bool
) -> None:
    """Refuse an answer that would leave amounts out or count rows twice.

    Keys are looked at where the data have a version, once for each. Errors: rate-missing, validity-overlaps,
    key-not-unique.
    """
    for guard in statement.guards:
        if guard.columns[0] == SHARED and not is_versioned:
            continue
        row = [column[0].as_py() for column in answer(guard).columns]
        told = _SAID.get(guard.columns[0])
        fault = missing(row, question.currency) if told is None else told(row)
        if fault is not None:
            raise fault
