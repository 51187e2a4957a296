"""A qualified query -> the same rows with fewer joins: what only asks whether a row exists is asked as EXISTS.

A join to a table by its whole key, none of whose columns is shown, keeps or drops rows but never repeats them; an
outer one does neither and falls away; an outer one whose missing rows are kept asks what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from sqlglot import exp

from hedu.alignment.equivalence.databases import Sheet
from hedu.alignment.equivalence.diagrams import TooComplex, implies, negated
from hedu.alignment.equivalence.reading import Names, condition
from hedu.alignment.equivalence.sheets import name_of
from hedu.alignment.equivalence.terms import Term, null_of

_ONCE = (exp.Min, exp.Max, exp.LogicalOr, exp.LogicalAnd)


def with_fewer_joins(tree: exp.Expr, sheets: Mapping[str, Sheet]) -> exp.Expr:
    """Every SELECT of a query, the innermost first."""
    for select in reversed(list(tree.find_all(exp.Select))):
        _turned(select)
        if not select.args.get("laterals") and _is_plain(select):
            while _fewer(select, sheets):
                pass
    return tree


def conjuncts(tree: exp.Expr | None) -> Iterator[exp.Expr]:
    """What has to hold all together."""
    if tree is None:
        return
    inner = tree.unnest()
    if isinstance(inner, exp.And):
        yield from conjuncts(inner.left)
        yield from conjuncts(inner.right)
    else:
        yield inner


def names_in(select: exp.Expr, sheets: Mapping[str, Sheet]) -> Names:
    """Columns by the name of their relation in one SELECT; keys are never NULL but of outer joins."""
    first = select.args["from_"].this
    tables = {one.alias_or_name: name_of(one) for one in (first, *(x.this for x in select.args.get("joins") or ()))
              if isinstance(one, exp.Table)}  # fmt: skip

    is_inner = all(
        not (one.side or one.method) and (one.kind or "").upper() in ("", "INNER", "CROSS")
        for one in select.args.get("joins") or ()
    )

    def named(column: exp.Column) -> Term:
        sheet = sheets.get(tables.get(column.table, ""), Sheet())
        kind = sheet.columns[column.name].kind if column.name in sheet.columns else ""
        return (
            "col",
            f"{column.table}.{column.name}",
            kind,
            is_inner and column.name in sheet.primary,
        )

    return Names(named)


def _is_plain(select: exp.Select) -> bool:
    """Whether every column names its relation, so that it is known which of them are seen."""
    columns = all(one.table or isinstance(one.parent, exp.Order | exp.Ordered) for one in select.find_all(exp.Column))
    return columns and all(isinstance(star.parent, exp.Count) for star in select.find_all(exp.Star))


def _turned(select: exp.Select) -> None:
    """A RIGHT JOIN b is b LEFT JOIN a; SEMI and ANTI joins are conditions."""
    joins, first = select.args.get("joins") or [], select.args.get("from_")
    if joins and first is not None and (joins[0].side or "").upper() == "RIGHT" and not joins[0].args.get("using"):
        relation = joins[0].this
        joins[0].set("this", first.this)
        joins[0].set("side", "LEFT")
        first.set("this", relation)
    for join in list(joins):
        if (join.kind or "").upper() in ("SEMI", "ANTI") and join.args.get("on") is not None and not join.side:
            found = _exists(join.this, [join.args["on"]])
            join.pop()
            _and(select, found if join.kind.upper() == "SEMI" else exp.Not(this=found))


def _fewer(select: exp.Select, sheets: Mapping[str, Sheet]) -> bool:
    """One join less, where one can go."""
    joins = select.args.get("joins") or []
    for join in list(joins):
        side, kind = (join.side or "").upper(), (join.kind or "").upper()
        if join.method or join.args.get("using") or kind not in ("", "INNER", "CROSS", "OUTER"):
            return False
        if side == "LEFT" and _drops_missing(select, join.this.alias_or_name, sheets):
            join.set("side", None)
            join.set("kind", None)
            return True
        if side == "LEFT" and _without_outer(select, join, sheets):
            return True
    if all(not one.side for one in joins) and joins:
        return any(_as_exists(select, relation, sheets) for relation in reversed(_relations(select)))
    return False


def _relations(select: exp.Select) -> list[exp.Expr]:
    first = select.args.get("from_")
    found = [first.this] if first is not None else []
    return [*found, *(join.this for join in select.args.get("joins") or ())]


def _drops_missing(select: exp.Select, alias: str, sheets: Mapping[str, Sheet]) -> bool:
    """Whether the WHERE keeps only rows for which an outer join found something."""
    where, names = select.args.get("where"), names_in(select, sheets)
    for one in conjuncts(where.this if where else None):
        with suppress(TooComplex):
            held = condition(one, names)[0]
            if any(implies(held, negated(null_of(names.column(column)))) for column in _columns(one, alias)):
                return True
    return False


def _without_outer(select: exp.Select, join: exp.Join, sheets: Mapping[str, Sheet]) -> bool:
    """An outer join of which nothing is seen falls away; one of which only the missing rows are kept does not exist."""
    alias, on = join.this.alias_or_name, join.args.get("on")
    if on is None:
        return False
    elsewhere = [one for one in _columns(select, alias) if not _is_within(one, join)]
    is_once = _is_at_most_one(join.this, alias, [on], sheets) or _counts_once(select)
    if not elsewhere and is_once:
        join.pop()
        return True
    where = select.args.get("where")
    told = next((one for one in conjuncts(where.this if where else None) if _is_missing(one, alias)), None)
    if told is None or len(elsewhere) != 1 or not _is_never_null(told.this, join, sheets):
        return False
    missing = exp.Not(this=_exists(join.this, [on]))
    told.replace(missing)
    join.pop()
    return True


def _is_missing(tree: exp.Expr, alias: str) -> bool:
    is_null = isinstance(tree, exp.Is) and isinstance(tree.expression, exp.Null)
    return is_null and isinstance(tree.this, exp.Column) and tree.this.table == alias


def _is_never_null(column: exp.Column, join: exp.Join, sheets: Mapping[str, Sheet]) -> bool:
    """Whether a matched row has a value there: of its key, or equated."""
    if isinstance(join.this, exp.Table) and column.name in sheets.get(name_of(join.this), Sheet()).primary:
        return True
    return column.name in _equated(column.table, [join.args["on"]])


def _as_exists(select: exp.Select, relation: exp.Expr, sheets: Mapping[str, Sheet]) -> bool:
    """An inner join that only keeps or drops rows becomes a condition."""
    alias, where = relation.alias_or_name, select.args.get("where")
    joins: list[exp.Join] = select.args["joins"]
    conditions = [one for join in joins for one in conjuncts(join.args.get("on"))]
    conditions += conjuncts(where.this if where else None)
    own = [one for one in conditions if any(True for _ in _columns(one, alias))]
    shown = sum(1 for _ in _columns(select, alias)) - sum(sum(1 for _ in _columns(one, alias)) for one in own)
    is_once = _is_at_most_one(relation, alias, own, sheets) or _counts_once(select)
    if shown or not own or not is_once:
        return False
    rest = [one for one in conditions if not any(one is other for other in own)]
    found = _exists(relation, own)
    others = [one for one in _relations(select) if one is not relation]
    select.set("from_", exp.From(this=others[0].copy()))
    select.set("joins", [exp.Join(this=one.copy(), kind="CROSS") for one in others[1:]])
    select.set("where", exp.Where(this=exp.and_(*(one.copy() for one in rest), found, copy=False)))
    return True


def _exists(relation: exp.Expr, conditions: list[exp.Expr]) -> exp.Exists:
    inner = exp.Select(expressions=[exp.Literal.number(1)])
    inner.set("from_", exp.From(this=relation.copy()))
    inner.set("where", exp.Where(this=exp.and_(*(one.copy() for one in conditions), copy=False)))
    return exp.Exists(this=inner)


def _and(select: exp.Select, condition: exp.Expr) -> None:
    where = select.args.get("where")
    held = [where.this] if where is not None else []
    select.set("where", exp.Where(this=exp.and_(*held, condition, copy=False)))


def _is_within(column: exp.Expr, node: exp.Expr) -> bool:
    found: exp.Expr | None = column
    while found is not None and found is not node:
        found = found.parent
    return found is node


def _columns(tree: exp.Expr, alias: str) -> Iterator[exp.Column]:
    yield from (one for one in tree.find_all(exp.Column) if one.table == alias)


def _equated(alias: str, conditions: list[exp.Expr]) -> set[str]:
    """The columns of a relation that have to equal a value from outside it."""
    found = set()
    for one in (part for tree in conditions for part in conjuncts(tree)):
        if isinstance(one, exp.EQ):
            for near, far in ((one.this, one.expression), (one.expression, one.this)):
                if isinstance(near, exp.Column) and near.table == alias and not any(_columns(far, alias)):
                    found.add(near.name)
    return found


def _is_at_most_one(relation: exp.Expr, alias: str, conditions: list[exp.Expr], sheets: Mapping[str, Sheet]) -> bool:
    """Whether at most one row of the relation meets the conditions: they fix a key of it."""
    equated = _equated(alias, conditions)
    if isinstance(relation, exp.Table):
        sheet = sheets.get(name_of(relation), Sheet())
        return any(key and set(key) <= equated for key in (sheet.primary, *sheet.unique))
    inner = relation.this if isinstance(relation, exp.Subquery) else None
    if not isinstance(inner, exp.Select) or relation.alias_column_names:
        return False
    names = inner.named_selects
    if inner.args.get("distinct") and not inner.args["distinct"].args.get("on"):
        return set(names) <= equated
    group = inner.args.get("group")
    if group is None or any(value for key, value in group.args.items() if key != "expressions"):
        return False
    shown = {one.unalias().sql(): one.alias_or_name for one in inner.expressions}
    return all(shown.get(one.sql()) in equated for one in group.expressions)


def _counts_once(select: exp.Select) -> bool:
    """Whether it does not matter how often a row occurs."""
    distinct = select.args.get("distinct")
    if distinct and distinct.args.get("on"):
        return False
    if distinct and not select.args.get("group"):
        return not any(select.find_all(exp.AggFunc)) and select.find(exp.Window) is None
    found = [one for one in select.find_all(exp.AggFunc) if one.find_ancestor(exp.Query) is select]
    if select.find(exp.Window) is not None or not (found or select.args.get("group")):
        return False
    return all(isinstance(one, _ONCE) or isinstance(one.this, exp.Distinct) for one in found)
