"""A factor between two series: recognised where it is one people forget, left alone where units say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from hedu.alignment.classes import source, unit
from hedu.alignment.wording import sentence
from tests.library.scenes import days, monthly, reported, scene_of
from tests.library.test_alignment_source import DEFINITIONS as TWO_SOURCES

ROWS = 3_000
DEFINITIONS = """
dataset: sales
source: sales
time: day
dimensions: {{day: {{type: date}}}}
measures: {{amount: {{agg: sum}}}}
---
metric: computed
label: {{zh: 直销额, en: Direct sales}}
owner: finance
unit: {unit}
simple: sales.amount
---
metric: told
label: {{zh: {name}, en: {name}}}
owner: sales
unit: {told_unit}
reported: {{grain: month, agg: sum, source: told}}
"""
RATE = """---
metric: rate
label: {zh: 美元汇率, en: Dollar}
unit: CNY/USD
reported: {grain: month, agg: none, source: rate}
"""
random = np.random.default_rng(8)
ON, AMOUNT = days(ROWS, 8), random.integers(100, 10_000, ROWS).astype(float)
SUMS = np.array(monthly(ON, AMOUNT))


def found(folder: Path, told: np.ndarray, **said: str) -> list:
    more = said.pop("more", "")
    words = {"unit": "CNY", "told_unit": "CNY", "name": "直销额（上报）"} | said
    tables = {"sales": pa.table({"day": ON, "amount": AMOUNT}), "told": reported(told)}
    if more:
        tables["rate"] = reported(QUOTED)
    scene = scene_of(folder, tables, DEFINITIONS.format(**words) + more)
    conflicts = list(unit.detect(scene))
    for one in conflicts:
        assert sentence(one, "zh", scene.model) != sentence(one, "en", scene.model)
    return conflicts


QUOTED = 7.1 + 0.25 * np.sin(np.arange(24) / 4) + random.normal(0, 0.03, 24)


@pytest.mark.parametrize(
    ("factor", "facet", "unit_of"),
    [
        (1e4, "scale", "CNY"),
        (1e8, "scale", "CNY"),
        (0.01, "scale", "件"),
        (60, "scale", "分钟"),
        (1 / 1.13, "tax", "CNY"),
    ],
)
def test_forgotten_factors(tmp_path: Path, factor: float, facet: str, unit_of: str) -> None:
    (conflict,) = found(tmp_path, SUMS / factor, unit=unit_of, told_unit=unit_of)
    assert conflict.facets == (facet,) and set(conflict.metrics) == {"computed", "told"}
    assert conflict.facts["times"] == pytest.approx(max(factor, 1 / factor), rel=0.01)


def test_a_currency_follows_the_rate_on_record(tmp_path: Path) -> None:
    (conflict,) = found(tmp_path, SUMS / QUOTED, more=RATE)
    assert conflict.facets == ("currency",) and conflict.facts["currency"] == "USD"
    assert conflict.evidence[0].facts["rate"] == "rate"


def test_a_currency_is_recognised_without_a_rate_on_record(tmp_path: Path) -> None:
    (conflict,) = found(tmp_path, SUMS / QUOTED)
    assert conflict.facets == ("currency",) and conflict.evidence[0].facts["rate"] == ""


def test_declared_units_that_convert_are_no_conflict(tmp_path: Path) -> None:
    assert found(tmp_path, SUMS / 1e4, told_unit="万元") == []


def test_declared_units_that_do_not_fit_the_values_are_one(tmp_path: Path) -> None:
    (conflict,) = found(tmp_path, SUMS, told_unit="万元")
    assert conflict.facets == ("scale",)


@pytest.mark.parametrize("ratio", [1.0, 2.5, 1.005])
def test_other_ratios_say_nothing(tmp_path: Path, ratio: float) -> None:
    assert found(tmp_path, SUMS * ratio) == []


def test_a_ratio_near_the_tax_that_moves_is_not_the_tax(tmp_path: Path) -> None:
    assert found(tmp_path, SUMS * 1.13 * (1 + 0.14 * np.sin(np.arange(24)))) == []


def test_a_ratio_of_three_percent_between_rates_is_not_a_tax(tmp_path: Path) -> None:
    assert found(tmp_path, SUMS * 1.03, unit="ratio", told_unit="ratio") == []


def test_another_name_with_the_same_shape_is_found_for_a_scale_only(tmp_path: Path) -> None:
    (conflict,) = found(tmp_path, SUMS / 1e4, name="渠道汇总")
    assert conflict.metrics == ("computed", "told")
    assert found(tmp_path, SUMS * 1.13, name="含税渠道汇总") == []


def test_numbers_that_happen_to_be_a_hundred_apart_but_move_freely(tmp_path: Path) -> None:
    assert found(tmp_path, SUMS / 100 * random.uniform(0.6, 1.6, 24), name="访问量") == []


def test_one_two_percent_of_rows_missing_do_not_hide_a_scale(tmp_path: Path) -> None:
    (conflict,) = found(tmp_path, SUMS / 1e4 * (1 + 0.02 * np.sin(np.arange(24))))
    assert conflict.facets == ("scale",)


def test_two_currencies_said_are_no_conflict(tmp_path: Path) -> None:
    assert found(tmp_path, SUMS / QUOTED, told_unit="USD", more=RATE) == []


def test_a_ratio_not_far_from_one_is_no_currency_without_a_rate_on_record(tmp_path: Path) -> None:
    assert found(tmp_path, SUMS * 1.05 * (1 + 0.01 * np.sin(np.arange(24)))) == []


def test_the_nearest_currency_is_named(tmp_path: Path) -> None:
    (conflict,) = found(tmp_path, SUMS / (QUOTED * 7.6 / 7.1))
    assert conflict.facts["currency"] == "EUR"


def test_a_month_cut_short_does_not_hide_a_currency(tmp_path: Path) -> None:
    (conflict,) = found(tmp_path, SUMS / QUOTED * np.where(np.arange(24) == 0, 1.3, 1.0))
    assert conflict.facets == ("currency",)


def test_rows_that_agree_show_that_no_tax_parts_them(tmp_path: Path) -> None:
    """Half the rows are six percent lower in the one system: each month is three percent below, as a tax would be."""
    on = days(40_000, 8)
    amount, keys = np.full(len(on), 1000.0), [f"S{at}" for at in range(len(on))]
    lower = np.where(np.arange(len(on)) % 2, amount * 0.94175, amount)
    tables = {
        "crm": pa.table({"no": keys, "day": on, "amount": amount}),
        "erp": pa.table({"code": keys, "booked": on, "net": lower}),
    }
    scene = scene_of(tmp_path, tables, TWO_SOURCES)
    assert list(unit.detect(scene)) == []
    assert [one.metrics for one in source.detect(scene)] == [("booked_crm", "booked_erp")]
