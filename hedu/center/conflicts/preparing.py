"""Two definitions + a decision -> the texts that carry it out, ready to be proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hedu.define.definitions import Derived, Label, MetricDef
from hedu.define.write import write


def texts_for(decision: str, metrics: tuple[MetricDef, ...], names: Mapping[str, str]) -> dict[str, str]:
    """Metric -> its new text, for those the decision changes.

    adopt_a, adopt_b: every other metric becomes another name of the adopted one: one rule, computed once.
    rename_both: `names` are the new labels ("中文 / English"). scope_by_purpose: `names` are purposes, written into
    label and meaning.
    """
    match decision:
        case "adopt_a":
            return {other.name: write(_alias(other, metrics[0])) for other in metrics[1:]}
        case "adopt_b":
            return {other.name: write(_alias(other, metrics[1])) for other in metrics if other is not metrics[1]}
        case "rename_both":
            return {one.name: write(_renamed(one, metrics, names[one.name])) for one in metrics if one.name in names}
        case "scope_by_purpose":
            return {one.name: write(_scoped(one, metrics, names[one.name])) for one in metrics if one.name in names}
        case _:
            return {}


def _alias(other: MetricDef, adopted: MetricDef) -> MetricDef:
    """Keeps its name, label and owner; its numbers are those of the adopted one."""
    facets = {"facets": adopted.x["facets"]} if "facets" in adopted.x else {}
    kept = {key: value for key, value in other.x.items() if key != "facets"}
    return replace(other, body=Derived(adopted.name), unit=adopted.unit, x={**kept, **facets})


def _renamed(one: MetricDef, metrics: tuple[MetricDef, ...], name: str) -> MetricDef:
    zh, _, en = (part.strip() for part in name.partition("/"))
    return replace(one, label=Label(zh, en or zh), synonyms=_own_synonyms(one, metrics))


def _scoped(one: MetricDef, metrics: tuple[MetricDef, ...], purpose: str) -> MetricDef:
    zh, _, en = (part.strip() for part in purpose.partition("/"))
    en = en or zh
    names = one.label.text("zh", one.name), one.label.text("en", one.name)
    label = Label(_ending(names[0], f"（{zh}）"), _ending(names[1], f" ({en})"))
    meaning = Label(_joined(one.meaning.zh, f"用途：{zh}。"), _joined(one.meaning.en, f"For: {en}."))
    return replace(one, label=label, meaning=meaning, synonyms=_own_synonyms(one, metrics))


def _ending(text: str, end: str) -> str:
    """What is said already is not said twice."""
    return text if text.endswith(end) else text + end


def _joined(text: str, more: str) -> str:
    return _ending(text.rstrip(), f" {more}") if text and text.strip() != more else more


def _own_synonyms(one: MetricDef, metrics: tuple[MetricDef, ...]) -> tuple[str, ...]:
    """A name that stands for two of them stands for neither any more."""
    theirs = {
        name.casefold()
        for other in metrics
        if other is not one
        for name in (*other.synonyms, other.label.zh, other.label.en, other.name)
    }
    return tuple(name for name in one.synonyms if name.casefold() not in theirs)
