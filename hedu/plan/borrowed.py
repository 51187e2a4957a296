"""Access + model -> access in which policies follow a column into the SELECT of another dataset.

A dataset's SELECT may join the source of another dataset and take columns of it. What it takes stands under
that other dataset's policies: masked there, or of a dataset that is hidden, it is masked here too.
Row filters need nothing more where the fact refers to the other dataset (`visible`); where it does not, nothing tells
which of its rows took from a hidden one, and all that it takes is masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlglot import exp

from hedu.model.types import Dataset, Join, Model
from hedu.plan.relation import from_source, query_of
from hedu.plan.visible import masked_columns
from hedu.query import Access, Mask

_ALL = "*"
_WIDER = frozenset({"from_", "joins", "expressions", "kind"})
"""The parts of a SELECT that leave out no rows."""


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A column `name` of a SELECT, made of the columns `read` of a source it joins; `*` stands for all of them.

    `told` is false where the SELECT does not say whose columns they are.
    """

    owner: str
    name: str
    read: frozenset[str]
    told: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """Source columns of `owner` that are closed; `whole`: all it has; `by_rows`: only to who does not refer to it."""

    owner: str
    columns: frozenset[str]
    whole: bool = False
    by_rows: bool = False


def with_borrowed(access: Access, model: Model) -> Access:
    """`access` with a mask for every borrowed column that its owner hides."""
    filtered = {row.dataset for row in access.rows}
    closed = {*access.hidden, *filtered, *(mask.dataset for mask in access.masks)} & model.datasets.keys()
    if not closed:
        return access
    takers = [one for one in model.datasets.values() if one.source.select is not None and one.name not in access.hidden]
    if not takers:
        return access
    held: dict[str, list[_Held]] = {}
    for name in closed:
        for source in _sources(model.datasets[name]):
            held.setdefault(source, []).extend(_of(access, model.datasets[name]))
    more = [Mask(taker.name, column) for taker in takers for column in _closed(model, taker, held)]
    return replace(access, masks=(*access.masks, *dict.fromkeys(more))) if more else access


def _of(access: Access, owner: Dataset) -> Iterator[_Held]:
    if owner.name in access.hidden:
        yield _Held(owner.name, _all_of(owner), whole=True)
        return
    yield _Held(owner.name, masked_columns(access, owner))
    if any(row.dataset == owner.name for row in access.rows):
        yield _Held(owner.name, _all_of(owner), whole=True, by_rows=True)


def _all_of(owner: Dataset) -> frozenset[str]:
    trees = [
        *(one.expr for one in owner.dimensions.values()),
        *(one.expr for one in owner.measures.values() if one.expr),
    ]
    return frozenset(one.name.lower() for tree in trees for one in tree.find_all(exp.Column))


def lenders(model: Model, taker: Dataset) -> Iterator[Join]:
    """The ways from `taker` to the datasets whose columns its SELECT takes."""
    owners = {one.owner for one in borrowed(taker.source.select, taker.name)} if taker.source.select else set()
    seen, pending = {taker.name}, [taker]
    while owners and pending:
        for join in pending.pop().joins:
            if join.fans or join.right in seen:
                continue
            seen.add(join.right)
            pending.append(model.datasets[join.right])
            if owners & set(_sources(model.datasets[join.right])):
                yield join


def _sources(dataset: Dataset) -> tuple[str, ...]:
    """How the rows of a dataset may be written in a SELECT of another: as its source, or as what that only widens."""
    whole = _spelled(from_source(dataset, dataset.name))
    inner = _widened(dataset.source.select, dataset.name) if dataset.source.select else None
    return (whole,) if inner is None else (whole, inner)


@lru_cache(maxsize=10_000)
def _widened(select: str, dataset: str) -> str | None:
    """What a SELECT reads with all its columns, leaving out no rows of its own accord, and joins others to."""
    tree = query_of(select, dataset)
    start = tree.args.get("from_") if isinstance(tree, exp.Select) else None
    if start is None or any(value for key, value in tree.args.items() if key not in _WIDER):
        return None
    alias = start.this.alias_or_name.lower()
    is_wider = any(
        one.is_star and isinstance(one, exp.Column) and one.table.lower() == alias for one in tree.expressions
    )
    return _spelled(start.this) if is_wider else None


