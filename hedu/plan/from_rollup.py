"""A rollup's table in place of a fact and all that would be joined to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from hedu.define.definitions import Grain
from hedu.model.paths import Target
from hedu.model.types import Dataset
from hedu.plan import nodes
from hedu.plan.frames import NESTS
from hedu.plan.keys import Key
from hedu.plan.relations import Relations, is_own_time
from hedu.plan.rolled import Column, Mark, Rolled, dataset_of, mark_of
from hedu.plan.scalars import column

_PART_OF: dict[str, Grain] = {"dow": "day", "doy": "day", "dayofyear": "day"}


class NotKeptError(Exception):
    """What a pass needs of a rollup is not in it."""


@dataclass
class FromRollup(Relations):
    """The rollup's table in place of a fact and all that would be joined to it."""

    rolled: Rolled | None = None

    @property
    def scanned(self) -> Dataset:
        return dataset_of(self.read)

    @property
    def read(self) -> Rolled:
        """The rollup that is read."""
        assert self.rolled is not None
        return self.rolled

    @property
    def kept_columns(self) -> Mapping[Mark, Column]:
        return self.read.columns

    def beside(self, alias: str) -> FromRollup:
        return replace(self, alias=alias, joined={}, lookups={})

    def kept(self, target: Target) -> Column:
        """The column that keeps a target at some grain."""
        found = self.read.columns.get(mark_of(target))
        ways = (target.joins[: at + 1] for at in range(len(target.joins)))
        if found is None or any(map(self.meets_again, ways)):
            raise NotKeptError
        return found

    def own(self, name: str) -> exp.Expr:
        dimension = self.fact.dimensions.get(name)
        return self.column_of(Target((), dimension, None if dimension else self.fact.entities[name]))

    def column_of(self, target: Target) -> exp.Expr:
        found = self.kept(target)
        if not found.is_exact:
            raise NotKeptError
        return column(found.name, self.alias)

    def source_of(self, key: Key) -> exp.Expr:
        """The column that the asked grain or part of a key follows from."""
        found = self.kept(key.target)
        if found.grain is None or _follows(key, found.grain):
            moved = self.back if is_own_time(self.fact, self.time, key) else ()
            if found.grain is None or all(unit in NESTS.get(found.grain, ()) for _, unit in moved):
                return column(found.name, self.alias)
        return self.column_of(key.target)

    def is_cut(self, key: Key) -> bool:
        kept, dimension = self.kept(key.target).grain, key.target.dimension
        return kept is not None and key.asked.grain == kept and dimension is not None and dimension.time_zone is None

    def tree(self) -> nodes.Scan | nodes.Join:
        return nodes.Scan(self.scanned, self.alias)


def _follows(key: Key, kept: Grain) -> bool:
    """Whether what is asked of a time follows from the time cut to `kept`."""
    nests = NESTS.get(kept, ())
    if key.asked.custom is not None:
        return "day" in nests
    if key.asked.part is not None:
        return _PART_OF.get(key.asked.part, key.asked.part) in nests
    return key.asked.grain is not None and key.asked.grain in nests
