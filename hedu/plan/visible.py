"""Access -> the condition under which a row of a dataset may be counted.

A row filter on a dataset also hides the facts that refer to hidden rows, through every entity they carry
and however many hops away: otherwise hidden rows' facts would surface in the NULL bucket and in totals.
A fact whose reference is NULL or unknown is hidden too, because nothing shows that it may be seen.
Through a bridge a fact may have several references: there only the visible links are followed (`facts`).

What many refer to is worked out once and stands at the top of the statement, so that the text grows with the
datasets, not with the ways between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlglot import exp

from hedu.errors import Denied, QueryError
from hedu.model.expressions import held, parameter_of, path_of, references, row_expression
from hedu.model.paths import Target, leads_back
from hedu.model.types import Dataset, Dimension, Join, Measure
from hedu.plan.asking import Asking
from hedu.plan.keys import Asked, Key
from hedu.plan.moments import span_if_any, type_times
from hedu.plan.relation import from_source, settable_columns
from hedu.plan.scalars import column, literal, qualify, wrapped
from hedu.plan.zones import at_home
from hedu.query import Access


def visible(asking: Asking, dataset: Dataset, alias: str, arrived: Join | None = None) -> exp.Expr | None:
    """The condition on rows of `dataset` under `alias`; None where all may be seen.

    Where the dataset was reached through `arrived`, the references that lead back there are not followed.

    Errors: Denied access-dataset-hidden; QueryError access-filter-unknown for a filter that names no dimension.
    """
    if not asking.access.rows and not asking.access.hidden:
        return None
    return _visible(asking, dataset, alias, frozenset(), arrived)


def _visible(
    asking: Asking, dataset: Dataset, alias: str, seen: frozenset[str], arrived: Join | None
) -> exp.Expr | None:
    model, access = asking.model, asking.access
    if dataset.name in access.hidden:
        raise Denied("access-dataset-hidden", dataset=dataset.name)
    conditions: list[exp.Expr] = []
    own = [
        own_filter(asking, dataset, row.where, lambda name: qualify(dataset.dimensions[name].expr, alias))
        for row in access.rows
        if row.dataset == dataset.name
    ]
    if own:
        conditions.append(exp.or_(*own, copy=False))
    for join in dataset.joins:
        if join.fans or join.right in seen or join.right == dataset.name:
            continue
        if arrived is not None and leads_back(dataset, arrived, join):
            continue
        far = model.datasets[join.right]
        if far.name in access.hidden:
            continue
        conditions += _refers(asking, join, alias, seen | {dataset.name})
    return exp.and_(*conditions) if conditions else None


def _refers(asking: Asking, join: Join, alias: str, seen: frozenset[str]) -> list[exp.Expr]:
    """That a row of `alias` refers to what may be seen; nothing where all may be."""
    far = asking.model.datasets[join.right]
    below = seen & asking.shared.reach(asking.model, far.name)
    mark = (far.name, join.entity, join.fans, below)
    if mark not in asking.shared.conditions:
        asking.shared.conditions[mark] = _visible(asking, far, far.name, below, join)
    condition = asking.shared.conditions[mark]
    if condition is None:
        return []
    left: list[exp.Expr] = [qualify(part, alias) for part in join.left_key]
    if any(one.args.get("query") for one in condition.find_all(exp.In)):
        found: list[exp.Expr] = [_in(left, _shared(asking, (*mark, join.right_key), far, condition))]
    else:
        found = [refers_to_visible(left, far, join.right_key, far.name, condition.copy())]
    if join.valid is not None:
        found.append(_refers_to_no_other(join, alias, far, far.name, condition))
    return found


def _shared(asking: Asking, mark: tuple[Any, ...], far: Dataset, condition: exp.Expr) -> exp.Select:
    """The keys of the visible rows of a dataset, from the one place in the statement where they are found."""
    *rest, key = mark
    names = [f"__key_{at}" for at in range(len(key))]
    whole = (*rest, tuple(part.sql() for part in key))
    if whole not in asking.shared.names:
        name = f"__visible_{len(asking.shared.selects)}_{far.name}"
        columns = [exp.alias_(qualify(part, far.name), as_, quoted=True) for part, as_ in zip(key, names, strict=True)]
        select = exp.select(*columns).from_(from_source(far, far.name)).where(condition)
        asking.shared.names[whole], asking.shared.selects[name] = name, select
    table = exp.Table(this=exp.to_identifier(asking.shared.names[whole], quoted=True))
    return exp.select(*map(column, names)).from_(table)


def visible_beyond(
    asking: Asking, dataset: Dataset, alias: str, seen: frozenset[str], arrived: Join
) -> exp.Expr | None:
    """The same for a dataset that was reached through others, which are not gone through again."""
    return _visible(asking, dataset, alias, seen, arrived)


def refers_to_visible(
    left: Sequence[exp.Expr], far: Dataset, right_key: tuple[exp.Expr, ...], far_alias: str, condition: exp.Expr
) -> exp.Expr:
    """That a key is one of the visible rows of another dataset."""
    right = [qualify(part, far_alias) for part in right_key]
    return _in(left, exp.select(*right).from_(from_source(far, far_alias)).where(condition))


def _in(left: Sequence[exp.Expr], keys: exp.Select) -> exp.In:
    this = left[0] if len(left) == 1 else exp.Tuple(expressions=list(left))
    return exp.In(this=this, query=exp.Subquery(this=keys))


def _refers_to_no_other(join: Join, alias: str, far: Dataset, far_alias: str, condition: exp.Expr) -> exp.Expr:
    """Where several rows describe an entity over time, none of them may be hidden."""
    hidden = exp.not_(exp.Coalesce(this=exp.paren(condition.copy()), expressions=[exp.false()]))
    left = [qualify(part, alias) for part in join.left_key]
    return exp.not_(refers_to_visible(left, far, join.right_key, far_alias, hidden))


def own_filter(asking: Asking, dataset: Dataset, text: str, value_of: Callable[[str], exp.Expr]) -> exp.Expr:
    """A policy's filter on `dataset`, over the values of its own dimensions by name.

    Errors: QueryError access-filter-unknown, access-filter-settable.
    """
    root = held(row_expression(text))
    keys = {path: _own_key(dataset, path) for path in map(path_of, references(root))}
    _check_settled(dataset, [root, *(key.target.dimension.expr for key in keys.values() if key.target.dimension)])
    type_times(root, keys, partial(span_if_any, asking), literal)
    for name in references(root):
        dimension = keys[path_of(name)].target.dimension
        assert dimension is not None
        value = at_home(value_of(dimension.name), dimension, asking.model)
        name.replace(wrapped(value))
    return root


def _own_key(dataset: Dataset, path: str) -> Key:
    parts = path.split(".")
    if len(parts) == 2 and parts[0] == dataset.name:
        parts = parts[1:]
    dimension = dataset.dimensions.get(parts[0]) if len(parts) == 1 else None
    if dimension is None or dimension.metric is not None:
        known = [one.name for one in dataset.dimensions.values() if one.metric is None]
        raise QueryError("access-filter-unknown", name=path, dataset=dataset.name, known=known)
    return Key(Asked(path, path), Target((), dimension))


def _check_settled(dataset: Dataset, trees: Sequence[exp.Expr]) -> None:
    """Refuse a policy that rests on a parameter: whoever asks sets it. Errors: QueryError access-filter-settable."""
    select = dataset.source.select
    settable = settable_columns(select, dataset.name) if select is not None and "parameter" in select.lower() else ()
    for name in (one for tree in trees for one in tree.find_all(exp.Column)):
        if parameter_of(name) is not None or name.name.lower() in settable:
            raise QueryError("access-filter-settable", dataset=dataset.name, name=parameter_of(name) or name.name)


def masked_columns(access: Access, dataset: Dataset) -> frozenset[str]:
    """The source columns of `dataset` that stand behind a mask, lower-cased."""
    names: set[str] = set()
    for mask in access.masks:
        if mask.dataset != dataset.name:
            continue
        names.add(mask.column.lower())
        for one in dataset.dimensions.values():
            if one.name.lower() == mask.column.lower():
                names.update(item.name.lower() for item in one.expr.find_all(exp.Column))
    return frozenset(names)


def is_masked(access: Access, dataset: Dataset, tree: exp.Expr | None) -> bool:
    """Whether `tree` over the source columns of `dataset` reads a masked one."""
    if not access.masks or tree is None:
        return False
    hidden = masked_columns(access, dataset)
    return any(item.name.lower() in hidden for item in tree.find_all(exp.Column))


def is_hidden(asking: Asking, target: Target) -> bool:
    """Whether what `target` shows is masked: its own columns, or the key that it refers to."""
    if not asking.access.masks:
        return False
    owner = asking.model.datasets[target.dataset]
    if any(is_masked(asking.access, owner, source) for source in target.sources):
        return True
    role = target.entity.role if target.entity else None
    return any(
        is_masked(asking.access, asking.model.datasets[join.right], part)
        for join in owner.joins
        if join.role == role and not join.fans
        for part in join.right_key
    )


def check_measure(access: Access, dataset: Dataset, measure: Measure, metric: str) -> None:
    """Refuse a metric that measures what is hidden. Errors: Denied access-measure-masked."""
    hidden = any(mask.dataset == dataset.name and mask.column.lower() == measure.name.lower() for mask in access.masks)
    if hidden or is_masked(access, dataset, measure.expr):
        raise Denied("access-measure-masked", metric=metric, measure=measure.name)


def masked(dimension: Dimension) -> exp.Expr:
    """What stands in place of a hidden value."""
    if dimension.type in ("text", "any"):
        return exp.Literal.string("***")
    return exp.cast(exp.null(), "double" if dimension.type == "number" else dimension.type)
