"""The source of an Ossie dataset -> a table or a query here, where the engine's URL names the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedu.define.definitions import Source
from hedu.define.ossie.model import OssieDataset


def source_of(text: str) -> Source:
    """A table by its name, or a query."""
    text = text.strip().rstrip(";")
    words = text.lstrip("( \n\t").split(None, 1)
    if words and words[0].upper() in ("SELECT", "WITH"):
        return Source(select=text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text)
    return Source(table=text)


def within_database(datasets: Iterable[OssieDataset]) -> Mapping[str, str]:
    """Dataset -> its source without the database, for those that name one. Empty unless all name the same."""
    trees = {one.name: tree_of_source(source_of(one.source)) for one in datasets}
    named = {name: _databases(tree) for name, tree in trees.items() if tree is not None}
    every = {database.casefold() for databases in named.values() for database in databases}
    if len(every) != 1:
        return {}
    return {name: _without(trees[name]) for name, databases in named.items() if databases}


def tree_of_source(source: Source) -> exp.Expr | None:
    """The table or query; None where it cannot be read."""
    try:
        if source.select is not None:
            return sqlglot.parse_one(source.select, dialect="duckdb")
        return exp.to_table(source.table or "", dialect="duckdb")
    except (SqlglotError, RecursionError, TypeError):
        return None


def _databases(tree: exp.Expr) -> set[str]:
    return {table.catalog for table in tree.find_all(exp.Table) if table.catalog}


def _without(tree: exp.Expr | None) -> str:
    assert tree is not None
    made = tree.copy()
    for table in made.find_all(exp.Table):
        table.set("catalog", None)
    return made.sql("duckdb")
