"""Selects that several parts of a statement read -> common table expressions at its top, each once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp


def with_shared(tree: exp.Select, shared: Mapping[str, exp.Select]) -> exp.Select:
    """`tree` with those of `shared` that it reads, before its own; one may read those that stand before it."""
    if not shared:
        return tree
    read = {table.name for table in tree.find_all(exp.Table)}
    ctes: list[exp.CTE] = []
    for name, select in reversed(list(shared.items())):
        if name in read:
            read |= {table.name for table in select.find_all(exp.Table)}
            alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
            ctes.insert(0, exp.CTE(this=select.copy(), alias=alias))
    if not ctes:
        return tree
    own = tree.args.get("with_")
    tree.set("with_", exp.With(expressions=[*ctes, *(own.expressions if own is not None else [])]))
    return tree
