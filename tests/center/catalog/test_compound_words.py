"""Every kind of metric reads as a sentence in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from hedu.center.catalog.rules import type_of
from hedu.center.catalog.wording import Vocabulary, formula, sentence
from hedu.define.definitions import Body
from hedu.define.folder import folder
from hedu.define.read import read

SHOP = Path(__file__).resolve().parents[2] / "cases" / "worlds" / "shop"
DEFINITIONS, _ = read(folder(SHOP))
WORDS = Vocabulary.of(DEFINITIONS)
METRICS = {metric.name: metric for metric in DEFINITIONS.metrics}


def test_every_kind_has_a_sentence_and_a_formula() -> None:
    assert {type(metric.body) for metric in METRICS.values()} == set(get_args(Body))
    for metric in METRICS.values():
        assert type_of(metric) in ("atomic", "derived", "composite", "reported")
        for lang in ("zh", "en"):
            told = sentence(metric, WORDS, lang)
            assert told.endswith("。" if lang == "zh" else ".") and formula(metric, WORDS, lang).upper


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("sales_ytd", "“销售额”的本年累计。", '"Sales" since the start of the year.'),
        ("sales_7d", "最近7天的“销售额”。", '"Sales" over the last 7 days.'),
        ("orders_so_far", "“订单数”的历史累计。", '"Orders" over all time so far.'),
        ("sales_share", "“销售额”占同期合计的比例。", '"Sales" as a part of the whole of its period.'),
        ("sales_rank", "按“销售额”从大到小排名。", 'Place by "Sales", the greatest first.'),
    ],
)
def test_what_they_say(name: str, zh: str, en: str) -> None:
    assert (sentence(METRICS[name], WORDS, "zh"), sentence(METRICS[name], WORDS, "en")) == (zh, en)
