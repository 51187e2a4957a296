"""Definition -> sha256 of what it means: equal for definitions that give equal numbers by construction.

Words for people (labels, explanations, synonyms), responsibilities and classification do not count, nor
does the definition's own name: it may be renamed. White space and the case of keywords in SQL do not.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from hedu.define.fields import FieldKind, Keys, Named, One, Shape, Sql
from hedu.define.plain import Definition, plain, shape_of

_WORDS = {"label", "meaning", "synonyms", "words"}
_CARE = {"owner", "person", "raci", "review", "kind", "domain", "process", "departments", "rollups"}
_IDENTITY = {"version", "id", "x", "dataset", "workspace"}
MEANINGLESS = frozenset(_WORDS | _CARE | _IDENTITY)


def meaning_digest(definition: Definition) -> str:
    """64 hexadecimal digits.

    >>> from dataclasses import replace
    >>> from hedu.define.definitions import Label, MetricDef, Simple
    >>> metric = MetricDef("paid", Simple("orders.amount", "status='paid'"))
    >>> named = replace(metric, label=Label("已付"), body=Simple("orders.amount", "status  =  'paid'"))
    >>> meaning_digest(metric) == meaning_digest(named)
    True
    """
    shape = shape_of(definition)
    meaning = {"object": shape.name, **_meaning(shape, plain(shape, definition))}
    if shape.name == "metric":
        del meaning["metric"]
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _meaning(shape: Shape, data: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if key not in MEANINGLESS}
    meanings = {key: _meaning_of(shape.fields[key].kind, value) for key, value in kept.items()}
    return {key: value for key, value in meanings.items() if value or key != "metrics"}


def _meaning_of(kind: FieldKind, value: Any) -> Any:
    if isinstance(kind, Sql):
        return normal_sql(value)
    if isinstance(kind, One):
        return _meaning(kind.shape, value)
    if isinstance(kind, Named):
        items = {name: _meaning(kind.shape, item) for name, item in value.items()}
        return {name: _without_echo(name, item) for name, item in items.items() if item != {"metric": name}}
    return sorted(value) if isinstance(kind, Keys) else value


def _without_echo(name: str, item: dict[str, Any]) -> dict[str, Any]:
    """An expression that only repeats the name says nothing."""
    return {key: value for key, value in item.items() if (key, value) != ("expr", name)}


@lru_cache(maxsize=20_000)
def normal_sql(text: str) -> str:
    """`text` with one spelling of keywords and spaces; as it is where it cannot be parsed."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.parse_one(text).sql(comments=False)
    except (SqlglotError, RecursionError):
        return text.strip()
