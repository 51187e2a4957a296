"""SELECT -> its form: outputs by position over sources by name, however aliased, nested or ordered."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from hedu.alignment.equivalence import functions
from hedu.alignment.equivalence.aggregates import call_of
from hedu.alignment.equivalence.databases import Sheet
from hedu.alignment.equivalence.diagrams import Diagram, TooComplex, both, implies, negated, piece, variables
from hedu.alignment.equivalence.joins import conjuncts
from hedu.alignment.equivalence.reading import Names, Test, condition, term
from hedu.alignment.equivalence.sheets import name_of
from hedu.alignment.equivalence.terms import Term, null_of, shown

_MOST_ORDERS = 24
_HANDLED = {
    *("with", "with_", "expressions", "from", "from_", "joins", "where", "group", "having", "distinct", "order"),
    *("limit", "offset", "hint", "kind", "qualify"),
}
_EXISTING = {"expressions", "from_", "joins", "where", "order"}
_WITHIN = "within"
_OF_ALL = "all rows of"
_OF_SOURCES = {"this", "db", "catalog", "alias"}


@dataclass
class _Source:
    """One relation of a SELECT: what it is, how it is joined, and the label its columns are called by."""

    alias: str
    what: Any
    on: exp.Expr | None = None
    is_outer: bool = False
    label: str = ""
    keys: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[str, Sheet] = field(default_factory=dict, repr=False)


def form_of(tree: exp.Expr, sheets: Mapping[str, Sheet]) -> Any:
    """The form of a qualified query. TooComplex for what no form is known of (windows, samples, laterals)."""
    return _query(tree, sheets, {})


def _query(tree: exp.Expr, sheets: Mapping[str, Sheet], ctes: Mapping[str, Any]) -> Any:
    made = dict(ctes)
    bound = tree.args.get("with_") or tree.args.get("with")
    if bound is not None:
        if bound.args.get("recursive"):
            raise TooComplex
        for cte in bound.expressions:
            made[cte.alias] = _named(cte, sheets, made)
    match tree:
        case exp.Subquery() | exp.Paren():
            return _query(tree.this, sheets, made)
        case exp.SetOperation():
            return _limited(tree, _set_operation(tree, sheets, made), None)
        case exp.Select():
            return _select(tree, sheets, made)
    raise TooComplex


def _set_operation(tree: exp.SetOperation, sheets: Mapping[str, Sheet], ctes: Mapping[str, Any]) -> Any:
    name, is_distinct = tree.key, bool(tree.args.get("distinct"))
    if tree.args.get("by_name") or tree.args.get("on"):
        raise TooComplex
    parts = list(_parts(tree, name, is_distinct))
    forms = [_query(one, sheets, ctes) for one in parts]
    if name == "except":
        return (
            name,
            is_distinct,
            forms[0],
            tuple(sorted(forms[1:], key=repr)) if len(forms) == 2 else tuple(forms[1:]),
        )
    if not is_distinct:
        return (name, False, tuple(sorted(forms, key=repr)))
    plain = {repr(one): one for one in map(_undistinct, forms)}
    return (name, True, tuple(plain[key] for key in sorted(plain)))


def _parts(tree: exp.Expr, name: str, is_distinct: bool) -> Iterator[exp.Expr]:
    """The members of a chain of one operation; EXCEPT is not associative."""
    is_chain = tree.key == name and bool(tree.args.get("distinct")) == is_distinct and name != "except"
    if isinstance(tree, exp.SetOperation) and (is_chain or name == "except"):
        if name == "except":
            yield from (tree.this, tree.expression)
            return
        if not any(tree.args.get(key) for key in ("limit", "order", "with", "with_")) or tree.parent is None:
            yield from _parts(tree.this, name, is_distinct)
            yield from _parts(tree.expression, name, is_distinct)
            return
    yield tree


def _undistinct(form: Any) -> Any:
    """Within a UNION that keeps each row once, a DISTINCT of a part says nothing."""
    if form[0] == "select" and form[2] and form[-1] is None:
        return (*form[:2], False, *form[3:])
    return form


def _select(tree: exp.Select, sheets: Mapping[str, Sheet], ctes: Mapping[str, Any]) -> Any:
    if any(value for key, value in tree.args.items() if key not in _HANDLED):
        raise TooComplex
    sources = list(_sources(tree, sheets, ctes))
    best: Any = None
    for labels in _labellings(sources):
        for source, label in zip(sources, labels, strict=True):
            source.label = label
        found = _block(tree, sources)
        if best is None or repr(found) < repr(best):
            best = found
    return best


def _sources(tree: exp.Select, sheets: Mapping[str, Sheet], ctes: Mapping[str, Any]) -> Iterator[_Source]:
    first = tree.args.get("from_") or tree.args.get("from")
    if first is None:
        return
    yield _source(first.this, sheets, ctes)
    for join in tree.args.get("joins") or ():
        source = _source(join.this, sheets, ctes)
        side, kind = (join.side or "").upper(), (join.kind or "").upper()
        if side not in ("", "LEFT") or kind not in ("", "INNER", "CROSS", "OUTER") or join.args.get("using"):
            raise TooComplex
        if join.method or (kind == "CROSS" and join.args.get("on") is not None):
            raise TooComplex
        source.on, source.is_outer = join.args.get("on"), side == "LEFT"
        yield source


def _source(tree: exp.Expr, sheets: Mapping[str, Sheet], ctes: Mapping[str, Any]) -> _Source:
    alias = tree.alias_or_name
    if any(value for key, value in tree.args.items() if key not in _OF_SOURCES):
        raise TooComplex
    if isinstance(tree, exp.Table) and isinstance(tree.this, exp.Identifier) and not tree.alias_column_names:
        if tree.name in ctes and not tree.args.get("db"):
            return _Source(alias, ctes[tree.name], sheets=sheets)
        name = name_of(tree)
        sheet = sheets.get(name, Sheet())
        kinds = {column: one.kind for column, one in sheet.columns.items()}
        return _Source(alias, ("table", name), keys=sheet.primary, kinds=kinds, sheets=sheets)
    if isinstance(tree, exp.Subquery):
        return _Source(alias, _named(tree, sheets, ctes), sheets=sheets)
    raise TooComplex


def _named(tree: exp.Expr, sheets: Mapping[str, Sheet], ctes: Mapping[str, Any]) -> Any:
    """A query that has a name: its form, and what its outputs are called, in their order."""
    names = tree.alias_column_names or (tree.this.named_selects if isinstance(tree.this, exp.Query) else [])
    return ("named", tuple(names), _query(tree.this, sheets, ctes))


def _labellings(sources: Sequence[_Source]) -> Iterator[tuple[str, ...]]:
    """Every way to call sources by what they are; several of one thing are numbered, in each order."""
    alike: dict[str, list[int]] = {}
    for at, source in enumerate(sources):
        alike.setdefault(repr(source.what), []).append(at)
    groups = list(alike.items())
    orders = itertools.product(*(itertools.permutations(range(len(places))) for _, places in groups))
    for order in itertools.islice(orders, _MOST_ORDERS):
        labels = [""] * len(sources)
        for (what, places), numbers in zip(groups, order, strict=True):
            for place, number in zip(places, numbers, strict=True):
                labels[place] = f"{what} {number}"
        yield tuple(labels)


def _names(sources: Sequence[_Source], outer: set[str], around: Names | None = None, depth: int = 0) -> Names:
    """Columns by the label of their source; those of the query around it as they are there."""
    by_alias = {source.alias: source for source in sources}

    def named(column: exp.Column) -> Term:
        source = by_alias.get(column.table)
        if source is None:
            if around is None:
                raise TooComplex
            return around.column(column)
        never_null = column.name in source.keys and source.alias not in outer
        return ("col", f"{source.label}.{column.name}", source.kinds.get(column.name, ""), never_null)

    def exists(query: exp.Expr, test: Test | None) -> Diagram:
        return _some_row(query, test, names, sources, depth + 1)

    def scalar(query: exp.Expr) -> Term:
        return _one_value(query, sources)

    names = Names(named, exists=exists, scalar=scalar)
    return names


def _one_value(query: exp.Expr, near: Sequence[_Source]) -> Term:
    """The aggregates of a query of its own, which gives one row: each says what rows it is of."""
    form = _query(query, next((one.sheets for one in near), {}), {})
    if form[0] != "whole" or form[3] is not True or form[-1] is not None or len(form[1]) != 1:
        raise TooComplex
    found: Term = form[1][0]
    return found


def _some_row(query: exp.Expr, test: Test | None, around: Names, near: Sequence[_Source], depth: int) -> Diagram:
    """When a nested query has a row: what does not depend on its rows is asked outside it."""
    tree = query.unnest()
    if not isinstance(tree, exp.Select) or any(v for k, v in tree.args.items() if k not in _EXISTING):
        raise TooComplex
    if any(_aggregates_in(one, tree) for one in tree.expressions) or tree.find(exp.Window):
        raise TooComplex
    sources = list(_sources(tree, near[0].sheets if near else {}, {}))
    mark, counts = f"{_WITHIN} {depth} ", Counter[str]()
    for source in sources:
        what = repr(source.what)
        counts[what] += 1
        source.label = f"{mark}{what} {counts[what]}"
    outer = {source.alias for source in sources if source.is_outer}
    on = [one.on for one in sources if one.on is not None and one.alias not in outer]
    names = _names(sources, outer, around, depth)
    found = [condition(part, names)[0] for one in (*_wheres(tree), *on) for part in conjuncts(one)]
    if test is not None:
        found.append(test(term(_bare(tree.expressions[0]), names)))
    here: Diagram = True
    inside: Diagram = True
    for one in found:
        if any(mark in text for text, _ in variables(one)):
            inside = both(inside, one)
        else:
            here = both(here, one)
    if inside is False:
        return False
    relations = _joined(sources, outer, names)
    return both(here, piece((shown(("exists", relations, inside)), "unread"), (1, 0), None))


def _joined(sources: Sequence[_Source], outer: set[str], names: Names) -> Any:
    """The sources every row is of, and those joined from outside with what they are joined on."""
    left = (
        (one.label, condition(one.on, names)[0] if one.on is not None else True)
        for one in sources
        if one.alias in outer
    )
    return tuple(sorted(one.label for one in sources if one.alias not in outer)), tuple(sorted(left, key=repr))


def _wheres(tree: exp.Select) -> Iterator[exp.Expr]:
    if tree.args.get("where") is not None:
        yield tree.args["where"].this


def _block(tree: exp.Select, sources: Sequence[_Source]) -> Any:
    outer = {source.alias for source in sources if source.is_outer}
    where = tree.args.get("where")
    groups = tree.args.get("group")
    having = list(conjuncts(tree.args["having"].this)) if tree.args.get("having") else []
    early = [one for one in having if groups and not _aggregates_in(one, tree)]
    conditions = [*([where.this] if where is not None else []), *early]
    names, rows = _rows(sources, outer, conditions)
    relations = _joined(sources, outer, names)
    late = [one for one in having if one not in early]
    if groups is None and tree.args.get("qualify") and any(_aggregates_in(one, tree) for one in tree.expressions):
        raise TooComplex
    if groups is None and (late or any(_aggregates_in(one, tree) for one in tree.expressions)):
        return _limited(tree, _whole(tree, names, rows, relations, late, sources), names)
    return _limited(tree, _listed(tree, names, rows, relations, late, sources), names)


def _aggregates_in(part: exp.Expr, select: exp.Select) -> bool:
    """Whether a part of a SELECT aggregates its rows, not those of a query within."""
    found = (one for one in part.find_all(exp.AggFunc) if one.find_ancestor(exp.Query) is select)
    return any(not isinstance(one.parent, exp.Window | exp.IgnoreNulls) for one in found)


def _rows(sources: Sequence[_Source], outer: set[str], conditions: Sequence[exp.Expr]) -> tuple[Names, Diagram]:
    """The condition on the joined rows. An outer join whose missing rows it drops is an inner one (`outer` shrinks)."""
    while True:
        names = _names(sources, outer)
        rows: Diagram = True
        for one in (*(one.on for one in sources if one.on is not None and one.alias not in outer), *conditions):
            rows = both(rows, condition(one, names)[0])
        dropped = {source.alias for source in sources if source.alias in outer and _needs(rows, source)}
        if not dropped:
            return names, rows
        outer -= dropped


def _needs(rows: Diagram, source: _Source) -> bool:
    """Whether the condition holds only where some column of the source is not NULL."""
    columns = (("col", f"{source.label}.{name}", kind, False) for name, kind in source.kinds.items())
    return any(implies(rows, negated(null_of(column))) for column in columns)


def _whole(
    tree: exp.Select,
    names: Names,
    rows: Diagram,
    relations: Any,
    having: Sequence[exp.Expr],
    sources: Sequence[_Source],
) -> Any:
    """Aggregates over all rows: one row, so the WHERE belongs to each aggregate."""
    reader = _aggregates(names, rows, _key(sources, names), (_OF_ALL, shown(relations)))
    outputs = tuple(term(_bare(one), reader) for one in tree.expressions)
    kept: Diagram = True
    for one in having:
        kept = both(kept, condition(one, reader)[0])
    return ("whole", outputs, relations, kept, None)


def _listed(
    tree: exp.Select,
    names: Names,
    rows: Diagram,
    relations: Any,
    having: Sequence[exp.Expr],
    sources: Sequence[_Source],
) -> Any:
    reader = replace(_aggregates(names, True, _key(sources, names)), has_windows=tree.args.get("group") is None)
    outputs = tuple(term(_bare(one), reader) for one in tree.expressions)
    kept: Diagram = True
    grouped = tree.args.get("group")
    told = [tree.args["qualify"].this] if tree.args.get("qualify") else []
    if told and (grouped is not None or having):
        raise TooComplex
    for one in (*having, *told):
        kept = both(kept, condition(one, reader)[0])
    groups = None
    if grouped is not None:
        if any(value for key, value in grouped.args.items() if key != "expressions"):
            raise TooComplex
        groups = tuple(sorted({term(one, names) for one in grouped.expressions}, key=repr))
    is_distinct = tree.args.get("distinct") is not None
    if is_distinct and tree.args["distinct"].args.get("on"):
        raise TooComplex
    has_aggregates = any(_aggregates_in(one, tree) for one in tree.expressions)
    if groups is not None and not has_aggregates and kept is True and set(groups) == set(outputs):
        groups, is_distinct = None, True
    if is_distinct and groups is not None and set(groups) <= set(outputs):
        is_distinct = False
    if is_distinct and groups is None and _has_key(sources, outputs, names):
        is_distinct = False
    groups = functions.units_of(groups) if groups is not None else None
    return ("select", outputs, is_distinct, relations, rows, groups, kept, None)


def _aggregates(names: Names, where: Diagram, key: Term | None, of: Any = ()) -> Names:
    plain = Names(names.column, exists=names.exists, scalar=names.scalar)
    call: Callable[[exp.Expr], Term] = lambda tree: call_of(tree, plain, where, of, key)  # noqa: E731
    return Names(names.column, call, exists=names.exists, scalar=names.scalar)


def _key(sources: Sequence[_Source], names: Names) -> Term | None:
    if len(sources) != 1 or len(sources[0].keys) != 1:
        return None
    return names.column(exp.column(sources[0].keys[0], table=sources[0].alias))


def _has_key(sources: Sequence[_Source], outputs: Sequence[Term], names: Names) -> bool:
    """Whether no two rows can be alike: the key of the only source is among the outputs."""
    if len(sources) != 1 or not sources[0].keys:
        return False
    keys = {names.column(exp.column(one, table=sources[0].alias)) for one in sources[0].keys}
    return keys <= set(outputs)


def _limited(tree: exp.Expr, form: Any, names: Names | None) -> Any:
    """Order counts only where rows are cut off."""
    if not any(tree.args.get(key) for key in ("limit", "offset")):
        return form
    cut = tuple(tree.args[key].sql("duckdb") if tree.args.get(key) else "" for key in ("limit", "offset"))
    order = tree.args.get("order")
    if order is None or names is None:
        raise TooComplex
    reader = _aggregates(names, True, None)
    by = tuple(
        (term(one.this, reader), bool(one.args.get("desc")), one.args.get("nulls_first")) for one in order.expressions
    )
    return (*form[:-1], ("cut", cut, by))


def _bare(tree: exp.Expr) -> exp.Expr:
    return tree.this if isinstance(tree, exp.Alias) else tree
