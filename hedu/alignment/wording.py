"""Conflict + language -> one plain sentence. Codes and facts are kept, sentences never are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from hedu.alignment.conflict import Conflict
from hedu.alignment.goals.money import said
from hedu.alignment.texts import (
    access,
    aggregation,
    definition,
    duplicate,
    gaming,
    interpretation,
    ownership,
    source,
    target,
    timing,
    trade_off,
    unit,
    version,
)
from hedu.alignment.texts.facets import FACETS
from hedu.define.definitions import Label, Reported
from hedu.model.types import Model
from hedu.model.unit_words import MONEY, in_words, words_of

Lang = Literal["zh", "en"]
SENTENCES: Mapping[str, Mapping[str, Label]] = {
    "definition": definition.SENTENCES,
    "duplicate": duplicate.SENTENCES,
    "access": access.SENTENCES,
    "interpretation": interpretation.SENTENCES,
    "ownership": ownership.SENTENCES,
    "source": source.SENTENCES,
    "target": target.SENTENCES,
    "timing": timing.SENTENCES,
    "unit": unit.SENTENCES,
    "aggregation": aggregation.SENTENCES,
    "trade_off": trade_off.SENTENCES,
    "gaming": gaming.SENTENCES,
    "version": version.SENTENCES,
}
"""Class -> code -> sentence. A new class adds its line."""
CLASSES: Mapping[str, Label] = {
    "definition": Label("同名不同义", "Same name, different meaning"),
    "duplicate": Label("同义不同名", "Same meaning, kept twice"),
    "source": Label("来源不一致", "Sources disagree"),
    "timing": Label("时间口径不一致", "Calendars disagree"),
    "unit": Label("单位不一致", "Units disagree"),
    "aggregation": Label("汇总方式错误", "Wrongly added up"),
    "target": Label("目标矛盾", "Targets contradict"),
    "trade_off": Label("此消彼长", "Trade-off"),
    "ownership": Label("责任缺口", "Ownership gap"),
    "version": Label("版本过期", "Superseded version"),
    "access": Label("权限缺口", "Access gap"),
    "gaming": Label("为考核而做数", "Gamed for the score"),
    "interpretation": Label("理解偏差", "Read wrongly"),
}


SIZES = frozenset({"before", "after", "target"})
"""Facts that are values of the metric, beside those that start with `amount`."""


def sentence(conflict: Conflict, lang: Lang, model: Model, department_labels: Mapping[str, Label] | None = None) -> str:
    """What the conflict says, in `lang`.

    Facts are filled in as they are, with the template's own format (`{share:.0%}`), except by the start of their
    name: `metric…` names metrics, `department…` departments, `dataset…` datasets, `table…` the dataset of a table and
    `facet…` facets, one or a list, written by their labels; `amount…`, and whatever else SIZES names, is a number in
    the unit of the metric; `parts…` is a list of {facet, share}, written as "6.1% 来自退款、2.2% 来自记账日期"; a
    mapping with zh and en is written in the language. Labels of departments are the workspace's unless given.
    """
    template = SENTENCES[conflict.kind][conflict.code].text(lang)
    departments = department_labels or {one.name: one.label for one in model.settings.departments}
    facts = {name: _written(name, fact, lang, model, departments) for name, fact in conflict.facts.items()}
    facts |= _sized(conflict.facts, lang, model) | _counted(conflict.facts, lang)
    if "{metric_a}" in template and "{metric_b}" in template:
        facts |= _told_apart(conflict.facts, facts, lang, model)
    if "name" in facts and lang == "en":
        facts["name"] = _name_in_english(str(facts["name"]), facts)
    told = [part.text(lang).format(**facts) for rows, part in source.BRIDGED.items() if facts.get(rows)]
    return template.format(**facts | {"bridged": ("；" if lang == "zh" else "; ").join(told)})


def _sized(meant: Mapping[str, Any], lang: Lang, model: Model) -> dict[str, str]:
    """Numbers of a metric, in its unit."""
    metric = model.metrics.get(str(meant.get("metric_a") or meant.get("metric") or ""))
    sizes = {
        name: fact
        for name, fact in meant.items()
        if (name.startswith("amount") or name in SIZES) and isinstance(fact, int | float)
    }
    return {
        name: _amount(said(fact, metric.unit if metric else None)[lang], lang, model) for name, fact in sizes.items()
    }


def _counted(meant: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """The word of a grain behind a number: 36 个月, 36 months."""
    grain = meant.get("grain")
    if not isinstance(grain, Mapping):
        return {}
    named = str(grain.get(lang, ""))
    return {"counted": f"{named}s" if lang == "en" else {"月": "个月", "季": "个季度"}.get(named, named)}


def _name_in_english(name: str, facts: Mapping[str, Any]) -> str:
    """What two metrics are both called: by a label where nobody said it in English, without what tells one apart."""
    called = name if name.isascii() else str(facts.get("metric_a", name))
    return called.partition(" (")[0] if facts.get("metric_a") != facts.get("metric_b") else called


def _told_apart(meant: Mapping[str, Any], facts: Mapping[str, Any], lang: Lang, model: Model) -> dict[str, str]:
    """Two metrics of one department under one label: the one that is handed in says so, else each adds its name."""
    sides = ("metric_a", "metric_b")
    shown = {(facts.get(side), facts.get(f"department{side[-2:]}")) for side in sides}
    names = [str(meant.get(side, "")) for side in sides]
    if len(shown) == 2 or names[0] == names[1]:
        return {}
    handed = [name in model.metrics and isinstance(model.metrics[name].body, Reported) for name in names]
    mark = "填报" if lang == "zh" else "reported"
    marks = [mark if one else "" for one in handed] if handed[0] != handed[1] else names
    form = "{}（{}）" if lang == "zh" else "{} ({})"
    return {side: form.format(facts[side], mark) for side, mark in zip(sides, marks, strict=True) if mark}


def metric_label(name: str, lang: Lang, model: Model) -> str:
    """The label of a metric; its name where it is unknown or has none."""
    metric = model.metrics.get(name)
    return metric.label.text(lang, name) if metric else name


def facet_label(name: str, lang: Lang) -> str:
    """The name of a facet in `lang`."""
    return FACETS.get(name, Label()).text(lang, name)


def _written(name: str, fact: Any, lang: Lang, model: Model, departments: Mapping[str, Label]) -> Any:
    if name.startswith("parts"):
        return _listed([_part(one, lang) for one in fact], lang)
    if isinstance(fact, Mapping):
        return _amount(Label(fact.get("zh", ""), fact.get("en", "")).text(lang), lang, model)
    if isinstance(fact, list | tuple):
        return _listed([str(_written(name, one, lang, model, departments)) for one in fact], lang)
    if not isinstance(fact, str):
        return fact
    if name.startswith("metric"):
        return metric_label(fact, lang, model)
    if name.startswith(("dataset", "table")):
        return _dataset_label(fact, lang, model)
    if name.startswith("department"):
        return departments.get(fact, Label()).text(lang, fact)
    return facet_label(fact, lang) if name.startswith("facet") else fact


def _dataset_label(name: str, lang: Lang, model: Model) -> str:
    """The label of a dataset, or of the only one that reads a table; the name as it is where none is known."""
    found = [one for one in model.datasets.values() if name in (one.name, one.source.table)]
    return found[0].label.text(lang, name) if len(found) == 1 else name


def _amount(text: str, lang: Lang, model: Model) -> str:
    """A number that stands before its unit, with the unit as the workspace says it in English. What was kept with
    the code of its currency before the number (CNY 4.2M) is said by its sign."""
    number, _, unit = text.partition(" ")
    if number in MONEY and unit[:1].isdigit():
        return f"{MONEY[number][0]}{unit}" if lang == "en" else text
    if lang == "zh" or unit.isascii() or not number.lstrip("-")[:1].isdigit():
        return text
    return f"{number} {in_words(unit, lang, words_of(model.settings))}"


def _part(part: Mapping[str, Any], lang: Lang) -> str:
    share, facet = part["share"], facet_label(part["facet"], lang)
    return f"{share:.1%} 来自{facet}" if lang == "zh" else f"{share:.1%} from {facet}"


def _listed(words: list[str], lang: Lang) -> str:
    if lang == "zh" or len(words) < 2:
        return "、".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
