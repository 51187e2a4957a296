"""An aggregation of many rows -> one by raw keys first, then by what was asked: the same rows, found sooner.

Millions of rows are grouped by days and keys, which are numbers; months and names are worked out for the few groups.
Only sums, counts, least and greatest values are taken apart so: they come together again exactly, and an average may
be of lengths of time, which have no sum. Sizes decide, so an engine that knows none is asked plainly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from sqlglot import exp

from hedu.model.expressions import held, references, released
from hedu.model.types import Dataset
from hedu.plan import nodes
from hedu.plan.scalars import column

MANY = 5
"""From 100,000 rows on, rows are many."""
FEW = 3
"""Below a thousand rows, rows are few."""
FEWER = 2
"""Many rows are few beside those that are counted where they have so many digits less."""
_EARLY = "__early"
_HOLDERS = (nodes.Page, nodes.Compute, nodes.Compare, nodes.Earlier, nodes.Beside, nodes.Stitch, nodes.Running)
Sizes = frozenset[tuple[str, int]]
"""Tables with the number of digits less one of their row counts."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """An aggregation taken apart: what it reads, which joins can wait, and what it needs of the rows."""

    node: nodes.Aggregate
    scan: nodes.Scan
    joins: tuple[nodes.Join, ...]
    condition: exp.Expr | None
    inner: tuple[nodes.Named, ...]
    outer: tuple[nodes.Named, ...]


def aggregated_early(page: nodes.Page, sizes: Sizes) -> nodes.Page:
    """The same answer with every aggregation split in two for which that pays."""
    changed: nodes.Page = _within(page, dict(sizes)) if sizes else page
    return changed


def _within(node: Any, sizes: Mapping[str, int]) -> Any:
    if isinstance(node, nodes.Aggregate):
        return _split(node, sizes)
    if isinstance(node, tuple):
        return tuple(_within(one, sizes) for one in node) if any(map(is_dataclass, node)) else node
    if not isinstance(node, _HOLDERS):
        return node
    parts = {one.name: getattr(node, one.name) for one in fields(node)}
    return replace(node, **{name: _within(part, sizes) for name, part in parts.items()})


def _split(node: nodes.Aggregate, sizes: Mapping[str, int]) -> nodes.Aggregate:
    taken = _taken(node)
    if taken is None or _magnitude(taken.scan.dataset, sizes, 0) < MANY:
        return node
    waiting = _waiting(taken, sizes, _named_by_keys(taken, sizes)) or _waiting(taken, sizes)
    if waiting and _pays(taken, waiting, sizes):
        return _joined_late(taken, waiting)
    day = None if waiting else _day(taken)
    return _by_day(taken, day) if day is not None else node


def _taken(node: nodes.Aggregate) -> _Taken | None:
    """None where the values of groups do not make the values of the whole."""
    inner: list[nodes.Named] = []
    outer: list[nodes.Named] = []
    for one in node.values:
        total = _together(one)
        if total is None:
            return None
        inner.append(one)
        outer.append(total)
    condition = node.source.condition if isinstance(node.source, nodes.Filter) else None
    source = node.source.source if isinstance(node.source, nodes.Filter) else node.source
    joins: list[nodes.Join] = []
    while isinstance(source, nodes.Join):
        joins.append(source)
        source = source.source
    if not isinstance(source, nodes.Scan) or not node.keys or not node.values:
        return None
    return _Taken(node, source, tuple(reversed(joins)), condition, tuple(inner), tuple(outer))


def _together(one: nodes.Named) -> nodes.Named | None:
    """How the values of groups come together: sums add up, of least values the least counts."""
    call = one.value.this if isinstance(one.value, exp.Filter) else one.value
    part = column(one.name, _EARLY)
    match call:
        case exp.Sum(this=added) if not isinstance(added, exp.Distinct):
            return nodes.Named(one.name, exp.Sum(this=part))
        case exp.Count(this=counted) if not isinstance(counted, exp.Distinct):
            return nodes.Named(one.name, exp.cast(exp.Sum(this=part), "bigint"))
        case exp.Min() | exp.Max():
            return nodes.Named(one.name, type(call)(this=part))
    return None


def _named_by_keys(taken: _Taken, sizes: Mapping[str, int]) -> frozenset[str]:
    """The relations of far fewer rows than are counted that rows look up by a key of their own, and may not find.

    An engine groups before inner joins by itself, but not before these.
    """
    own = _magnitude(taken.scan.dataset, sizes, 0)
    found = set()
    for join in taken.joins:
        scan = join.scan
        if not join.inner and isinstance(scan, nodes.Scan) and _of(join.on) == {taken.scan.alias, scan.alias}:
            size = _magnitude(scan.dataset, sizes, own)
            found |= {scan.alias} if size < MANY or own - size >= FEWER else set()
    return frozenset(found)


def _waiting(taken: _Taken, sizes: Mapping[str, int], fewer: frozenset[str] = frozenset()) -> tuple[nodes.Join, ...]:
    """The joins to few rows that only name groups: nothing but keys, or other such joins, looks at them.

    Those of `fewer` can wait too where every key is found through a join that waits: by months as well as by keys of
    many values there would be many groups.
    """
    waiting: list[nodes.Join] = []
    others = {name for one in (*taken.inner, nodes.Named("", taken.condition or exp.true())) for name in _of(one.value)}
    for join in reversed(taken.joins):
        scan = join.scan
        is_few = isinstance(scan, nodes.Scan) and _magnitude(scan.dataset, sizes, MANY) < FEW
        if (is_few or scan.alias in fewer) and scan.alias not in others and _is_by_key(join.on, scan.alias):
            waiting.append(join)
        else:
            others |= _of(join.on)
    aliases = {join.scan.alias for join in waiting}
    mixed = any(_of(key.value) & aliases and _of(key.value) - aliases for key in taken.node.keys)
    mixed = mixed or bool(fewer and any(not _of(key.value) & aliases for key in taken.node.keys))
    return () if mixed else tuple(reversed(waiting))


def _is_by_key(on: exp.Expr, alias: str) -> bool:
    """Whether `on` is nothing but keys that equal those of relation `alias`."""
    parts = list(on.flatten()) if isinstance(on, exp.And) else [on]
    return all(
        isinstance(one, exp.EQ) and _of(one.expression) == {alias} and alias not in _of(one.this) for one in parts
    )


def _pays(taken: _Taken, waiting: tuple[nodes.Join, ...], sizes: Mapping[str, int]) -> bool:
    """By one key over inner joins to few rows an engine groups as fast by names; else every row carries the name."""
    if len(taken.node.keys) > 1 or not all(join.inner for join in waiting):
        return True
    left = {name for join in waiting for name in _of(join.on)} - {join.scan.alias for join in waiting}
    holders = [join.scan for join in taken.joins if join.scan.alias in left]
    return any(isinstance(one, nodes.Scan) and _magnitude(one.dataset, sizes, 0) >= MANY for one in holders)


def _joined_late(taken: _Taken, waiting: tuple[nodes.Join, ...]) -> nodes.Aggregate:
    """Group by the keys that lead to the waiting relations, then join those to the groups."""
    aliases = {join.scan.alias for join in waiting}
    now = [key for key in taken.node.keys if not _of(key.value) & aliases]
    raw: dict[exp.Expr, str] = {}
    conditions = []
    for join in waiting:
        parts = list(join.on.flatten()) if isinstance(join.on, exp.And) else [join.on]
        for part in parts:
            if not _of(part.this) & aliases:
                raw.setdefault(part.this, f"__key_{len(raw)}")
        pairs = [(part.this, part.expression) for part in parts]
        equal = [exp.EQ(this=column(raw[a], _EARLY) if a in raw else a, expression=b) for a, b in pairs]
        conditions.append(exp.and_(*equal))
    rows = _rows(taken, [join for join in taken.joins if join not in waiting])
    keys = (*now, *(nodes.Named(name, tree) for tree, name in raw.items()))
    source: nodes.Early | nodes.Join = nodes.Early(nodes.Aggregate(rows, keys, taken.inner), _EARLY)
    for join, on in zip(waiting, conditions, strict=True):
        source = nodes.Join(source, join.scan, on, join.inner)
    mine = {key.name for key in now}
    shown = [nodes.Named(key.name, column(key.name, _EARLY)) if key.name in mine else key for key in taken.node.keys]
    return nodes.Aggregate(source, tuple(shown), taken.outer)


def _day(taken: _Taken) -> exp.Column | None:
    """The one column of days that all keys are worked out from; None where they look at more, or at it as it is."""
    columns = {item for key in taken.node.keys for item in key.value.find_all(exp.Column)}
    if len(columns) != 1 or any(isinstance(key.value, exp.Column) for key in taken.node.keys):
        return None
    day = columns.pop()
    scans = [taken.scan, *(join.scan for join in taken.joins if isinstance(join.scan, nodes.Scan))]
    known = (one for scan in scans if scan.alias == day.table for one in scan.dataset.dimensions.values())
    is_day = any(
        one.type == "date" and isinstance(one.expr, exp.Column) and one.expr.name == day.name and one.time_zone is None
        for one in known
    )
    return day if is_day else None


def _by_day(taken: _Taken, day: exp.Column) -> nodes.Aggregate:
    """Group by days, then by what is worked out from them."""
    early = nodes.Aggregate(_rows(taken, taken.joins), (nodes.Named("__key_0", day),), taken.inner)
    keys = []
    for key in taken.node.keys:
        root = held(key.value)
        for item in references(root):
            item.replace(column("__key_0", _EARLY))
        keys.append(nodes.Named(key.name, released(root)))
    return nodes.Aggregate(nodes.Early(early, _EARLY), tuple(keys), taken.outer)


def _rows(taken: _Taken, joins: Iterable[nodes.Join]) -> nodes.Scan | nodes.Join | nodes.Filter:
    source: nodes.Scan | nodes.Join = taken.scan
    for join in joins:
        source = replace(join, source=source)
    return source if taken.condition is None else nodes.Filter(source, taken.condition)


def _of(tree: exp.Expr) -> set[str]:
    """The relations that a tree looks at."""
    return {item.table for item in tree.find_all(exp.Column)}


def _magnitude(dataset: Dataset, sizes: Mapping[str, int], unknown: int) -> int:
    return sizes.get(dataset.source.table or "", unknown)
