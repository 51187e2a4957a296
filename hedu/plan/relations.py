"""Names asked of a fact -> relations joined to it, at most one match a row."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from hedu.errors import Denied
from hedu.model.paths import Target
from hedu.model.types import Dataset
from hedu.model.types import Join as Edge
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.frames import Offset
from hedu.plan.keys import Key
from hedu.plan.scalars import key_value, qualify
from hedu.plan.visible import is_hidden, masked


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

    def alias_of(self, edges: tuple[Edge, ...]) -> str:
        """The alias at the end of `edges`, joining what is not joined yet."""
        alias, is_inner = self.alias, True
        for at, edge in enumerate(edges):
            mark = tuple((step.role, step.right) for step in edges[: at + 1])
            is_inner = is_inner and self.asking.has_integrity(edge)
            if mark not in self.joined:
                name = "__".join(step.role for step in edges[: at + 1])
                self.joined[mark] = (self._free(name, edge), edge, is_inner)
            alias = self.joined[mark][0]
        return alias

    def _free(self, name: str, edge: Edge) -> str:
        """An alias that no other relation bears, whatever its case."""
        taken = {self.alias.lower(), *(item[0].lower() for item in self.joined.values())}
        while name.lower() in taken:
            name = f"{name}__{edge.right}"
        return name

    @property
    def fans(self) -> list[tuple[str, Edge]]:
        """The ways into bridges, each with its alias: a row of the fact may now stand several times."""
        return [(alias, edge) for alias, edge, _ in self.joined.values() if edge.fans]

    def column_of(self, target: Target) -> exp.Expr:
        """The expression behind a target, qualified."""
        alias = self.alias_of(target.joins)
        if target.dimension is not None:
            return qualify(target.dimension.expr, alias)
        assert target.entity is not None
        return qualify(target.entity.key[0], alias)

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
            scan = nodes.Scan(self.asking.model.datasets[edge.right], alias)
            source = nodes.Join(source, scan, on, is_inner)
        return source


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
    return key_value(key, relations.column_of(target), asking.model.settings, back)


def is_own_time(fact: Dataset, time: str | None, key: Key) -> bool:
    """Whether a key is the time that the fact's rows are counted by, under any name."""
    return time is not None and not key.target.joins and key.target.dimension is fact.dimensions[time]
