"""SQL tree as DuckDB reads it -> the same question as another engine reads it: one small table of passes a dialect.

sqlglot writes most of a dialect by itself; what it cannot know (types, exactness, order of texts) stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from hedu.sql.dialects.clickhouse import CLICKHOUSE
from hedu.sql.dialects.postgres import POSTGRES
from hedu.sql.dialects.spark import SPARK
from hedu.sql.dialects.times import days_between, days_in, told
from hedu.sql.dialects.trino import TRINO

Pass = Callable[[exp.Expr], exp.Expr]
DIALECTS: Mapping[str, tuple[Pass, ...]] = {
    "postgres": POSTGRES,
    "clickhouse": CLICKHOUSE,
    "spark": SPARK,
    "trino": TRINO,
}
_INTERVALS = ("clickhouse", "spark", "trino")
"""Dialects where a day less a day is not a number."""


def fitted(tree: exp.Expr, dialect: str, root: object = None) -> exp.Expr:
    """`tree` fit for a dialect: each of its passes in turn, over a copy. `root` is the plan that it came from."""
    passes = DIALECTS.get(dialect, ())
    fit = tree.copy() if passes else tree
    if dialect in _INTERVALS:
        fit = told(days_between(fit, days_in(root)), root)
    for one in passes:
        fit = one(fit)
    return fit