def _closed(model: Model, taker: Dataset, held: Mapping[str, Sequence[_Held]]) -> Iterator[str]:
    """The columns of `taker` that come from what is closed in their owner."""
    for one in borrowed(taker.source.select or "", taker.name):
        for part in held.get(one.owner, ()):
            if part.owner == taker.name or (part.by_rows and part.owner in _referred(model, taker)):
                continue
            if one.name == _ALL:
                yield from part.columns
            elif one.read & part.columns or (part.whole and one.told):
                yield one.name


def _referred(model: Model, taker: Dataset) -> frozenset[str]:
    """The datasets whose row filters `taker` stands under: those it refers to, however far."""
    found: set[str] = set()
    pending = [taker.name]
    while pending:
        near = [join.right for join in model.datasets[pending.pop()].joins if not join.fans]
        pending += [name for name in near if name not in found]
        found.update(near)
    return frozenset(found)


@lru_cache(maxsize=10_000)
def borrowed(select: str, dataset: str) -> tuple[Borrowed, ...]:
    """What a SELECT takes from the sources it joins, as it is written: lower-cased, source by source."""
    tree = query_of(select, dataset)
    return tuple(_borrowed(tree, {})) if isinstance(tree, exp.Select) else ()


def _borrowed(tree: exp.Select, outer: Mapping[str, exp.Expr]) -> Iterator[Borrowed]:
    named = {**outer, **{one.alias.lower(): one.this for one in tree.ctes}}
    joined = list(_joined(tree, named))
    start, within = _within(tree, named)
    for value in tree.expressions if joined or within else ():
        columns = [(one.table.lower(), one.name.lower()) for one in value.find_all(exp.Column)]
        for alias, owner, is_whole in joined:
            read = frozenset(name for table, name in columns if table in ("", alias))
            if isinstance(value, exp.Star) or (value.is_star and (alias, _ALL) in columns):
                yield Borrowed(owner, _ALL, frozenset(), told=False)
            elif read:
                told = is_whole and any(table == alias for table, _ in columns)
                yield Borrowed(owner, value.alias_or_name.lower(), read, told)
        for one in within:
            if isinstance(value, exp.Star) or (value.is_star and (start, _ALL) in columns):
                yield one
            elif one.name == _ALL or {(start, one.name), ("", one.name)} & set(columns):
                yield replace(one, name=value.alias_or_name.lower(), read=one.read or frozenset(n for _, n in columns))


def _within(tree: exp.Select, named: Mapping[str, exp.Expr]) -> tuple[str, list[Borrowed]]:
    """What a SELECT reads from, where that is a query, and what that query takes in its turn."""
    start = tree.args.get("from_")
    if start is None:
        return "", []
    relation = start.this
    inner = relation.this if isinstance(relation, exp.Subquery) else named.get(relation.name.lower())
    if not isinstance(inner, exp.Select):
        return "", []
    others = {name: query for name, query in named.items() if query is not inner}
    return relation.alias_or_name.lower(), list(_borrowed(inner, others))


def _joined(select: exp.Select, named: Mapping[str, exp.Expr]) -> Iterator[tuple[str, str, bool]]:
    """The alias and the source of what is joined, as a whole; and the tables inside it, where it is a query."""
    for join in select.args.get("joins") or ():
        relation, alias = join.this, join.this.alias_or_name.lower()
        yield alias, _spelled(relation), True
        inner = named.get(relation.name.lower(), relation) if isinstance(relation, exp.Table) else relation
        for table in inner.find_all(exp.Table):
            if table is not relation:
                yield alias, _spelled(table), False


def _spelled(relation: exp.Expr) -> str:
    """How a source is written, but for its alias, quotes and case."""
    bare = relation.copy()
    bare.set("alias", None)
    for name in bare.find_all(exp.Identifier):
        name.set("quoted", False)
        name.set("this", name.this.lower())
    text: str = bare.sql("duckdb")
    return text
