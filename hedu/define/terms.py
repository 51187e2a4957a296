"""What definitions are worded in: labels, types, grains and other closed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hedu.errors import Where

Marks = Mapping[str, Where]
Aggregation = Literal[
    "sum",
    "count",
    "count_distinct",
    "approx_count_distinct",
    "min",
    "max",
    "average",
    "median",
    "percentile",
    "sum_boolean",
    "sum_distinct",
    "stddev",
    "stddev_pop",
    "variance",
    "variance_pop",
]
DimensionType = Literal["text", "number", "boolean", "date", "timestamp", "any"]
Grain = Literal["microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"]
PeriodAgg = Literal["first", "last", "average"]
Kind = Literal["financial", "customer", "operational"]
Direction = Literal["up", "down", "band", "none"]
Review = Literal["monthly", "quarterly", "half-yearly", "yearly"]


@dataclass(frozen=True, slots=True)
class Label:
    """A name or sentence in both languages; either may be missing."""

    zh: str = ""
    en: str = ""

    def text(self, lang: Literal["zh", "en"], default: str = "") -> str:
        """The wording in `lang`, else in the other language, else `default`."""
        return (self.zh or self.en if lang == "zh" else self.en or self.zh) or default
