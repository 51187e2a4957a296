"""A dataset's source -> the relation a SELECT reads from."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from hedu.errors import DefinitionError
from hedu.model.types import Dataset

FILES = ("memory", "files")
_BY_TEXT = frozenset({"query", "query_table", "getenv", "getvariable"})
_INSIDE = ("duckdb_", "pragma_")


def from_source(dataset: Dataset, alias: str) -> exp.Expr:
    """The relation of `dataset` under `alias`.

    A file is read as the view `memory.files."dataset"`, which the workspace registers with the engine.
    Errors: DefinitionError source-not-a-select, source-looks-elsewhere.
    """
    source = dataset.source
    name = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    if source.select is not None:
        return exp.Subquery(this=query_of(source.select, dataset.name).copy(), alias=name)
    if source.file is not None:
        parts = [*FILES, dataset.name]
    else:
        parts = _table_parts(source.table or dataset.name)
    names = [exp.to_identifier(part, quoted=True) for part in parts]
    keys = ("this", "db", "catalog")
    return exp.Table(**dict(zip(keys, reversed(names), strict=False)), alias=name)


@lru_cache(maxsize=10_000)
def _table_parts(table: str) -> list[str]:
    """`catalog.schema.table`, where quotes may hold dots."""
    parts, part, is_quoted = [], "", False
    for char in table:
        if char == '"':
            is_quoted = not is_quoted
        elif char == "." and not is_quoted:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    return [*parts, part.strip()]


@lru_cache(maxsize=10_000)
def query_of(text: str, dataset: str) -> exp.Query:
    try:
        trees = parse(text, dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise DefinitionError("source-not-a-select", dataset=dataset, detail=str(error).splitlines()[0][:120]) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query) or _writes(trees[0]):
        raise DefinitionError("source-not-a-select", dataset=dataset, detail="")
    if elsewhere := _elsewhere(trees[0]):
        raise DefinitionError("source-looks-elsewhere", dataset=dataset, name=elsewhere)
    return trees[0]


@lru_cache(maxsize=1_000)
def settable_columns(text: str, dataset: str) -> frozenset[str]:
    """The columns of a SELECT that are worked out of a parameter, at whatever depth, lower-cased."""
    values = [value for select in query_of(text, dataset).find_all(exp.Select) for value in select.expressions]
    found: frozenset[str] = frozenset()
    while True:
        reading = (
            value.alias_or_name.lower()
            for value in values
            if any(_is_parameter(one) for one in value.find_all(exp.Anonymous))
            or any(one.name.lower() in found for one in value.find_all(exp.Column))
        )
        more = found.union(reading)
        if more == found:
            return found
        found = more


def _is_parameter(call: exp.Anonymous) -> bool:
    return str(call.this).lower() == "parameter"


def _elsewhere(tree: exp.Query) -> str | None:
    """What reads a table by a text, past every policy, or the inside of the engine; None where nothing does."""
    names = (one.name.lower() for one in tree.find_all(exp.Anonymous, exp.Table))
    return next((name for name in names if name in _BY_TEXT or name.startswith(_INSIDE)), None)


def _writes(tree: exp.Query) -> bool:
    return tree.find(exp.DDL, exp.DML, exp.Command) is not None and not isinstance(tree, exp.DDL)
