"""Metric -> its form: one term over the aggregates it rests on. Metrics of equal form give equal numbers always."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlglot import exp

from hedu.alignment.equivalence import terms
from hedu.alignment.equivalence.aggregates import aggregated
from hedu.alignment.equivalence.diagrams import Diagram, TooComplex, both, implies
from hedu.alignment.equivalence.reading import Names, condition, term
from hedu.alignment.equivalence.terms import Term
from hedu.alignment.equivalence.verdict import Relation
from hedu.define.definitions import Derived, MetricRef, Ratio, Reported, Simple
from hedu.define.digest import normal_sql
from hedu.errors import HeduError
from hedu.model.expressions import parse_expression, path_of
from hedu.model.metrics import formula_names
from hedu.model.types import Dataset, Measure, Model
from hedu.plan.asking import Asking
from hedu.plan.conditions import bind_filter, filter_key, parse_filter, paths_in
from hedu.plan.facts import Leaf
from hedu.plan.keys import METRIC_TIME, Key
from hedu.plan.kinds import plan_metric
from hedu.plan.leaves import Leaves
from hedu.plan.offered import time_of
from hedu.plan.relations import Relations
from hedu.plan.scalars import column
from hedu.query import Question

ANY_DAY = datetime.fromisoformat("2024-06-30T12:00:00")
"""The moment relative periods in a definition are read at: any one will do, for both sides read at the same."""
_KINDS = {"text": "text", "any": "", "number": "number", "boolean": "bool", "date": "day", "timestamp": "moment"}
_AGGREGATES = {
    "sum": "SUM", "count": "COUNT", "count_distinct": "COUNT", "min": "MIN", "max": "MAX", "average": "AVG",
    "median": "MEDIAN", "sum_boolean": "SUM",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeafForm:
    """One aggregate of a metric: what of, over which rows, by which time."""

    dataset: str
    measure: Measure
    time: str | None
    source: str
    where: Diagram
    value: Term | None
    rows: Any
    trees: tuple[exp.Expr, ...] = field(compare=False, repr=False)

    @property
    def skeleton(self) -> tuple[Any, ...]:
        """All but the filter."""
        return (self.measure.agg, self.value, self.rows)


@dataclass(frozen=True, slots=True)
class Form:
    """A metric's term over its leaves. What is made of windows or offsets has a term of its own and no leaves."""

    term: Term
    leaves: tuple[LeafForm, ...]

    @property
    def digest(self) -> str:
        """Equal for metrics of equal form."""
        return hashlib.sha256(repr(self.term).encode()).hexdigest()[:20]


