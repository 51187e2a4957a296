"""Names asked of a fact -> relations joined to it, at most one match a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from hedu.define.definitions import Simple, Source
from hedu.errors import Denied, PlanError, suggest
from hedu.model.paths import Target
from hedu.model.types import Dataset, Dimension, Model
from hedu.model.types import Join as Edge
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.frames import Offset
from hedu.plan.keys import Key, key_of
from hedu.plan.offered import paths_from, time_of
from hedu.plan.rates import rated_joins
from hedu.plan.relation import from_source
from hedu.plan.scalars import column, in_time_zone, is_strict, key_value, qualify
from hedu.plan.visible import is_hidden, masked, visible
from hedu.plan.zones import at_home
from hedu.query import Question

_DEEPEST = 4


@dataclass
class Relations:
    """The relations a SELECT joins, each once; grows while names are bound.

    `time` is the fact's own time; its rows count later than they happened by all of `back`.
    """

    asking: Asking
    fact: Dataset
    alias: str
    time: str | None = None
    back: tuple[Offset, ...] = ()
    joined: dict[tuple[tuple[str, str], ...], tuple[str, Edge, bool]] = field(default_factory=dict)
    lookups: dict[tuple[str, str, str], tuple[nodes.Lookup, exp.Expr]] = field(default_factory=dict)
    rates: dict[str, tuple[Dataset, exp.Expr, exp.Expr]] = field(default_factory=dict)

    def alias_of(self, edges: tuple[Edge, ...]) -> str:
        """The alias at the end of `edges`, joining what is not joined yet."""
        alias, is_inner = self.alias, True
        if self.time is not None and any(edge.valid is not None for edge in edges):
            self.alias_of(self.fact.dimensions[self.time].through)
        for at, edge in enumerate(edges):
            mark = tuple((step.role, step.right) for step in edges[: at + 1])
            is_inner = is_inner and self.asking.has_integrity(edge) and not self.meets_again(edges[: at + 1])
            if mark not in self.joined:
                name = "__".join(step.role for step in edges[: at + 1])
                self.joined[mark] = (self._free(name, edge), edge, is_inner)
            alias = self.joined[mark][0]
        return alias

    @property
    def scanned(self) -> Dataset:
        """What is read for the rows of the fact."""
        return self.fact

    def beside(self, alias: str) -> Relations:
        """The same rows once more, under an alias of their own."""
        return Relations(self.asking, self.fact, alias, time=self.time, back=self.back)

    def own(self, name: str) -> exp.Expr:
        """The fact's own dimension or entity of this name, qualified."""
        tree = self.fact.dimensions[name].expr if name in self.fact.dimensions else self.fact.entities[name].key[0]
        return qualify(tree, self.alias)

    def is_cut(self, key: Key) -> bool:
        """Whether the rows hold a time already cut to the grain that is asked."""
        return False

    def source_of(self, key: Key) -> exp.Expr:
        """What a key cuts to its grain or takes its part of."""
        return self.column_of(key.target)

    def _free(self, name: str, edge: Edge) -> str:
        """An alias that no other relation bears, whatever its case."""
        taken = self._taken()
        while name.lower() in taken:
            name = f"{name}__{edge.right}"
        return name

    def _taken(self) -> set[str]:
        looked = (one.alias.lower() for one, _ in self.lookups.values())
        return {self.alias.lower(), *(item[0].lower() for item in self.joined.values()), *looked, *self.rates}

    def rated(self, rates: Dataset, held: exp.Expr, day: exp.Expr) -> str:
        """The alias of the rates of a currency on a day, joined once."""
        for alias, known in self.rates.items():
            if known == (rates, held, day):
                return alias
        alias, taken = f"rate_{len(self.rates) + 1}", self._taken()
        while alias in taken:
            alias = f"{alias}_"
        self.rates[alias] = (rates, held, day)
        return alias

    @property
    def moment(self) -> exp.Expr:
        """When a row of the fact happened, by the clock asked; it may be known of what the row belongs to."""
        return in_time_zone(*self._when, self.asking.model.settings)

    @property
    def own_moment(self) -> exp.Expr:
        """The same by the workspace's own clock."""
        return at_home(*self._when, self.asking.model)

    @property
    def _when(self) -> tuple[exp.Expr, Dimension]:
        assert self.time is not None
        dimension = self.fact.dimensions[self.time]
        return qualify(dimension.expr, self.alias_of(dimension.through)), dimension

    def _at(self, edge: Edge, alias: str) -> exp.Expr:
        """That a row of `alias` holds at the time of the fact. Errors: PlanError validity-needs-time."""
        if self.time is None or edge.valid is None:
            raise PlanError("validity-needs-time", dataset=edge.right, fact=self.fact.name)
        moment = self.own_moment
        start, end = (qualify(tree, alias) for tree in edge.valid)
        ended = exp.or_(exp.Is(this=end, expression=exp.null()), exp.LT(this=moment.copy(), expression=end.copy()))
        return exp.and_(exp.GTE(this=moment, expression=start), exp.paren(ended))

    @property
    def fans(self) -> list[tuple[str, Edge]]:
        """The ways into bridges, each with its alias: a row of the fact may now stand several times."""
        return [(alias, edge) for alias, edge, _ in self.joined.values() if edge.fans]

    def column_of(self, target: Target) -> exp.Expr:
        """The expression behind a target, qualified."""
        alias = self.alias_of(target.joins)
        if target.dimension is not None and target.dimension.metric is not None:
            return looked_up(self, alias, target.dimension)
        if target.dimension is not None:
            value = qualify(target.dimension.expr, alias)
            return value if not target.joins or is_strict(value) else self._if_found(value, target, alias)
        assert target.entity is not None
        return qualify(target.entity.key[0], alias)

    def _if_found(self, value: exp.Expr, target: Target, alias: str) -> exp.Expr:
        """What is worked out of a joined row is NULL where none was found, whatever it makes of NULL."""
        ways = (target.joins[: at + 1] for at in range(len(target.joins)))
        if all(map(self.asking.has_integrity, target.joins)) and not any(map(self.meets_again, ways)):
            return value
        known = exp.not_(exp.Is(this=qualify(target.joins[-1].right_key[0], alias), expression=exp.null()))
        return exp.Case().when(known, value)

    def meets_again(self, edges: Sequence[Edge]) -> bool:
        """Whether a way ends in a dataset it went through: a branch's own parent, of which no row's rights tell."""
        met = {self.fact.name, *(edge.right for edge in edges[:-1])}
        return bool(self.asking.access.rows) and not edges[-1].fans and edges[-1].right in met

    def _seen(self, mark: tuple[tuple[str, str], ...], edge: Edge, alias: str) -> Dataset:
        """What is joined: of a dataset met again only the rows that may be seen."""
        far = self.asking.model.datasets[edge.right]
        edges = [self.joined[mark[: at + 1]][1] for at in range(len(mark))]
        condition = visible(self.asking, far, alias, edge) if self.meets_again(edges) else None
        if condition is None:
            return far
        seen = exp.select("*").from_(from_source(far, alias)).where(condition)
        return replace(far, source=Source(select=seen.sql(dialect="duckdb")))

    def tree(self) -> nodes.Scan | nodes.Join:
        """The fact with everything joined to it, one match a row at most."""
        source: nodes.Scan | nodes.Join = nodes.Scan(self.fact, self.alias)
        for mark, (alias, edge, is_inner) in self.joined.items():
            left = self.alias if len(mark) == 1 else self.joined[mark[:-1]][0]
            on = exp.and_(
                *(
                    exp.EQ(this=qualify(a, left), expression=qualify(b, alias))
                    for a, b in zip(edge.left_key, edge.right_key, strict=True)
                )
            )
            if edge.valid is not None:
                on = exp.and_(on, self._at(edge, alias))
            scan = nodes.Scan(self._seen(mark, edge, alias), alias)
            source = nodes.Join(source, scan, on, is_inner)
        for lookup, same in self.lookups.values():
            source = nodes.Join(source, lookup, same, False)
        for rates, alias, same in rated_joins(self.rates):
            source = nodes.Join(source, nodes.Scan(rates, alias), same, False)
        return source


