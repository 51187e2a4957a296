"""Compare -> SQL: the answer joined to itself (or to an earlier answer) at its moved time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from hedu.plan import nodes
from hedu.plan.festivals import Stretch
from hedu.plan.scalars import column, divide, later, literal

_NOW = "__answer"


def compare_select(compare: nodes.Compare, compute_select: Callable[[nodes.Compute], exp.Select]) -> exp.Select:
    """The answer's rows with earlier values, changes and growths beside them."""
    columns: list[exp.Expr] = [column(name, _NOW) for name in (*compare.keys, *compare.values)]
    columns += [column(one.name, _NOW) for one in compare.source.values if one.name not in compare.values]
    for earlier in compare.earlier:
        for metric in compare.values:
            columns += _changes(metric, earlier.name)
    select = exp.select(*columns).from_(_table(_NOW, _NOW))
    ctes = {_NOW: compute_select(compare.source)}
    for earlier in compare.earlier:
        source = _NOW
        if earlier.source is not None:
            source = f"{_NOW}_{earlier.name if earlier.time_key is None else 'before'}"
            ctes.setdefault(source, compute_select(earlier.source))
        on = _on(compare, earlier)
        select = select.join(_table(source, earlier.name), on=on, join_type="left", copy=False)
    for condition in _within(compare):
        select = select.where(condition, copy=False)
    for name, cte in ctes.items():
        inner = cte.args.get("with_")
        if inner is not None:
            own = {one.alias for one in inner.expressions}
            for one in inner.expressions:
                _rename(one.this, own, name)
                select = select.with_(_unique(name, one.alias), as_=one.this, copy=False)
            _rename(cte.args.get("from_") or cte.args["from"], own, name)
            cte.set("with_", None)
        select = select.with_(exp.to_identifier(name, quoted=True), as_=cte, copy=False)
    return select


def _changes(metric: str, name: str) -> list[exp.Expr]:
    now, then = column(metric, _NOW), column(metric, name)
    change = exp.Sub(this=now, expression=then)
    growth = divide(exp.paren(change.copy()), exp.Abs(this=then.copy()))
    return [
        exp.alias_(then.copy(), f"{metric}__{name}", quoted=True),
        exp.alias_(change, f"{metric}__{name}_change", quoted=True),
        exp.alias_(growth, f"{metric}__{name}_growth", quoted=True),
    ]


def _on(compare: nodes.Compare, earlier: nodes.Earlier) -> exp.Expr:
    conditions: list[exp.Expr] = []
    for key in compare.keys:
        now, then = column(key, _NOW), column(key, earlier.name)
        if key == earlier.time_key and earlier.stretches:
            conditions.append(exp.EQ(this=then, expression=_gone_back(now, earlier.stretches)))
        elif key == earlier.time_key:
            unit, count = (
                ("month", 3 * earlier.count) if earlier.grain == "quarter" else (earlier.grain or "", earlier.count)
            )
            back = exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var(unit.upper()))
            conditions.append(exp.EQ(this=then, expression=exp.cast(exp.Sub(this=now, expression=back), "date")))
        else:
            conditions.append(exp.NullSafeEQ(this=then, expression=now))
    return exp.and_(*conditions) if conditions else exp.true()


def _gone_back(now: exp.Expr, stretches: Sequence[Stretch]) -> exp.Expr:
    """A time moved back as its stretch is; one of none has nothing earlier."""
    moved = exp.Case()
    for one in stretches:
        inside = exp.and_(
            exp.GTE(this=now.copy(), expression=literal(one.start)),
            exp.LT(this=now.copy(), expression=literal(one.end)),
        )
        moved = moved.when(inside, exp.cast(later(now.copy(), -one.days, "day"), "date"))
    return moved


def _within(compare: nodes.Compare) -> list[exp.Expr]:
    if compare.time_key is None:
        return []
    key = column(compare.time_key, _NOW)
    found: list[exp.Expr] = []
    if compare.start is not None:
        found.append(exp.GTE(this=key, expression=literal(compare.start)))
    if compare.end is not None:
        found.append(exp.LT(this=key.copy(), expression=literal(compare.end)))
    return found


def _table(name: str, alias: str) -> exp.Table:
    table = exp.Table(this=exp.to_identifier(name, quoted=True))
    if alias != name:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return table


def _unique(answer: str, name: str) -> exp.Identifier:
    return exp.to_identifier(f"{answer}_{name.lstrip('_')}", quoted=True)


def _rename(tree: exp.Expr, own: set[str], answer: str) -> None:
    """Parts of a stitch stand beside the answer they belong to, under its name."""
    for table in tree.find_all(exp.Table):
        if table.name in own and not table.db:
            table.set("this", _unique(answer, table.name))
