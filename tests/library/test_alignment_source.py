"""Two systems that keep one measure: what parts them is named row by row, and only where it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedu.alignment.bridge import bridge
from hedu.alignment.classes import definition, source
from hedu.alignment.wording import sentence
from tests.library.scenes import TODAY, days, monthly, pairs, reported, scene_of

ROWS = 2_400
DEFINITIONS = """
dataset: crm
source: crm
primary_key: no
time: day
dimensions: {day: {type: date}}
measures: {amount: {agg: sum, unit: CNY}}
---
dataset: erp
source: erp
primary_key: code
time: booked
dimensions: {booked: {type: date}}
measures: {net: {agg: sum, unit: CNY}}
---
metric: booked_crm
label: {zh: 成交额（CRM）, en: Booked (CRM)}
owner: sales
unit: CNY
simple: crm.amount
---
metric: booked_erp
label: {zh: 成交额, en: Booked}
owner: finance
unit: CNY
simple: erp.net
"""


def both(seed: int = 3) -> tuple[dict, dict]:
    on = days(ROWS, seed)
    amount = np.round(np.random.default_rng(seed).gamma(2, 500, ROWS), 2)
    keys = [f"S{at:05d}" for at in range(ROWS)]
    return {"no": keys, "day": on, "amount": amount}, {"code": keys, "booked": on, "net": amount.copy()}


def kept(table: dict, inside: np.ndarray) -> dict:
    return {name: [value for value, keep in zip(column, inside, strict=True) if keep] for name, column in table.items()}


def found(folder: Path, crm: dict, erp: dict) -> list:
    scene = scene_of(folder, {"crm": pa.table(crm), "erp": pa.table(erp)}, DEFINITIONS)
    return list(source.detect(scene))


def test_missing_and_changed_rows_make_a_bridge_that_adds_up(tmp_path: Path) -> None:
    crm, erp = both()
    at = np.arange(ROWS)
    erp["net"] = np.where(at % 50 == 7, np.round(erp["net"] * 0.9, 2), erp["net"])
    erp, crm = kept(erp, at % 40 != 3), kept(crm, at % 90 != 11)
    (conflict,) = found(tmp_path, crm, erp)
    assert set(conflict.metrics) == {"booked_crm", "booked_erp"}
    assert conflict.departments == ("sales", "finance")
    exhibit = conflict.evidence[0].facts
    amounts = {one["bucket"]: Decimal(one["amount"]) for one in exhibit["buckets"]}
    assert sum(amounts.values()) == Decimal(exhibit["gap"])
    assert Decimal(exhibit["gap"]) == Decimal(exhibit["total_a"]) - Decimal(exhibit["total_b"])
    by_key = dict(zip(erp["code"], erp["net"], strict=True))
    only = sum(Decimal(str(v)) for k, v in zip(crm["no"], crm["amount"], strict=True) if k not in by_key)
    assert amounts["only_a"] == only
    differ = sum(Decimal(str(v)) - Decimal(str(by_key[k])) for k, v in zip(crm["no"], crm["amount"], strict=True) if k in by_key)  # fmt: skip
    assert amounts["both_differ"] == differ
    assert {one["bucket"]: one["rows"] for one in exhibit["buckets"]}["only_a"] == len(
        set(crm["no"]) - set(erp["code"])
    )


def test_the_evidence_can_be_asked_again_and_is_worded_in_both_languages(tmp_path: Path) -> None:
    crm, erp = both()
    erp = kept(erp, np.arange(ROWS) % 30 != 5)
    scene = scene_of(tmp_path, {"crm": pa.table(crm), "erp": pa.table(erp)}, DEFINITIONS)
    (conflict,) = source.detect(scene)
    question = dict(conflict.evidence[0].question or {})
    rows = scene.look.ask(question.pop("metrics"), **question).rows()
    assert sum(row["booked_crm"] - row["booked_erp"] for row in rows) > 0
    assert "成交额" in sentence(conflict, "zh", scene.model) and "rows only with" in sentence(
        conflict, "en", scene.model
    )


def test_a_system_that_is_late_does_not_disagree(tmp_path: Path) -> None:
    crm, erp = both()
    before = np.array([day < date(2025, 12, 20) for day in erp["booked"]])
    assert found(tmp_path, crm, kept(erp, before)) == []


def test_one_bad_month_is_not_a_discrepancy(tmp_path: Path) -> None:
    crm, erp = both()
    doubled = np.array([(day.year, day.month) == (2025, 6) for day in erp["booked"]])
    erp["net"] = np.where(doubled, np.array(erp["net"]) * 2, erp["net"])
    assert found(tmp_path, crm, erp) == []


def test_cents_of_rounding_do_not_count(tmp_path: Path) -> None:
    crm, erp = both()
    erp["net"] = np.round(np.array(erp["net"]) + np.where(np.arange(ROWS) % 2, 0.01, 0), 2)
    assert found(tmp_path, crm, erp) == []


def assert_two_meanings(folder: Path, crm: dict, erp: dict, gap: float) -> None:
    """Two departments' numbers of one name, nothing but their sources different: two things under one name."""
    scene = scene_of(folder, {"crm": pa.table(crm), "erp": pa.table(erp)}, DEFINITIONS)
    (raised,) = definition.detect(scene)
    assert raised.facets == ("source",) and raised.departments == ("sales", "finance")
    assert raised.facts["gap"] == pytest.approx(gap, abs=1e-6)
    assert f"{abs(gap):.1%}" in sentence(raised, "zh", scene.model)


