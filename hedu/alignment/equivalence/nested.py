"""A qualified query -> the same rows with fewer queries in it: parts of a table together, groups of groups at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlglot import exp

from hedu.alignment.equivalence.databases import Sheet
from hedu.alignment.equivalence.diagrams import Diagram, TooComplex, both, implies, negated
from hedu.alignment.equivalence.joins import names_in, with_fewer_joins
from hedu.alignment.equivalence.reading import condition, term
from hedu.alignment.equivalence.sheets import name_of
from hedu.alignment.equivalence.terms import null_of

_ROWS = {"expressions", "from_", "joins", "where"}
_GROUPS = {*_ROWS, "group", "having", "distinct", "order"}
_AGAIN: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Sum: (exp.Sum, exp.Count, exp.CountIf), exp.Min: (exp.Min,), exp.Max: (exp.Max,),
}  # fmt: skip


class _Not(Exception):
    """What stands here cannot be drawn together."""


def simplified(tree: exp.Expr, sheets: Mapping[str, Sheet]) -> exp.Expr:
    """The innermost queries first."""
    top = exp.Paren(this=tree)
    for node in reversed(list(top.find_all(exp.SetOperation))):
        if not isinstance(node.parent, exp.SetOperation) or node.parent.key != node.key:
            _joined_parts(node, sheets)
    for select in reversed(list(top.find_all(exp.Select))):
        try:
            _regrouped(select, sheets)
        except (_Not, TooComplex):
            continue
    with_fewer_joins(top, sheets)
    for asked in top.find_all(exp.Exists, exp.In):
        _undistinct(asked.this if isinstance(asked, exp.Exists) else asked.args.get("query"))
    found: exp.Expr = top.this
    found.parent = None
    return found


def with_ctes_inside(tree: exp.Expr) -> exp.Expr:
    """Each query that has a name, where it is read."""
    for cte in [one for held in tree.find_all(exp.With) if not held.args.get("recursive") for one in held.expressions]:
        scope = cte.parent.parent
        for table in list(scope.find_all(exp.Table)) if scope is not None and not cte.alias_column_names else ():
            if table.name == cte.alias and not table.args.get("db") and not _is_above(cte, table):
                alias = exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
                table.replace(exp.Subquery(this=cte.this.copy(), alias=alias))
    for held in list(tree.find_all(exp.With)):
        if not held.args.get("recursive") and not any(one.alias_column_names for one in held.expressions):
            held.pop()
    return tree


def _is_above(cte: exp.CTE, table: exp.Expr) -> bool:
    """Whether a table is read in a query named before this one, or where the name stands for another."""
    found: exp.Expr | None = table
    held = cte.parent
    while found is not None and held is not None:
        if isinstance(found, exp.CTE) and found.parent is held:
            return any(one is found for one in held.expressions[: held.expressions.index(cte) + 1])
        inner = found.args.get("with_")
        if inner is not None and inner is not held and any(one.alias == cte.alias for one in inner.expressions):
            return True
        if inner is held:
            return False
        found = found.parent
    return False


def _undistinct(query: exp.Expr | None) -> None:
    """Whether there is a row does not depend on how often."""
    query = query.unnest() if query is not None else None
    if not isinstance(query, exp.Select) or query.args.get("limit") or query.args.get("offset"):
        return
    distinct, group = query.args.get("distinct"), query.args.get("group")
    if distinct is not None and not distinct.args.get("on"):
        query.set("distinct", None)
    is_plain = group is not None and not any(value for key, value in group.args.items() if key != "expressions")
    if is_plain and not query.args.get("having") and not any(query.find_all(exp.AggFunc)):
        query.set("group", None)
    first = query.args.get("from_")
    if query.args.get("group") is None and not any(query.find_all(exp.AggFunc, exp.Window)):
        for relation in [first, *(query.args.get("joins") or ())]:
            if relation is not None and isinstance(relation.this, exp.Subquery):
                _undistinct(relation.this.this)


def _joined_parts(node: exp.SetOperation, sheets: Mapping[str, Sheet]) -> None:
    """Parts of one table that differ by their conditions alone are one query, where that gives the same rows."""
    if any(value for key, value in node.args.items() if key not in ("this", "expression", "distinct", "order")):
        return
    kind, is_distinct = type(node), bool(node.args.get("distinct"))
    if kind in (exp.Intersect, exp.Except):
        if is_distinct:
            _met(node, sheets)
        return
    parts = list(_parts(node, is_distinct))
    kept: list[exp.Expr] = []
    for part in parts:
        if is_distinct and isinstance(part, exp.Select):
            _undistinct_only(part)
        place = next((at for at, one in enumerate(kept) if _is_alike(one, part, sheets, is_distinct)), None)
        if place is None:
            kept.append(part.copy())
        else:
            _set_where(kept[place], exp.or_(_where(kept[place]), _where(part)))
    if len(kept) == len(parts) > 1:
        return
    whole = kept[0]
    for one in kept[1:]:
        whole = exp.Union(this=whole, expression=one, distinct=is_distinct)
    if is_distinct and isinstance(whole, exp.Select):
        whole.set("distinct", exp.Distinct())
    node.replace(whole)


def _parts(node: exp.Expr, is_distinct: bool) -> Iterator[exp.Expr]:
    inner = node.unnest() if isinstance(node, exp.Subquery) and not node.alias else node
    is_one = isinstance(inner, exp.Union) and bool(inner.args.get("distinct")) == is_distinct
    if is_one and not any(inner.args.get(key) for key in ("limit", "offset", "with_", "by_name")):
        yield from _parts(inner.this, is_distinct)
        yield from _parts(inner.expression, is_distinct)
        return
    yield inner


def _undistinct_only(part: exp.Select) -> None:
    distinct = part.args.get("distinct")
    if distinct is not None and not distinct.args.get("on") and not part.args.get("limit"):
        part.set("distinct", None)


def _met(node: exp.SetOperation, sheets: Mapping[str, Sheet]) -> None:
    """INTERSECT and EXCEPT of one table, with its key shown, so that equal rows are the same row."""
    one, other = node.this.unnest(), node.expression.unnest()
    if not _is_alike(one, other, sheets, True):
        return
    table = one.args["from_"].this
    key = sheets.get(name_of(table), Sheet()).primary if isinstance(table, exp.Table) else ()
    shown = {part.unalias().name for part in one.expressions if isinstance(part.unalias(), exp.Column)}
    if not key or not set(key) <= shown or one.args.get("joins"):
        return
    told = exp.Is(this=exp.Paren(this=_where(other)), expression=exp.true())
    kept = one.copy()
    _set_where(kept, exp.and_(_where(one), told if isinstance(node, exp.Intersect) else exp.Not(this=told)))
    kept.set("distinct", exp.Distinct())
    node.replace(kept)


def _where(select: exp.Expr) -> exp.Expr:
    held = select.args.get("where")
    return held.this.copy() if held is not None else exp.true()


def _set_where(select: exp.Expr, condition: exp.Expr) -> None:
    select.set("where", exp.Where(this=condition))


def _is_alike(one: exp.Expr, other: exp.Expr, sheets: Mapping[str, Sheet], may_meet: bool) -> bool:
    """Whether two SELECTs show the same of the same rows; unless they may meet, no row may be of both."""
    for part in (one, other):
        if not isinstance(part, exp.Select) or any(value for key, value in part.args.items() if key not in _ROWS):
            return False
        if part.args.get("from_") is None or any(part.find_all(exp.AggFunc, exp.Window)):
            return False
    _called_alike(one, other)
    names = ("from_", "joins")
    if any(_text(one.args.get(name)) != _text(other.args.get(name)) for name in names):
        return False
    if [part.unalias().sql() for part in one.expressions] != [part.unalias().sql() for part in other.expressions]:
        return False
    try:
        reader = names_in(one, sheets)
        conditions = [condition(_where(part), reader)[0] for part in (one, other)]
        return may_meet or both(*conditions) is False
    except TooComplex:
        return False


def _text(value: object) -> str:
    return (
        " ".join(one.sql() for one in value if isinstance(one, exp.Expr))
        if isinstance(value, list)
        else (value.sql() if isinstance(value, exp.Expr) else "")
    )


def _called_alike(one: exp.Expr, other: exp.Expr) -> None:
    """The only table of the second by the name it has in the first."""
    tables = [part.args["from_"].this for part in (one, other)]
    if any(part.args.get("joins") for part in (one, other)) or not all(isinstance(x, exp.Table) for x in tables):
        return
    before, after = tables[1].alias_or_name, tables[0].alias_or_name
    if before == after or name_of(tables[0]) != name_of(tables[1]) or any(other.find_all(exp.Subquery, exp.In)):
        return
    for column in other.find_all(exp.Column):
        if column.table == before:
            column.set("table", exp.to_identifier(after))
    tables[1].replace(tables[0].copy())


def _regrouped(outer: exp.Select, sheets: Mapping[str, Sheet]) -> None:
    """A query over the groups of another: conditions on groups, and aggregates of aggregates, at once."""
    first = outer.args.get("from_")
    source = first.this if first is not None else None
    if not isinstance(source, exp.Subquery) or outer.args.get("joins") or source.alias_column_names:
        return
    inner = source.this
    allowed = isinstance(inner, exp.Select) and not any(v for k, v in inner.args.items() if k not in _GROUPS)
    known = (outer, source, inner)
    if not allowed or any(not any(one is other for other in known) for one in outer.find_all(exp.Query)):
        return
    values = {one.alias_or_name: one.unalias() for one in inner.expressions}
    if any(inner.find_all(exp.Window)) and not any(inner.args.get(key) for key in ("group", "distinct", "having")):
        _as_qualify(outer, inner, source.alias, values)
        return
    if any(outer.find_all(exp.Window)) or not (inner.args.get("group") or inner.args.get("distinct")):
        return
    is_rows = not outer.args.get("group") and not _own_aggregates(outer) and not outer.args.get("having")
    if is_rows and inner.args.get("group") and not inner.args.get("distinct") and not outer.args.get("distinct"):
        _as_having(outer, inner, source.alias, values)
    elif not is_rows and not inner.args.get("having"):
        _at_once(outer, inner, source.alias, values, sheets)


def _own_aggregates(select: exp.Select) -> list[exp.Expr]:
    return [one for one in select.find_all(exp.AggFunc) if one.find_ancestor(exp.Query) is select]


def _put(tree: exp.Expr, alias: str, values: Mapping[str, exp.Expr]) -> exp.Expr:
    """An expression with the columns of a nested query written out."""

    def written(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.table == alias:
            if node.name not in values:
                raise _Not
            return exp.Paren(this=values[node.name].copy())
        return node

    return tree.copy().transform(written)


def _take(outer: exp.Select, inner: exp.Select, names: Sequence[str], expressions: list[exp.Expr]) -> None:
    outer.set("expressions", expressions)
    for name in names:
        outer.set(name, inner.args.get(name))


def _shown(outer: exp.Select, put: Callable[[exp.Expr], exp.Expr]) -> list[exp.Expr]:
    return [exp.alias_(put(one.unalias()), one.alias_or_name, quoted=True) for one in outer.expressions]


def _as_having(outer: exp.Select, inner: exp.Select, alias: str, values: Mapping[str, exp.Expr]) -> None:
    if outer.args.get("order") or outer.args.get("limit"):
        raise _Not
    expressions = _shown(outer, lambda one: _put(one, alias, values))
    where, having = outer.args.get("where"), inner.args.get("having")
    conditions = [_put(where.this, alias, values)] if where is not None else []
    conditions += [having.this] if having is not None else []
    _take(outer, inner, ("from_", "joins", "where", "group"), expressions)
    outer.set("having", exp.Having(this=exp.and_(*conditions)) if conditions else None)


def _as_qualify(outer: exp.Select, inner: exp.Select, alias: str, values: Mapping[str, exp.Expr]) -> None:
    """Rows chosen by what a window says of them."""
    if any(value for key, value in outer.args.items() if key not in _ROWS) or _own_aggregates(outer):
        raise _Not
    if any(one.find_ancestor(exp.Subquery) is None for one in outer.find_all(exp.Window)):
        raise _Not
    expressions = _shown(outer, lambda one: _put(one, alias, values))
    where = outer.args.get("where")
    told = exp.Qualify(this=_put(where.this, alias, values)) if where is not None else None
    _take(outer, inner, ("from_", "joins", "where"), expressions)
    outer.set("qualify", told)


def _at_once(
    outer: exp.Select, inner: exp.Select, alias: str, values: Mapping[str, exp.Expr], sheets: Mapping[str, Sheet]
) -> None:
    """Aggregates over groups, asked of the rows themselves. _Not where that would count otherwise."""
    group, distinct = inner.args.get("group"), inner.args.get("distinct")
    if (group and (distinct or any(v for k, v in group.args.items() if k != "expressions"))) or (
        distinct and distinct.args.get("on")
    ):
        raise _Not
    own = {one.sql() for one in group.expressions} if group else {one.sql() for one in values.values()}
    keys = {name: one for name, one in values.items() if one.sql() in own}
    if any(any(one.find_all(exp.AggFunc)) for one in keys.values()):
        raise _Not
    where, grouped = outer.args.get("where"), outer.args.get("group")
    if grouped and any(value for key, value in grouped.args.items() if key != "expressions"):
        raise _Not
    by = [_put(one, alias, keys) for one in grouped.expressions] if grouped else []
    rest = own - {one.unnest().sql() for one in by}
    told = [_put(where.this, alias, keys)] if where is not None else []
    held = inner.args.get("where")
    rows = exp.and_(*told, *([held.this.copy()] if held is not None else []), exp.true())
    aggregates = _Aggregates(alias, values, keys, rest if len(rest) == 1 else set(), bool(grouped), inner, rows, sheets)
    expressions = _shown(outer, aggregates.put)
    having = outer.args.get("having")
    kept = exp.Having(this=aggregates.put(having.this)) if having is not None else None
    _take(outer, inner, ("from_", "joins"), expressions)
    outer.set("where", exp.Where(this=rows) if told or held is not None else None)
    outer.set("group", exp.Group(expressions=by) if by else None)
    outer.set("having", kept)


class _Aggregates:
    """How the aggregates of groups read when they are asked of rows. `single`: the one key the groups still have."""

    def __init__(
        self, alias: str, values: Mapping[str, exp.Expr], keys: Mapping[str, exp.Expr], single: set[str],
        is_grouped: bool, inner: exp.Select, rows: exp.Expr, sheets: Mapping[str, Sheet],
    ) -> None:  # fmt: skip
        self.alias, self.values, self.keys, self.single = alias, values, keys, single
        self.is_grouped, self.inner, self.rows, self.sheets = is_grouped, inner, rows, sheets

    def put(self, tree: exp.Expr) -> exp.Expr:
        """An expression over the groups, over the rows: all at once, so that nothing put in is read again."""

        def written(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Filter):
                raise _Not
            if isinstance(node, exp.AggFunc):
                return self._again(node)
            if isinstance(node, exp.Column) and node.table == self.alias:
                if node.name not in self.keys:
                    raise _Not
                return exp.Paren(this=self.keys[node.name].copy())
            return node

        return tree.copy().transform(written)

    def _again(self, tree: exp.Expr) -> exp.Expr:
        inside = tree.this
        if isinstance(tree, exp.Count) and isinstance(inside, exp.Star):
            return self._groups()
        is_distinct = isinstance(inside, exp.Distinct)
        column = inside.expressions[0] if is_distinct and len(inside.expressions) == 1 else inside
        if not isinstance(column, exp.Column) or column.table != self.alias or column.name not in self.values:
            raise _Not
        value = self.values[column.name]
        if column.name in self.keys:
            if not (is_distinct or isinstance(tree, exp.Min | exp.Max) or value.sql() in self.single):
                raise _Not
            if not isinstance(tree, exp.Min | exp.Max | exp.Sum | exp.Count | exp.Avg):
                raise _Not
            return type(tree)(this=exp.Distinct(expressions=[value.copy()]))
        call = value.this if isinstance(value, exp.Filter) else value
        if is_distinct or type(call) not in _AGAIN.get(type(tree), ()) or isinstance(call.this, exp.Distinct):
            raise _Not
        if isinstance(call, exp.Count | exp.CountIf) and not self.is_grouped:
            some = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0))
            return exp.Case(ifs=[exp.If(this=some, true=value.copy())])
        return value.copy()

    def _groups(self) -> exp.Expr:
        """How many groups: the distinct values of their one key, where that is never NULL."""
        if len(self.single) != 1:
            raise _Not
        (text,) = self.single
        value = next((one for one in self.keys.values() if one.sql() == text), None)
        if value is None:
            raise _Not
        names = names_in(self.inner, self.sheets)
        known: Diagram = condition(self.rows, names)[0]
        if not implies(known, negated(null_of(term(value, names)))):
            raise _Not
        return exp.Count(this=exp.Distinct(expressions=[value.copy()]))
