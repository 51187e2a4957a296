"""Aggregate calls -> terms ("agg", NAME, value, condition, of): each over just the rows it counts.

What an aggregate ignores (NULL values, rows a CASE gives none) belongs to its condition; weights stand outside a sum;
AVG is SUM over COUNT; COUNT counts rows and has no value. `of` says what rows they are.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlglot import exp

from hedu.alignment.equivalence import terms
from hedu.alignment.equivalence.diagrams import Diagram, TooComplex, both, negated
from hedu.alignment.equivalence.reading import Names, condition, term
from hedu.alignment.equivalence.terms import Term

_PLAIN: dict[type[exp.Expr], str] = {
    exp.Sum: "SUM", exp.Min: "MIN", exp.Max: "MAX", exp.Avg: "AVG", exp.Median: "MEDIAN", exp.Count: "COUNT",
    exp.Stddev: "STDDEV_SAMP", exp.StddevSamp: "STDDEV_SAMP", exp.StddevPop: "STDDEV_POP",
    exp.Variance: "VAR_SAMP", exp.VariancePop: "VAR_POP", exp.PercentileCont: "PERCENTILE",
    exp.LogicalOr: "BOOL_OR", exp.LogicalAnd: "BOOL_AND",
}  # fmt: skip
_CALLED = ("this", "big_int", "expression")


def aggregated(
    name: str,
    value: Term | None,
    where: Diagram,
    of: Any = (),
    *,
    is_distinct: bool = False,
    key: Term | None = None,
    is_safe: bool = False,
) -> Term:
    """An aggregate of `value` (None: of rows) over the rows for which `where` holds.

    `key` is a value no two rows share: its distinct values are the rows.
    """
    if value is not None:
        value, where = _counted(value, where)
    if name == "COUNT" and (not is_distinct or value is None or value == key):
        return ("agg", "COUNT", None, where, of)
    if is_distinct and name not in ("MIN", "MAX"):
        return ("agg", f"{name} DISTINCT", value, where, of)
    if name == "AVG":
        total = aggregated("SUM", value, where, of)
        return terms.divided(total, ("agg", "COUNT", None, where, of), is_safe)
    if name == "SUM" and value is not None and _is_literal(value):
        return _counted_up(value, where, of)
    if name == "SUM" and value is not None and _has_parts(value):
        return _part_by_part(value, where, of)
    if name == "SUM" and value is not None:
        weight, value = _weighed(value)
        return terms.multiplied(terms.number(weight), ("agg", "SUM", value, where, of))
    if name in ("MIN", "MAX") and value is not None:
        weight, inner = _weighed(value)
        turned = {"MIN": "MAX", "MAX": "MIN"}[name] if weight < 0 else name
        if weight != 1 and inner != terms.number(1) and terms.kind_of(inner) in terms.NUMBERS:
            return terms.multiplied(terms.number(weight), ("agg", turned, inner, where, of))
    return ("agg", name, value, where, of)


def _is_literal(value: Term) -> bool:
    """Whether a value is a number written out, whatever the row."""
    parts = [part for part, _ in value[1]] if value[0] == "case" else [value]
    return all(part[:2] == ("lit", "number") for part in parts)


def _counted_up(value: Term, where: Diagram, of: Any) -> Term:
    """A sum of numbers written out: so many rows of each. NULL where there is no row at all."""
    total: Term = terms.number(0)
    for part, inside in value[1] if value[0] == "case" else ((value, True),):
        rows: Term = ("agg", "COUNT", None, both(where, inside), of)
        total = terms.added(total, terms.multiplied(part, rows))
    return terms.case([(terms.some_of(("agg", "COUNT", None, where, of)), total)])


def _has_parts(value: Term) -> bool:
    constant, products = terms.sum_parts(value)
    return value[0] == "sum" and (len(products) > 1 or bool(constant))


def _part_by_part(value: Term, where: Diagram, of: Any) -> Term:
    """A sum of sums, each over the rows where no part is NULL."""
    constant, products = terms.sum_parts(value)
    found = []
    for factors, weight in products.items():
        one = factors[0] if len(factors) == 1 else ("sum", 0, ((factors, 1),))
        found.append(terms.multiplied(terms.number(weight), aggregated("SUM", one, where, of)))
    if constant:
        found.append(aggregated("SUM", terms.number(constant), where, of))
    total = found[0]
    for part in found[1:]:
        total = terms.added(total, part)
    return total


def _counted(value: Term, where: Diagram) -> tuple[Term, Diagram]:
    """The value within `where`, which takes in that it is not NULL."""
    where = both(where, negated(terms.null_of(value)))
    if value[0] != "case":
        return value, where
    branches = [(one, both(inside, where)) for one, inside in value[1]]
    live = [(one, inside) for one, inside in branches if inside is not False]
    return (live[0][0], where) if len(live) == 1 else (("case", tuple(live)), where)


def _weighed(value: Term) -> tuple[Fraction | int, Term]:
    if value[:2] == ("lit", "number"):
        return value[2], terms.number(1)
    match value:
        case ("sum", 0, ((factors, weight),)) if weight not in (0, 1):
            return weight, factors[0] if len(factors) == 1 else ("sum", 0, ((factors, 1),))
    return 1, value


def call_of(tree: exp.Expr, names: Names, where: Diagram = True, of: Any = (), key: Term | None = None) -> Term:
    """An aggregate call of a SELECT, with its FILTER. TooComplex for calls that look at an order of rows."""
    if isinstance(tree, exp.Filter):
        inside = condition(tree.expression.this, names)[0]
        return call_of(tree.this, names, both(where, inside), of, key)
    plain = replace(names, aggregate=None)
    if isinstance(tree, exp.CountIf):
        return aggregated("COUNT", None, both(where, condition(tree.this, plain)[0]), of)
    inner = tree.this
    if type(tree) not in _PLAIN or any(value for key, value in tree.args.items() if key not in _CALLED):
        raise TooComplex
    name, is_distinct = _PLAIN[type(tree)], isinstance(inner, exp.Distinct)
    if isinstance(tree, exp.PercentileCont) != (tree.args.get("expression") is not None):
        raise TooComplex
    if isinstance(tree, exp.PercentileCont):
        share = term(tree.expression, plain)
        name = "MEDIAN" if share == terms.number("0.5") else f"PERCENTILE {terms.shown(share)}"
    if inner is None or isinstance(inner, exp.Star):
        return aggregated(name, None, where, of)
    values = [term(one, plain) for one in (inner.expressions if is_distinct else [inner])]
    if name in ("BOOL_OR", "BOOL_AND") or (len(values) > 1 and name != "COUNT"):
        values = [("fn", "TUPLE", *values)] if len(values) > 1 else values
    if len(values) > 1:
        value: Term = ("fn", "TUPLE", *sorted(values, key=repr))
        return ("agg", f"{name} DISTINCT", value, where, of)
    return aggregated(name, values[0], where, of, is_distinct=is_distinct, key=key, is_safe=names.is_safe)