@dataclass
class Forms:
    """The forms of a model's metrics, each made once."""

    model: Model
    made: dict[str, Form | None] = field(default_factory=dict)
    kinds: dict[str, Mapping[str, str]] = field(default_factory=dict)
    leaves: dict[Any, tuple[LeafForm, Term]] = field(default_factory=dict)

    def of(self, metric: str) -> Form | None:
        """The form of a metric; None where it has none (a filter too intricate, a metric that cannot be planned)."""
        if metric not in self.made:
            try:
                self.made[metric] = self._form(metric)
            except (TooComplex, HeduError, RecursionError, KeyError):
                self.made[metric] = None
        return self.made[metric]

    def _form(self, metric: str) -> Form:
        body = self.model.metrics[metric].body
        if not all(_is_plain(self.model.metrics[name].body) for name in self.model.made_of((metric,))):
            return self._special(metric)
        if isinstance(body, Simple):
            return self._simple(metric, body)
        if isinstance(body, Ratio) and not (body.numerator.where or body.denominator.where):
            one, other = self._made(body.numerator.metric), self._made(body.denominator.metric)
            return Form(terms.divided(one.term, other.term, is_safe=True), _together((one, other)))
        if isinstance(body, Derived) and not any(ref.where for _, ref in body.metrics):
            tree, named = parse_expression(body.formula), dict(body.metrics)
            if tree.find(exp.Mod, exp.IntDiv) is None:
                refs = {name: named.get(name, MetricRef(name)) for name in formula_names(body.formula)}
                parts = {name: self._made(ref.metric) for name, ref in refs.items()}
                whole = term(tree, Names(lambda name: parts[path_of(name)].term, is_safe=True))
                return Form(whole, _together(tuple(parts.values())))
        found, scalar = self.planned(metric)
        whole = term(scalar, Names(lambda name: found[name.name][1], is_safe=True))
        return Form(whole, tuple(leaf for leaf, _ in found.values()))

    def _made(self, metric: str) -> Form:
        form = self.of(metric)
        if form is None:
            raise TooComplex
        return form

    def _simple(self, metric: str, body: Simple) -> Form:
        dataset, _, name = body.measure.rpartition(".")
        fact, filters = self.model.datasets[dataset], (body.where,) if body.where else ()
        measure, time = fact.measures[name], time_of(self.model, dataset, name)
        asking = Asking(self.model, Question((metric,)), ANY_DAY)
        leaf, made = self._leaf(asking, fact, time, measure.semi_additive, Leaf(metric, measure, filters, metric))
        return Form(made, (leaf,))

    def planned(self, metric: str) -> tuple[dict[str, tuple[LeafForm, Term]], exp.Expr]:
        """The leaves the planner asks of the facts for a metric, by name, and what it computes from them."""
        asking = Asking(self.model, Question((metric,), by=_own_keys(self.model, metric)), ANY_DAY)
        leaves = Leaves(asking)
        scalar = plan_metric(leaves, metric)
        found: dict[str, tuple[LeafForm, Term]] = {}
        for (fact, time, semi, *_), group in leaves.passes.items():
            for leaf in group:
                found[leaf.name] = self._leaf(asking, self.model.datasets[fact], time, semi, leaf)
        return found, scalar

    def relation(self, a: str, b: str) -> Relation | None:
        """Which is a special case of the other: a_implies_b where `b` counts all rows `a` counts and all else is equal.

        None also where either has no form, or is made of windows or offsets.
        """
        try:
            one, other = self._laid_out(a), self._laid_out(b)
            if one[0] != other[0] or [x.skeleton for x in one[1]] != [x.skeleton for x in other[1]]:
                return None
            pairs = [(x.where, y.where) for x, y in zip(one[1], other[1], strict=True)]
            if all(implies(x, y) for x, y in pairs):
                return "a_implies_b"
            return "b_implies_a" if all(implies(y, x) for x, y in pairs) else None
        except (TooComplex, HeduError, RecursionError, KeyError):
            return None

    def _laid_out(self, metric: str) -> tuple[Term, tuple[LeafForm, ...]]:
        """The formula over numbered leaves, and the leaves in the order they are met."""
        if not self._made(metric).leaves:
            raise TooComplex
        found, scalar = self.planned(metric)
        places = {name: ("place", at) for at, name in enumerate(found)}
        formula = term(scalar, Names(lambda name: places[name.name], is_safe=True))
        return formula, tuple(leaf for leaf, _ in found.values())

    def _special(self, metric: str) -> Form:
        """A metric over windows, offsets or ranks: what it is made of, part by part."""
        body = self.model.metrics[metric].body
        whole = ("special", type(body).__name__, *(self._part(getattr(body, one.name)) for one in fields(body)))
        if isinstance(body, Derived):
            named = dict(body.metrics)
            refs = {name: named.get(name, MetricRef(name)) for name in formula_names(body.formula)}
            parts = {name: ("fn", "PART", self._part(ref)) for name, ref in refs.items()}
            whole = term(parse_expression(body.formula), Names(lambda name: parts[path_of(name)], is_safe=True))
        return Form(whole, ())

    def _part(self, value: Any) -> Any:
        if not isinstance(value, MetricRef):
            return value
        form = self.of(value.metric)
        if form is None:
            raise TooComplex
        rest = (getattr(value, one.name) for one in fields(value) if one.name not in ("metric", "where"))
        return ("part", form.term, normal_sql(value.where) if value.where else None, *rest)

    def _leaf(self, asking: Asking, fact: Dataset, time: str | None, semi: Any, leaf: Leaf) -> tuple[LeafForm, Term]:
        """A leaf's form, made once for all metrics that rest on it."""
        key = (fact.name, leaf.measure.name, leaf.measure.agg, time, leaf.filters)
        if key not in self.leaves:
            self.leaves[key] = self._leaf_made(asking, fact, time, semi, leaf)
        return self.leaves[key]

    def _leaf_made(
        self, asking: Asking, fact: Dataset, time: str | None, semi: Any, leaf: Leaf
    ) -> tuple[LeafForm, Term]:
        relations, measure = Relations(asking, fact, fact.name), leaf.measure
        own = [measure.where] if measure.where is not None else []
        trees = (*own, *map(parse_filter, leaf.filters))
        names = self._names(relations)
        where: Diagram = True
        for tree in trees:
            where = both(where, self._where(relations, tree, time, leaf.metric, names))
        bridges = tuple(sorted(edge.right for _, edge in relations.fans))
        rows = (source_of(fact), *self._time(fact, time, names), self._moment(fact, semi, names), bridges)
        value = term(measure.expr, names) if measure.expr is not None else None
        if measure.agg == "sum_boolean" and measure.expr is not None:
            value = terms.case([(condition(measure.expr, names)[0], terms.number(1))], terms.number(0))
        is_extreme = semi is not None and semi.is_extreme
        call = _AGGREGATES.get(measure.agg) or f"{measure.agg} {getattr(measure, 'percentile', '')}"
        made = aggregated(
            f"{measure.agg} {semi.take}" if is_extreme else call, value, where,
            (*rows, value, where) if is_extreme else rows,
            is_distinct=measure.agg == "count_distinct", key=self._key(fact, names), is_safe=True,
        )  # fmt: skip
        return LeafForm(fact.name, measure, time, source_of(fact), where, value, rows, trees), made

    def _where(self, relations: Relations, tree: exp.Expr, time: str | None, metric: str, names: Names) -> Diagram:
        """When a filter holds. Only names that lead elsewhere, or are times, need the planner to read them."""
        fact = relations.fact
        paths = paths_in(tree)
        if any(self._is_looked_up(fact, path, time, metric) for path in paths):
            raise TooComplex
        if any("." in path or path == METRIC_TIME or _is_time(fact, path) for path in paths):
            return condition(bind_filter(relations, tree, time, metric), names)[0]

        def named(name: exp.Column) -> Term:
            dimension = fact.dimensions.get(name.name)
            return term(dimension.expr, names) if dimension is not None else names.column(name)

        return condition(tree, Names(named))[0]

    def _is_looked_up(self, fact: Dataset, path: str, time: str | None, metric: str) -> bool:
        """Whether a name stands for a metric's value by some entity."""
        key = filter_key(self.model, fact, path, time, metric)
        return isinstance(key, Key) and key.target.dimension is not None and key.target.dimension.metric is not None

    def _time(self, fact: Dataset, time: str | None, names: Names) -> tuple[Term | None, str]:
        """What a leaf goes by: its date, and the zone that is kept in."""
        if time is None:
            return None, self.model.settings.time_zone
        dimension = fact.dimensions[time]
        return term(dimension.expr, names), dimension.time_zone or self.model.settings.time_zone

    def _moment(self, fact: Dataset, semi: Any, names: Names) -> Any:
        if semi is None:
            return None
        rest = tuple(getattr(semi, one.name) for one in fields(semi) if one.name != "over")
        return (term(fact.dimensions[semi.over].expr, names), *rest)

    def _key(self, fact: Dataset, names: Names) -> Term | None:
        return names.column(column(fact.primary_key[0])) if len(fact.primary_key) == 1 else None

    def _names(self, relations: Relations) -> Names:
        """Columns are called by their source and the way there, whatever a dataset calls itself."""
        fact = relations.fact

        def place_of(alias: str) -> tuple[str, Dataset, bool]:
            if alias in ("", fact.name):
                return source_of(fact), fact, False
            for mark, (name, edge, _) in relations.joined.items():
                if name == alias:
                    before = place_of(relations.joined[mark[:-1]][0])[0] if len(mark) > 1 else source_of(fact)
                    far = self.model.datasets[edge.right]
                    keys = [part.sql() for part in (*edge.left_key, *edge.right_key, *(edge.valid or ()))]
                    return f"{before} [{', '.join(keys)}] {source_of(far)}", far, True
            raise TooComplex

        def named(name: exp.Column) -> Term:
            where, dataset, is_joined = place_of(name.table)
            never_null = not is_joined and name.name in dataset.primary_key
            return ("col", f"{where}.{name.name}", self.kinds_of(dataset).get(name.name, ""), never_null)

        return Names(named)

    def kinds_of(self, dataset: Dataset) -> Mapping[str, str]:
        """Column -> the kind of its values, as far as dimensions and measures tell."""
        if dataset.name not in self.kinds:
            self.kinds[dataset.name] = _kinds(dataset)
        return self.kinds[dataset.name]