def looked_up(relations: Relations, alias: str, dimension: Dimension) -> exp.Expr:
    """A metric's value for the entity of relation `alias`, over all time and all rows that may be seen.

    Errors: PlanError metric-of-itself; those of a question for this metric by the entity.
    """
    asking = relations.asking
    assert dimension.metric is not None and asking.answer is not None
    metric, role = dimension.metric
    if metric in asking.looking or len(asking.looking) > _DEEPEST:
        raise PlanError("metric-of-itself", metric=metric, circle=" -> ".join([*asking.looking, metric]))
    entity = asking.model.datasets[dimension.dataset].entities[role]
    path = path_to(asking.model, metric, entity.entity)
    _check_key(asking, metric, path)
    mark = (alias, metric, path)
    if mark not in relations.lookups:
        question = Question((metric,), (path,), access=asking.access, currency=asking.question.currency)
        inner = replace(asking, question=question, conditions=(), looking=(*asking.looking, metric))
        name = f"{alias}__{metric}"
        while name.lower() in relations._taken():
            name = f"{name}_"
        same = exp.EQ(this=qualify(entity.key[0], alias), expression=column(path, name))
        relations.lookups[mark] = (nodes.Lookup(asking.answer(inner, (metric,)), name), same)
    value = column(metric, relations.lookups[mark][0].alias)
    body = asking.model.metrics[metric].body
    if isinstance(body, Simple):
        dataset, _, measure = body.measure.rpartition(".")
        if asking.model.datasets[dataset].measures[measure].counts:
            known = exp.not_(exp.Is(this=qualify(entity.key[0], alias), expression=exp.null()))
            return exp.Case().when(known, exp.Coalesce(this=value, expressions=[exp.Literal.number(0)]))
    return value


