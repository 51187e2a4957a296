"""A workspace -> random questions over it: sound ones, and ones spoilt in every part."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import hedu
from hedu.plan.offered import DimensionInfo
from hedu.query import Access, RowFilter

GRAINS = ("day", "week", "month", "quarter", "year")
TIMES = ("2023", "2023-Q2", "2024-02", "2024-02-29", "2024-11-11", "2025")
COMPARISONS = ((), (), (), ("previous",), ("last_year",), ("previous", "last_year"))
SPOILT: tuple[Any, ...] = (
    "", " ", "nobody", "a b", "a.b.c.d.e.f", "';--", "x = 'y'; drop table z", "金额\x00", "a" * 5000, "((", "1/0",
    "select 1", "metric_time", "metric_time.century", "{{ x }}", None, 7, -1, 10**40, 1.5, True, [], [[]], {},
    "2024-13", "9999-12-31", "sum(revenue)", "revenue = revenue = revenue", "not not not true", "region in ()",
    "'", '"', "\\", "🙂", "NULL",
)  # fmt: skip


@dataclass
class Asker:
    """Draws questions; what the workspace offers for a set of metrics is remembered for a while."""

    workspace: hedu.Workspace
    chance: random.Random
    offered: dict[tuple[str, ...], Sequence[DimensionInfo]] = field(default_factory=dict)

    def questions(self, count: int) -> Iterator[dict[str, Any]]:
        names = sorted(self.workspace.model.metrics)
        for _ in range(count):
            yield self._question(names)

    def _question(self, names: Sequence[str]) -> dict[str, Any]:
        metrics = self.chance.sample(names, self.chance.choice((1, 1, 1, 1, 1, 2, 2, 3)))
        offered = self._offered(tuple(metrics[:1]))
        chosen = self.chance.sample(offered, min(len(offered), self.chance.choice((0, 1, 1, 2, 3))))
        by = [self._item(info) for info in chosen]
        asked: dict[str, Any] = {"metrics": metrics, "by": by, "totals": self.chance.random() < 0.2}
        if self.chance.random() < 0.4:
            asked["since"] = self.chance.choice(TIMES)
        if self.chance.random() < 0.2:
            asked["until"] = self.chance.choice(TIMES)
        if self.chance.random() < 0.3 and offered:
            asked["where"] = [self._filter(self.chance.choice(offered)) for _ in range(self.chance.randrange(1, 3))]
        if self.chance.random() < 0.15:
            asked["order"] = [self.chance.choice(("", "-")) + metrics[0]]
            asked["limit"] = self.chance.choice((1, 10, 1000))
        if sum(info.path == "metric_time" for info in chosen) == 1:
            asked["compare"] = self.chance.choice(COMPARISONS)
        if self.chance.random() < 0.1:
            asked["access"] = self._access()
        if self.chance.random() < 0.25:
            self._spoil(asked)
        return asked

    def _offered(self, metrics: tuple[str, ...]) -> Sequence[DimensionInfo]:
        if metrics not in self.offered:
            self.offered[metrics] = self.workspace.dimensions_of(metrics)
        return self.offered[metrics]

    def _item(self, info: DimensionInfo) -> str:
        return f"{info.path}.{self.chance.choice(info.grains or GRAINS)}" if info.grains else info.path

    def _filter(self, info: DimensionInfo) -> str:
        name = info.path
        if info.grains:
            return f"{name} >= '{self.chance.choice(TIMES)}'"
        if info.type in ("number", "integer"):
            return f"{name} {self.chance.choice(('>', '<', '=', '<>'))} {self.chance.randrange(-5, 500)}"
        if info.type == "boolean":
            return self.chance.choice((name, f"not {name}", f"{name} is null"))
        value = self.chance.choice(("华东", "线上", "A", "it''s", "100%", "_"))
        return self.chance.choice(
            (f"{name} = '{value}'", f"{name} <> '{value}'", f"{name} is null", f"{name} like '%{value}%'",
             f"{name} in ('{value}', 'B')", f"not ({name} = '{value}' or {name} is null)")
        )  # fmt: skip

    def _access(self) -> Access:
        dataset = self.chance.choice(sorted(self.workspace.model.datasets))
        texts = [one.name for one in self.workspace.model.datasets[dataset].dimensions.values() if one.type == "text"]
        if not texts or self.chance.random() < 0.3:
            return Access(hidden=frozenset([dataset]))
        return Access(rows=(RowFilter(dataset, f"{self.chance.choice(texts)} = '华东'"),))

    def _spoil(self, asked: dict[str, Any]) -> None:
        """Put something that does not belong there into one or two parts."""
        for _ in range(self.chance.randrange(1, 3)):
            part = self.chance.choice(("metrics", "by", "where", "since", "until", "compare", "order", "limit"))
            bad = self.chance.choice(SPOILT)
            kept = asked.get(part)
            asked[part] = [*kept, bad] if isinstance(kept, list) and self.chance.random() < 0.7 else bad
