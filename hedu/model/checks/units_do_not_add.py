"""Formula + units -> sums of unlike things."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from hedu.define.definitions import Derived
from hedu.errors import Problem
from hedu.model.expressions import parse_expression, path_of
from hedu.model.types import Metric, Model

_SAME = {"元": "CNY", "人民币": "CNY", "RMB": "CNY", "¥": "CNY", "美元": "USD", "$": "USD", "欧元": "EUR", "€": "EUR"}


def units_do_not_add(model: Model) -> Iterator[Problem]:
    """Metrics of different units must not be added or subtracted: yuan plus pieces is no number.

    Convert one of them first (`amount_usd * 7.1`), or divide to get a rate.
    """
    for metric in model.metrics.values():
        if isinstance(metric.body, Derived):
            for left, right in _unlike(parse_expression(metric.body.formula), _units(model, metric)):
                facts = {"name": metric.name, "left": left, "right": right, "formula": metric.body.formula}
                where = metric.definition.marks.get("derived.formula", metric.at)
                yield Problem("units-do-not-add", where, facts)


def _units(model: Model, metric: Metric) -> dict[str, str]:
    """Name used in the formula -> unit, where one is known."""
    aliases = dict(metric.body.metrics) if isinstance(metric.body, Derived) else {}
    parts = {name: ref.metric for name, ref in aliases.items()}
    parts.update({name: name for name in model.uses.get(metric.name, ()) if name not in parts})
    known = {name: model.metrics[part].unit for name, part in parts.items() if part in model.metrics}
    return {name: _SAME.get(unit, unit) for name, unit in known.items() if unit}


def _unlike(tree: exp.Expr, units: dict[str, str]) -> Iterator[tuple[str, str]]:
    for node in tree.find_all(exp.Add, exp.Sub):
        left, right = _unit(node.left, units), _unit(node.right, units)
        if left and right and left != right:
            yield left, right


def _unit(tree: exp.Expr, units: dict[str, str]) -> str | None:
    """The unit of a side, None where it is unknown (a constant, a product, a quotient)."""
    match tree:
        case exp.Column():
            return units.get(path_of(tree))
        case exp.Paren() | exp.Neg():
            return _unit(tree.this, units)
        case exp.Add() | exp.Sub():
            return _unit(tree.left, units) or _unit(tree.right, units)
        case _:
            return None