def _check_key(asking: Asking, metric: str, path: str) -> None:
    """Refuse values by a masked key: there is one for all. Errors: Denied access-filter-masked."""
    fact, measure = asking.model.leaves(metric)[0]
    key = key_of(asking.model, asking.model.datasets[fact], path, time_of(asking.model, fact, measure), metric)
    if is_hidden(asking, key.target):
        raise Denied("access-filter-masked", name=path)


def path_to(model: Model, metric: str, entity: str) -> str:
    """The path by which a metric's fact refers to an entity. PlanError metric-entity-unclear, metric-unknown."""
    if metric not in model.metrics:
        raise PlanError("metric-unknown", name=metric, near=suggest(metric, model.metrics))
    fact = model.datasets[model.leaves(metric)[0][0]]
    own = [one.role for one in fact.entities.values() if one.entity == entity]
    known = own or [
        target.path
        for target in paths_from(model, fact).values()
        if target.entity is not None and target.entity.entity == entity and not any(join.fans for join in target.joins)
    ]
    if len(known) != 1:
        raise PlanError("metric-entity-unclear", metric=metric, entity=entity, known=known)
    return known[0]


def key_expression(relations: Relations, key: Key, as_it_was: bool = False) -> exp.Expr:
    """The grouping expression of a key; a masked column shows one value for all.

    Rows that count later than they happened stand under their later time, unless `as_it_was`.
    """
    asking, target = relations.asking, key.target
    for name in (*(join.right for join in target.joins), target.dataset):
        if name in asking.access.hidden:
            raise Denied("access-dataset-hidden", dataset=name)
    if is_hidden(asking, target):
        return masked(target.dimension) if target.dimension else exp.Literal.string("***")
    back = relations.back if is_own_time(relations.fact, relations.time, key) and not as_it_was else ()
    source = relations.source_of(key)
    return source if relations.is_cut(key) and not back else key_value(key, source, asking.model.settings, back)


def is_own_time(fact: Dataset, time: str | None, key: Key) -> bool:
    """Whether a key is the time that the fact's rows are counted by, under any name."""
    if time is None or key.target.dimension is None:
        return False
    own, one = fact.dimensions[time], key.target.dimension
    is_same = one is own or (bool(own.through) and (one.dataset, one.name) == (own.dataset, own.name))
    return is_same and key.target.joins == own.through
