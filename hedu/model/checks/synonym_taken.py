"""Synonyms -> those that already name something else."""

from __future__ import annotations

from collections.abc import Iterator

from hedu.errors import Problem
from hedu.model.types import Model


def synonym_taken(model: Model) -> Iterator[Problem]:
    """A synonym that is another metric's label or synonym leads searchers to either; let it lead to one."""
    owners: dict[str, str] = {}
    for metric in model.metrics.values():
        for text in (metric.name, metric.label.zh, metric.label.en):
            if text:
                owners.setdefault(text.casefold(), metric.name)
    for metric in model.metrics.values():
        for synonym in metric.definition.synonyms:
            other = owners.setdefault(synonym.casefold(), metric.name)
            if other != metric.name:
                facts = {"name": metric.name, "synonym": synonym, "other": other}
                yield Problem("synonym-taken", metric.definition.marks.get("synonyms", metric.at), facts)
