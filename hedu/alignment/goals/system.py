"""Model + targets + constraints -> the rows of a linear program: what was set, and what holds by definition.

Identities come from the definitions: a sum of metrics is that sum, a ratio's target binds its two sides
(N/D >= t is N − t·D >= 0, D > 0), the parts of a whole add up to it where they cover it, and so do the parts of a year.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlglot import exp

from hedu.alignment.goals.feasibility import Row, Variable
from hedu.alignment.goals.periods import Span, span_of
from hedu.alignment.goals.phasing import nature_of
from hedu.alignment.goals.sums import cuts
from hedu.alignment.scene import Constraint, Target
from hedu.define.definitions import Derived, MetricRef, Ratio
from hedu.model.expressions import held, parse_expression, path_of, references
from hedu.model.types import Model

Bounds = Mapping[Variable, tuple[float | None, float | None]]


def system(
    model: Model,
    targets: Sequence[Target],
    constraints: Sequence[Constraint] = (),
    covered: Collection[str] = (),
    bounds: Bounds | None = None,
) -> tuple[Row, ...]:
    """Every row. `covered` are parent targets whose children make up the whole; `bounds` are what history allows.

    Targets and constraints over metrics the model does not know are left out.
    """
    rows = [row for target in targets if target.metric in model.metrics for row in _of_target(model, target)]
    for constraint in constraints:
        if all(name in model.metrics for name in constraint.terms):
            terms = {(name, "", constraint.period): factor for name, factor in constraint.terms.items()}
            rows.append(
                Row(constraint.id, "constraint", terms, constraint.operator, constraint.bound, constraint.department)
            )
    rows += _wholes(model, targets, covered)
    rows += _formulas(model, {variable for row in rows for variable in row.terms})
    rows += _over_time(model, {variable for row in rows for variable in row.terms})
    spoken_of = {variable for row in rows for variable in row.terms}
    for variable, (low, high) in (bounds or {}).items():
        if variable in spoken_of:
            rows += _bound(variable, low, high)
    return tuple(rows)


def _of_target(model: Model, target: Target) -> Iterator[Row]:
    own = (target.metric, target.scope, target.period)
    yield Row(target.id, "target", {own: 1.0}, target.operator, target.value, target.department)
    body = model.metrics[target.metric].body
    if isinstance(body, Ratio) and not (body.numerator.where or body.denominator.where):
        above = (body.numerator.metric, target.scope, target.period)
        below = (body.denominator.metric, target.scope, target.period)
        if above != below:
            terms = {above: 1.0, below: -target.value}
            yield Row(target.id, "target", terms, target.operator, 0.0, target.department)
            yield Row(f"{body.denominator.metric} > 0", "identity", {below: 1.0}, ">=", 1e-9)


def _wholes(model: Model, targets: Sequence[Target], covered: Collection[str]) -> Iterator[Row]:
    """A whole is the sum of its parts, where they cover it and the metric adds up."""
    for parent in targets:
        parts = [one for one in targets if one.parent == parent.id and one.metric == parent.metric]
        parts = [one for one in parts if one.period == parent.period and one.scope != parent.scope]
        known = parent.metric in model.metrics and nature_of(model, parent.metric) == "flow"
        are_apart = len({part.scope for part in parts}) == len(parts)
        if parent.id not in covered or not parts or not known or not are_apart:
            continue
        terms = {(parent.metric, parent.scope, parent.period): -1.0}
        terms |= {(part.metric, part.scope, part.period): 1.0 for part in parts}
        yield Row(f"{parent.metric} = Σ", "identity", terms, "=", 0.0)


def _over_time(model: Model, spoken_of: Collection[Variable]) -> Iterator[Row]:
    """A year is the sum of its halves, quarters or months, where all of them are spoken of and the metric adds up."""
    lines: dict[tuple[str, str], dict[Span, str]] = {}
    for metric, scope, period in sorted(spoken_of):
        span = span_of(period)
        if span is not None and nature_of(model, metric) == "flow":
            lines.setdefault((metric, scope), {})[span] = period
    for (metric, scope), periods in lines.items():
        for whole, period in periods.items():
            for cut in cuts(whole, periods):
                terms = {(metric, scope, period): -1.0} | {(metric, scope, periods[one]): 1.0 for one in cut}
                yield Row(f"{metric} {period} = Σ", "identity", terms, "=", 0.0)


def _formulas(model: Model, spoken_of: Collection[Variable]) -> Iterator[Row]:
    """The identity of each metric that is a linear formula over metrics, down to those that are not."""
    pending, seen = list(spoken_of), set(spoken_of)
    while pending:
        metric, scope, period = pending.pop()
        found = linear(model, metric)
        if found is None:
            continue
        factors, constant = found
        terms = {(metric, scope, period): -1.0}
        for name, factor in factors.items():
            part = (name, scope, period)
            terms[part] = terms.get(part, 0.0) + factor
            if part not in seen:
                seen.add(part)
                pending.append(part)
        yield Row(f"{metric} =", "identity", terms, "=", -constant)


def _bound(variable: Variable, low: float | None, high: float | None) -> Iterator[Row]:
    if low is not None:
        yield Row(f"{variable[0]} ≥", "bound", {variable: 1.0}, ">=", low)
    if high is not None:
        yield Row(f"{variable[0]} ≤", "bound", {variable: 1.0}, "<=", high)


def linear(model: Model, metric: str) -> tuple[dict[str, float], float] | None:
    """A derived metric as factors of metrics and a constant; None where its formula is not linear."""
    known = model.metrics.get(metric)
    if known is None or not isinstance(known.body, Derived):
        return None
    inputs = dict(known.body.metrics)
    tree = held(parse_expression(known.body.formula))
    refs = {path_of(name): inputs.get(path_of(name), MetricRef(path_of(name))) for name in references(tree)}
    if any(ref.where or ref.is_earlier for ref in refs.values()):
        return None
    found = _linear(tree.this)
    if found is None:
        return None
    factors: dict[str, float] = {}
    for name, factor in found.items():
        if name:
            factors[refs[name].metric] = factors.get(refs[name].metric, 0.0) + factor
    return factors, found.get("", 0.0)


def _linear(node: exp.Expr) -> dict[str, float] | None:
    """Name -> factor, "" -> the constant."""
    match node:
        case exp.Paren():
            return _linear(node.this)
        case exp.Column():
            return {path_of(node): 1.0}
        case exp.Literal() if not node.is_string:
            return {"": float(node.this)}
        case exp.Neg():
            return _times(_linear(node.this), -1.0)
        case exp.Add() | exp.Sub():
            sign = 1.0 if isinstance(node, exp.Add) else -1.0
            return _plus(_linear(node.this), _times(_linear(node.expression), sign))
        case exp.Mul():
            one, other = _linear(node.this), _linear(node.expression)
            if other is not None and set(other) <= {""}:
                return _times(one, other.get("", 0.0))
            return _times(other, one.get("", 0.0)) if one is not None and set(one) <= {""} else None
        case exp.Div():
            below = _linear(node.expression)
            if below is None or set(below) != {""} or not below[""]:
                return None
            return _times(_linear(node.this), 1 / below[""])
        case _:
            return None


def _times(form: dict[str, float] | None, factor: float) -> dict[str, float] | None:
    return None if form is None else {name: value * factor for name, value in form.items()}


def _plus(one: dict[str, float] | None, other: dict[str, float] | None) -> dict[str, float] | None:
    if one is None or other is None:
        return None
    return {name: one.get(name, 0.0) + other.get(name, 0.0) for name in {**one, **other}}
