"""Access -> the condition under which a group of a rollup may be counted, where the rollup keeps what that takes.

A group may be counted where all its rows may. What hides rows of a dataset further away is looked up by the key that
leads there, if that is kept; else by what the filter names, if a row without a match, where all of it is NULL, could
not pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from hedu.errors import Denied
from hedu.model.paths import Target, leads_back
from hedu.model.types import Dataset, Join
from hedu.plan.from_rollup import FromRollup, NotKeptError
from hedu.plan.rolled import mark_of
from hedu.plan.scalars import column
from hedu.plan.visible import own_filter, refers_to_visible, visible_beyond

_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In, exp.Between)


def allowed(relations: FromRollup) -> list[exp.Expr]:
    """The conditions on groups, none where all may be seen.

    Errors: NotKeptError where the rollup cannot tell; Denied access-dataset-hidden.
    """
    access = relations.asking.access
    if not access.rows and not access.hidden:
        return []
    return list(_conditions(relations, relations.fact, (), frozenset(), None))


def _conditions(
    relations: FromRollup, dataset: Dataset, way: tuple[Join, ...], seen: frozenset[str], arrived: Join | None
) -> Iterator[exp.Expr]:
    asking = relations.asking
    if dataset.name in asking.access.hidden:
        raise Denied("access-dataset-hidden", dataset=dataset.name)
    own = [_own(relations, dataset, way, row.where) for row in asking.access.rows if row.dataset == dataset.name]
    if own:
        yield exp.paren(exp.or_(*own, copy=False))
    for at, join in enumerate(dataset.joins):
        if join.fans or join.right in seen or join.right == dataset.name:
            continue
        if arrived is not None and leads_back(dataset, arrived, join):
            continue
        far = asking.model.datasets[join.right]
        if far.name in asking.access.hidden:
            continue
        alias = f"{relations.alias}_{len(way)}_{at}"
        condition = visible_beyond(asking, far, alias, seen | {dataset.name}, join)
        if condition is None:
            continue
        if join.valid is not None:
            raise NotKeptError
        key = _key(relations, dataset, way, join)
        if key is not None:
            yield refers_to_visible(key, far, join.right_key, alias, condition)
        else:
            yield from _conditions(relations, far, (*way, join), seen | {dataset.name}, join)


def _own(relations: FromRollup, dataset: Dataset, way: tuple[Join, ...], text: str) -> exp.Expr:
    columns = relations.kept_columns

    def value(name: str) -> exp.Expr:
        found = columns.get(mark_of(Target(way, dataset.dimensions[name])))
        if found is None or not found.is_exact:
            raise NotKeptError
        return column(found.name, relations.alias)

    made = own_filter(relations.asking, dataset, text, value)
    if way and not _rejects_null(made):
        raise NotKeptError
    return made


def _key(relations: FromRollup, dataset: Dataset, way: tuple[Join, ...], join: Join) -> list[exp.Expr] | None:
    """The columns that keep the key a join goes by."""
    entity = dataset.entities.get(join.role)
    columns = relations.kept_columns
    if entity is None or len(join.left_key) != 1 or len(entity.key) != 1:
        return None
    found = columns.get(mark_of(Target(way, entity=entity)))
    return [column(found.name, relations.alias)] if found is not None else None


def _rejects_null(tree: exp.Expr) -> bool:
    """Whether a condition is not true where every name in it is NULL."""
    tree = tree.unnest()
    if isinstance(tree, exp.And):
        return _rejects_null(tree.left) or _rejects_null(tree.right)
    if isinstance(tree, exp.Or):
        return _rejects_null(tree.left) and _rejects_null(tree.right)
    if isinstance(tree, exp.Not):
        inner = tree.this.unnest()
        return isinstance(inner, _COMPARED) and _rejects_null(inner)
    if isinstance(tree, (exp.In, exp.Between)):
        return isinstance(tree.this.unnest(), exp.Column)
    if isinstance(tree, _COMPARED):
        return any(isinstance(side.unnest(), exp.Column) for side in (tree.this, tree.expression))
    return isinstance(tree, exp.Column)