def test_rows_without_common_keys_are_no_second_copy(tmp_path: Path) -> None:
    crm, erp = both()
    erp["code"] = [f"other-{code}" for code in erp["code"]]
    erp["net"] = np.array(erp["net"]) * 1.25
    assert found(tmp_path, crm, erp) == []
    assert_two_meanings(tmp_path, crm, erp, -0.2)


def test_rows_of_common_keys_that_all_differ_are_another_measure(tmp_path: Path) -> None:
    crm, erp = both()
    erp["net"] = np.array(erp["net"]) * 0.8
    assert found(tmp_path, crm, erp) == []
    assert_two_meanings(tmp_path, crm, erp, 0.25)


def test_only_pairs_in_focus_are_compared(tmp_path: Path) -> None:
    crm, erp = both()
    erp = kept(erp, np.arange(ROWS) % 30 != 5)
    scene = scene_of(tmp_path, {"crm": pa.table(crm), "erp": pa.table(erp)}, DEFINITIONS)
    assert list(source.detect(replace(scene, focus=frozenset({"another"})))) == []
    assert len(list(source.detect(replace(scene, focus=frozenset({"booked_erp"}), kept={})))) == 1
    assert scene.today == TODAY


REPORTED = """
dataset: crm
source: crm
primary_key: no
time: day
dimensions: {day: {type: date}}
measures: {amount: {agg: sum, unit: CNY}}
---
metric: computed
label: {zh: 成交额, en: Booked}
owner: sales
unit: CNY
simple: crm.amount
---
metric: told
label: {zh: 成交额（上报）, en: Booked (reported)}
owner: finance
unit: CNY
reported: {grain: month, agg: sum, source: told}
"""


@pytest.mark.parametrize(("off", "count"), [(range(16, 24), 1), (range(22, 24), 0), (range(24), 0), ((), 0)])
def test_reported_values_that_used_to_agree(tmp_path: Path, off: range, count: int) -> None:
    """Values alone: one measure where most months agree, in conflict where the recent ones do not."""
    crm, _ = both()
    told = [value * (0.96 if at in off else 1) for at, value in enumerate(monthly(crm["day"], crm["amount"]))]
    scene = scene_of(tmp_path, {"crm": pa.table(crm), "told": reported(told)}, REPORTED)
    conflicts = list(source.detect(scene))
    assert pairs(conflicts) == [frozenset({"computed", "told"})] * count
    for conflict in conflicts:
        assert conflict.code == "values_differ" and conflict.facts["months"] == 8
        assert "12" in sentence(conflict, "zh", scene.model) and "8 of the last" in sentence(
            conflict, "en", scene.model
        )


