"""A planned answer -> for each fact it reads, which of its rows have no partner across a join: those under NULL.

Looked for only when asked: the answer itself costs what it did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from hedu.plan import nodes
from hedu.plan.scalars import column

_ROWS = "__rows"


@dataclass(frozen=True, slots=True)
class Search:
    """A count over the rows of one fact: column `rows`, and one of those without a partner for each of `joins`."""

    page: nodes.Page
    fact: str
    joins: tuple[tuple[str, str], ...]
    """The path of each join from the fact, and the dataset it leads to."""


def searches(page: nodes.Page) -> tuple[Search, ...]:
    """One search for each fact with a join whose partner is not certain; none through bridges, where rows multiply."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], Search] = {}
    for source in _sources(page):
        one = _search(source)
        if one is not None:
            found.setdefault((one.fact, one.joins), one)
    return tuple(found.values())


def _sources(node: Any) -> Iterator[nodes.Scan | nodes.Join | nodes.Filter]:
    """What each pass over a fact reads; of comparisons the answer itself, not the earlier ones."""
    match node:
        case nodes.Scan() | nodes.Join() | nodes.Filter():
            yield node
        case nodes.Stitch(parts=parts):
            for part in parts:
                yield from _sources(part)
        case nodes.Running(counted=inner) | nodes.Timeline(counted=inner) | nodes.Following(base=inner):
            yield from _sources(inner)
        case nodes.Page() | nodes.Compare() | nodes.Compute() | nodes.Aggregate() | nodes.Once() | nodes.Rows():
            yield from _sources(node.source)


def _search(source: nodes.Scan | nodes.Join | nodes.Filter) -> Search | None:
    joined: nodes.Scan | nodes.Join | nodes.Early = source.source if isinstance(source, nodes.Filter) else source
    joins: list[nodes.Join] = []
    while isinstance(joined, nodes.Join):
        joins.append(joined)
        joined = joined.source
    scans = [one.scan for one in joins if isinstance(one.scan, nodes.Scan)]
    is_many = any(scan.dataset.definition is not None and scan.dataset.definition.bridge for scan in scans)
    open_ = [one for one in reversed(joins) if not one.inner and isinstance(one.scan, nodes.Scan)]
    if not isinstance(joined, nodes.Scan) or not open_ or is_many:
        return None
    values = [nodes.Named(_ROWS, exp.Count(this=exp.Star(), big_int=True))]
    values += [nodes.Named(f"__{at}", _without(one.on, one.scan.alias)) for at, one in enumerate(open_)]
    names = tuple(one.name for one in values)
    counted = nodes.Aggregate(source, (), tuple(values))
    answer = nodes.Compute(counted, (), tuple(nodes.Named(name, column(name)) for name in names))
    leads = tuple((one.scan.alias.replace("__", "."), _name(one.scan)) for one in open_)
    return Search(nodes.Page(answer, names, None, (), None), joined.dataset.name, leads)


def _name(scan: nodes.Scan | nodes.Lookup) -> str:
    return scan.dataset.name if isinstance(scan, nodes.Scan) else scan.alias


def _without(on: exp.Expr, alias: str) -> exp.Expr:
    """A count of the rows that found none: where there is a partner, its key is known."""
    key = next(item for item in on.find_all(exp.Column) if item.table == alias)
    return exp.Sum(
        this=exp.Case()
        .when(exp.Is(this=key.copy(), expression=exp.null()), exp.Literal.number(1))
        .else_(exp.Literal.number(0))
    )
