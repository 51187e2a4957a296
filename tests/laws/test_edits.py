"""After any edits, what is loaded with all that is remembered is what is loaded anew: model, problems, findings."""

from __future__ import annotations

import os
import random
import re

import pytest

from hedu.define import read as reading
from hedu.model.checks import advice, faults
from hedu.model.compiled import Opened, resolved
from tests.laws.plain import definitions, random_world

EXAMPLES = int(os.environ.get("HEDU_LAW_EXAMPLES", "500")) // 20
MORE = """\
version: 1
metric: twice
derived: {formula: one + other * 2, metrics: {one: m0_0, other: {metric: m0_1, where: "num0 = 1"}}}
---
version: 1
metric: half
unit: CNY
derived: {formula: twice / 2 - whole}
---
version: 1
metric: whole
unit: 件
ratio: {numerator: m0_0, denominator: m0_2}
---
version: 1
metric: rate
ratio: {numerator: m0_1, denominator: {metric: m0_0, where: "text0 = 'a'"}}
---
version: 1
workspace: all
departments: {finance: {}, sales: {parent: finance}}
---
version: 1
metric: kept
owner: finanse
simple: {measure: t0.m0_2, where: parameter(least) > 1}
"""
_WORD = re.compile(r"\b[a-z]+\d(?:_\d)?\b|\b(?:sum|min|max|count|number|text|CNY|件|whole|half|twice|finance|sales)\b")


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_after_edits_as_if_loaded_anew(seed: int) -> None:
    dice = random.Random(seed)
    parts = [*definitions(random_world(seed)).split("---\n"), *MORE.split("---\n")]
    texts = {f"{at}.yml": part for at, part in enumerate(parts)}
    kept = dict(texts)
    for _ in range(8):
        texts = edited(dice, texts, kept)
        after = told(resolved(texts))
        reading._read_file.cache_clear()
        assert told(resolved(texts)) == after, texts


def test_an_edit_leaves_all_else_as_it_is() -> None:
    texts = {f"{at}.yml": part for at, part in enumerate(definitions(random_world(3)).split("---\n"))}
    first = resolved(texts).model
    second = resolved({**texts, "more.yml": "version: 1\nmetric: more\nderived: {formula: m0_0 * 2}\n"}).model
    assert second.metrics["more"].definition
    assert all(second.metrics[name] is one for name, one in first.metrics.items())


def told(opened: Opened) -> tuple[object, ...]:
    """All that a load says; mappings with the order of their names."""
    model = opened.model
    orders = [list(one) for one in (model.datasets, model.metrics, model.uses)]
    trees = [one.expr for dataset in model.datasets.values() for one in dataset.measures.values()]
    found = (trees, opened.problems, faults(model), advice(model))
    return (*found, orders, model.datasets, model.metrics, model.settings, dict(model.uses), opened.definitions)


def edited(dice: random.Random, texts: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    """One file changed in one word, left out, doubled, or as it was at first."""
    name = dice.choice(list(kept))
    text = texts.get(name, kept[name])
    match dice.randrange(5):
        case 0:
            return {one: content for one, content in texts.items() if one != name}
        case 1:
            return {**texts, name: kept[name]}
        case 2:
            return {**texts, "twice.yml": text}
    words = [word for content in kept.values() for word in _WORD.findall(content)]
    places = list(_WORD.finditer(text))
    if not places:
        return texts
    place = dice.choice(places)
    return {**texts, name: text[: place.start()] + dice.choice(words) + text[place.end() :]}