_PLAIN: dict[type, frozenset[str]] = {
    Simple: frozenset({"measure", "where"}),
    Ratio: frozenset({"numerator", "denominator"}),
    Derived: frozenset({"formula", "metrics"}),
    Reported: frozenset(one.name for one in fields(Reported)),
    MetricRef: frozenset({"metric", "where"}),
}


def _is_plain(body: Any) -> bool:
    """Whether a body only aggregates, filters and computes: nothing about windows, offsets or what fills gaps."""
    known = _PLAIN.get(type(body))
    if known is None:
        return False
    refs = [getattr(body, one.name) for one in fields(body)]
    if isinstance(body, Derived):
        refs = [ref for _, ref in body.metrics]
    parts = all(_is_plain(ref) for ref in refs if isinstance(ref, MetricRef))
    return parts and all(getattr(body, one.name) == one.default for one in fields(body) if one.name not in known)


def _is_time(fact: Dataset, name: str) -> bool:
    return name in fact.dimensions and fact.dimensions[name].is_time


def source_of(dataset: Dataset) -> str:
    """The name of where a dataset's rows come from: equal for datasets over the same rows."""
    source = dataset.source
    if source.select is not None:
        return f"({normal_sql(source.select)})"
    return source.table or f"file:{source.file}"


def _together(forms: Sequence[Form]) -> tuple[LeafForm, ...]:
    return tuple(dict.fromkeys(leaf for form in forms for leaf in form.leaves))