side = st.dictionaries(st.integers(0, 30), st.integers(-(10**9), 10**9), max_size=20)


@given(side, side)
def test_buckets_always_add_up_to_the_gap(a: dict[int, int], b: dict[int, int]) -> None:
    tables = [
        pa.table({"key_0": pa.array([str(k) for k in one], pa.string()),
                  "value": pa.array([v / 100 for v in one.values()], pa.float64())})
        for one in (a, b)
    ]  # fmt: skip
    made = bridge(*tables)
    assert sum((one.amount for one in made.buckets), Decimal(0)) == made.gap
    assert made.gap == Decimal(sum(a.values()) - sum(b.values())) / 100
    assert made.buckets[0].rows == len(a.keys() - b.keys()) and made.shared == len(a.keys() & b.keys())


@pytest.mark.parametrize("size", [1.0, 6e12, 3e19, 1e50])
def test_amounts_of_any_size_add_up(size: float) -> None:
    a = pa.table({"key_0": ["x", "y", "z"], "value": [size, size, float("inf")]})
    made = bridge(a, pa.table({"key_0": ["x"], "value": [size / 2]}))
    assert float(made.total_a) == pytest.approx(2 * size) and float(made.gap) == pytest.approx(1.5 * size)
    assert sum((one.amount for one in made.buckets), Decimal(0)) == made.gap


def test_whole_keys_are_one_key_whatever_type_keeps_them() -> None:
    ints, floats = ({"key_0": pa.array([1, 2], kind), "value": [1.0, 2.0]} for kind in (pa.int32(), pa.float64()))
    made = bridge(pa.table(ints), pa.table(floats))
    assert made.shared == 2 and made.gap == 0


def test_a_cent_is_seen_beyond_what_doubles_hold() -> None:
    amounts = [Decimal("123456789012345678.91"), Decimal("123456789012345678.90")]
    made = bridge(*(pa.table({"key_0": ["x"], "value": pa.array([one], pa.decimal128(38, 2))}) for one in amounts))
    assert made.gap == Decimal("0.01") and made.equal == 0 and made.buckets[2].rows == 1


def test_a_day_is_one_key_as_date_and_as_midnight() -> None:
    days = pa.array([date(2025, 1, 1), date(2025, 2, 1)])
    a, b = (pa.table({"key_0": days.cast(kind), "value": [1.0, 2.0]}) for kind in (pa.date32(), pa.timestamp("us")))
    assert bridge(a, b).shared == 2


def test_nothing_on_one_side_is_bridged() -> None:
    empty = pa.table({"key_0": pa.array([], pa.string()), "value": pa.array([], pa.float64())})
    made = bridge(pa.table({"key_0": ["x"], "value": [1.5]}), empty)
    assert (made.gap, made.shared, made.equal) == (Decimal("1.5"), 0, 0)
    assert bridge(empty, empty).gap == 0


def test_rows_of_which_most_were_revised_a_little_are_one_measure(tmp_path: Path) -> None:
    crm, erp = both()
    erp["net"] = np.where(np.arange(ROWS) % 5 < 3, np.round(erp["net"] * 0.95, 2), erp["net"])
    (conflict,) = found(tmp_path, crm, erp)
    assert conflict.facts["gap"] == pytest.approx(0.03, abs=0.005)


def test_rows_of_which_most_differ_much_are_two_measures(tmp_path: Path) -> None:
    crm, erp = both()
    erp["net"] = np.where(np.arange(ROWS) % 5 < 3, np.round(erp["net"] * 0.5, 2), erp["net"])
    assert found(tmp_path, crm, erp) == []


def test_a_key_that_is_missing_is_not_the_empty_text() -> None:
    a, b = (pa.table({"key_0": pa.array([key, "x"], pa.string()), "value": [1.0, 2.0]}) for key in (None, ""))
    made = bridge(a, b)
    assert (made.shared, made.buckets[0].rows, made.buckets[1].rows, made.gap) == (1, 1, 1, 0)
    assert [one["key"] for one in made.buckets[0].samples + made.buckets[1].samples] == [[None], [""]]
    assert bridge(a, a).shared == 2
