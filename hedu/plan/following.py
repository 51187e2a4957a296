"""A conversion -> pairs of what came first and what followed: each conversion under the latest base event before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from hedu.define.definitions import Conversion, Simple
from hedu.define.spans import parts_of
from hedu.errors import PlanError
from hedu.model.types import Dataset, Entity
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.conditions import filter_key, parse_conditions
from hedu.plan.facts import Leaf, bind_pass, filtered
from hedu.plan.frames import Frame
from hedu.plan.keys import METRIC_TIME, Key
from hedu.plan.offered import time_of
from hedu.plan.periods import Range
from hedu.plan.relations import Relations, key_expression
from hedu.plan.scalars import aggregate, column, later, qualify, truncated

_MOMENT, _THEN = "__moment", "__then_moment"


def following_pass(
    asking: Asking, fact: Dataset, time: str | None, leaves: Sequence[Leaf], within: Range, frame: Frame
) -> nodes.Following:
    """Conversions (the one leaf) under the keys of the base event that each goes to.

    The range and the question's filters choose base events; when the conversion happened is not limited by them.
    Errors: PlanError conversion-needs-time, conversion-entity-unknown, conversion-through-bridge.
    """
    body, leaf = frame.follows, leaves[0]
    assert body is not None
    then = asking.model.datasets[leaf.measure.dataset]
    then_time = time_of(asking.model, then.name, leaf.measure.name)
    if time is None or then_time is None:
        raise PlanError("conversion-needs-time", metric=leaf.metric, dataset=fact.name if time is None else then.name)
    base, base_keys = _base_rows(asking, fact, time, leaf, within, body)
    rows, identity = _then_rows(asking, then, then_time, leaf, body)
    pairs = len([one for one in rows.columns if one.name.startswith("__same")])
    moment, at = column(_MOMENT), column(_THEN)
    on: list[exp.Expr] = [exp.EQ(this=column(f"__of_{n}"), expression=column(f"__same_{n}")) for n in range(pairs)]
    on.append(exp.LTE(this=moment, expression=at))
    if body.window:
        count, unit = parts_of(body.window)
        on.append(exp.GT(this=moment.copy(), expression=later(at.copy(), -count, unit)))
    value = nodes.Named(leaf.name, aggregate(leaf.measure, column("__value"), None))
    order = tuple(one.name for one in base.columns if one.name.startswith("__key"))
    return nodes.Following(base, rows, exp.and_(*on), identity, (_MOMENT, *order), base_keys, (value,))


def _base_rows(
    asking: Asking, fact: Dataset, time: str, leaf: Leaf, within: Range, body: Conversion
) -> tuple[nodes.Rows, tuple[nodes.Named, ...]]:
    model = asking.model
    simple = model.metrics[body.base.metric].body
    assert isinstance(simple, Simple)
    measure = fact.measures[simple.measure.rpartition(".")[2]]
    bound = bind_pass(asking, fact, time, [Leaf("__base", measure, leaf.handed, leaf.metric)], within)
    relations = bound.relations
    same = [_property(relations, text.partition("=")[0].strip(), time, leaf.metric) for text in body.constant]
    if relations.fans:
        raise PlanError("conversion-through-bridge", metric=leaf.metric)
    columns = [*bound.keys, nodes.Named(_MOMENT, _moment(relations, time))]
    columns += _numbered("__of", [*_entity(fact, body, relations.alias, leaf.metric), *same])
    columns += _numbered("__key", [qualify(column(name), relations.alias) for name in fact.primary_key])
    keys = tuple(nodes.Named(key.name, column(key.name)) for key in bound.keys)
    return nodes.Rows(filtered(relations.tree(), bound.conditions), tuple(columns)), keys


def _then_rows(
    asking: Asking, then: Dataset, time: str, leaf: Leaf, body: Conversion
) -> tuple[nodes.Rows, tuple[str, ...]]:
    """Every conversion with what identifies it: its primary key, else its place among all.

    What is converted into another currency has a day: without one it follows nothing, and needs no rate.
    """
    known = parse_conditions([f"{METRIC_TIME} is not null"] if leaf.measure.reported_in is not None else [])
    plain = replace(asking, question=replace(asking.question, by=()), conditions=known)
    bound = bind_pass(plain, then, time, [leaf], Range())
    relations = bound.relations
    names = [text.rpartition("=")[2].strip() for text in body.constant]
    same = [_property(relations, name, time, leaf.metric) for name in names]
    moment = _moment(relations, time)
    identity = [qualify(column(name), relations.alias) for name in then.primary_key]
    if not identity:
        order = exp.Order(expressions=[exp.Ordered(this=moment.copy(), nulls_first=False)])
        identity = [exp.Window(this=exp.RowNumber(), order=order)]
    value = bound.inputs[0] if bound.inputs[0] is not None else exp.Literal.number(1)
    columns = [nodes.Named(_THEN, moment), nodes.Named("__value", value)]
    columns += _numbered("__same", [*_entity(then, body, relations.alias, leaf.metric), *same])
    numbered = _numbered("__id", identity)
    source = filtered(relations.tree(), bound.conditions)
    return nodes.Rows(source, (*columns, *numbered)), tuple(one.name for one in numbered)


def _numbered(name: str, trees: Sequence[exp.Expr]) -> list[nodes.Named]:
    return [nodes.Named(f"{name}_{at}", tree) for at, tree in enumerate(trees)]


def _moment(relations: Relations, time: str) -> exp.Expr:
    """When a row happened, at the grain its times are kept at."""
    dimension, settings = relations.fact.dimensions[time], relations.asking.model.settings
    return truncated(relations.moment, dimension.grain, dimension.type, settings.week_start)


def _entity(dataset: Dataset, body: Conversion, alias: str, metric: str) -> list[exp.Expr]:
    found: Entity | None = dataset.entities.get(body.entity)
    found = found or next((one for one in dataset.entities.values() if one.entity == body.entity), None)
    if found is None:
        known = list(dataset.entities)
        raise PlanError("conversion-entity-unknown", metric=metric, name=body.entity, dataset=dataset.name, known=known)
    return [qualify(part, alias) for part in found.key]


def _property(relations: Relations, name: str, time: str, metric: str) -> exp.Expr:
    key = filter_key(relations.asking.model, relations.fact, name, time, metric)
    return key_expression(relations, key) if isinstance(key, Key) else qualify(key, relations.alias)
