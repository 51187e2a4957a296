"""What a question is ordered by -> columns of the answer, however they are spelt."""

from __future__ import annotations

from collections.abc import Mapping

from hedu.define.formats.dbt_names import question_item
from hedu.errors import QueryError, suggest
from hedu.plan.compare import comparison_columns
from hedu.plan.metricflow.names import Item, parsed, with_grain
from hedu.plan.metricflow.scope import Scope
from hedu.query import Question


def order_of(scope: Scope, question: Question, texts: Mapping[Item, str]) -> tuple[tuple[str, bool], ...]:
    """The columns that the answer is ordered by: those asked, then all it is split by. Errors: order-unknown."""
    columns = (*question.by, *question.metrics, *comparison_columns(question))
    found: dict[str, bool] = {}
    for text in question.order:
        item = question_item(text)
        name, descends = item.removeprefix("-"), item.startswith("-")
        if name not in columns:
            meant = parsed(scope.model, name)
            meant = with_grain(scope.model, meant, question.metrics) if question.metrics else meant
            known = texts.get(meant)
            if known is None:
                raise QueryError("order-unknown", name=name, known=columns, near=suggest(name, columns))
            name = known
        found.setdefault(name, descends)
    for name in question.by:
        found.setdefault(name, False)
    return tuple(found.items())