def _own_keys(model: Model, metric: str) -> tuple[str, ...]:
    """What reported values that do not add up have to be asked by."""
    found: dict[str, None] = {}
    for name in model.made_of((metric,)):
        body = model.metrics[name].body
        if isinstance(body, Reported) and body.agg == "none":
            found |= dict.fromkeys((f"metric_time.{body.grain}", *_dimensions(body)))
    return tuple(found)


def _dimensions(body: Reported) -> Iterator[str]:
    yield from (one.name for one in body.dimensions)
    yield from (one.name for one in body.entities)


def _kinds(dataset: Dataset) -> dict[str, str]:
    found: dict[str, str] = {"value": "number"} if dataset.reported is not None else {}
    for measure in dataset.measures.values():
        if measure.agg in ("sum", "average", "median") and measure.expr is not None:
            found |= dict.fromkeys(_numbers_in(measure.expr), "number")
    for dimension in dataset.dimensions.values():
        if isinstance(dimension.expr, exp.Column):
            found.setdefault(dimension.expr.name, _KINDS[dimension.type])
    return found


def _numbers_in(tree: exp.Expr) -> Iterator[str]:
    """The columns that an expression computes with."""
    match tree:
        case exp.Column():
            yield tree.name
        case exp.Paren() | exp.Neg() | exp.Round():
            yield from _numbers_in(tree.this)
        case exp.Mul() | exp.Div():
            yield from _numbers_in(tree.left)
            yield from _numbers_in(tree.right)
        case exp.Add() | exp.Sub():
            yield from _numbers_in(tree.left)
            yield from _numbers_in(tree.right)
