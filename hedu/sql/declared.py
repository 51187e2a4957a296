"""What datasets declare of their data -> statements that count what breaks it, asked: problems, each in its place.

Answers rest on declared keys: where two rows bear one key, whatever is joined to them counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlglot import exp

from hedu.errors import HeduError, Problem
from hedu.model.types import Dataset, Join, Model
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.parameters import bind_parameters
from hedu.plan.planner import Plan
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, qualify
from hedu.plan.uniqueness import shared_values
from hedu.plan.validities import overlaps_of
from hedu.query import Question
from hedu.sql.render import render

FOUND = "__found"
Rows = Callable[..., tuple[Any, Sequence[Sequence[Any]]]]


@dataclass(frozen=True)
class Claim:
    """What a dataset declares, and the page whose one row counts what breaks it."""

    code: str
    dataset: Dataset
    facts: dict[str, Any]
    page: nodes.Page


def faults_in_data(model: Model, rows: Rows, dialect: str, now: datetime) -> Iterator[Problem]:
    """The declared keys that rows share, validities that overlap, and references that miss their match.

    What cannot be asked (a table that is not there) is a problem of its own, once a dataset.
    """
    asking = Asking(model, Question(), now)
    unreadable: set[str] = set()
    for claim in _claims(asking):
        name, definition = claim.dataset.name, claim.dataset.definition
        if name in unreadable:
            continue
        try:
            named = bind_parameters(asking)
            statement = render(Plan(claim.page, tuple(asking.parameters), named=named), dialect)
            count = rows(statement.text, statement.parameters)[1][0][0]
        except HeduError as error:
            unreadable.add(name)
            yield from error.problems
            continue
        if count:
            where = definition.at if definition is not None else None
            yield Problem(claim.code, where, {"dataset": name, "count": count, **claim.facts})


def _claims(asking: Asking) -> Iterator[Claim]:
    for dataset in asking.model.datasets.values():
        definition = dataset.definition
        if definition is None:
            continue
        for key in dict.fromkeys((definition.primary_key, *definition.unique_keys)):
            if key:
                shared = shared_values(dataset, [column(name) for name in key])
                yield Claim("key-not-unique", dataset, {"key": ", ".join(key)}, _counted(shared))
        for join in dataset.joins:
            if join.integrity and not join.fans and join.valid is None:
                facts = {"entity": join.role, "other": join.right}
                yield Claim("reference-not-held", dataset, facts, _unmatched(asking.model, join))
    held = {(join.right, join.right_key): join for one in asking.model.datasets.values() for join in one.joins}
    for join in held.values():
        if join.valid is not None:
            yield Claim("validity-overlaps", asking.model.datasets[join.right], {}, overlaps_of(asking, join))


def _unmatched(model: Model, join: Join) -> nodes.Page:
    """How many rows refer to nothing."""
    left, right = model.datasets[join.left], model.datasets[join.right]
    far = f"{right.name}__far"
    pairs = list(zip(join.left_key, join.right_key, strict=True))
    same = [exp.EQ(this=qualify(own, left.name), expression=qualify(other, far)) for own, other in pairs]
    alone = exp.select(exp.alias_(exp.Literal.number(1), "rows", quoted=True)).from_(from_source(left, left.name))
    alone = alone.join(from_source(right, far), on=exp.and_(*same), join_type="left")
    return _counted(alone.where(exp.Is(this=qualify(pairs[0][1], far), expression=exp.null())))


def _counted(rows: exp.Select) -> nodes.Page:
    name = exp.TableAlias(this=exp.to_identifier("found", quoted=True))
    count = exp.alias_(exp.Count(this=exp.Star(), big_int=True), FOUND, quoted=True)
    made = nodes.Written(exp.select(count).from_(exp.Subquery(this=rows, alias=name)), (FOUND,))
    return nodes.Page(nodes.Compute(made, (), (nodes.Named(FOUND, column(FOUND)),)), (FOUND,), None, (), None)
