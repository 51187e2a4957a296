"""A scan asks every detector once, weighs and signs what they find, and can be narrowed."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest

from hedu.alignment.conflict import Conflict, ConflictClass, Severity
from hedu.alignment.scan import DETECTORS, scan
from hedu.alignment.scene import Goal, Scene, Use
from hedu.alignment.series import (
    is_askable,
    keys_of_name,
    native_grain,
    panel,
    period_text,
    plain_name,
    same_name,
    series,
)
from hedu.alignment.severity import severity_of
from hedu.alignment.texts.facets import FACETS
from hedu.alignment.wording import CLASSES, SENTENCES, facet_label, metric_label, sentence
from tests.library.scenes import days, monthly, reported, scene_of

ROWS = 1_500
DEFINITIONS = """
workspace: shop
departments: {sales: {label: {zh: 销售, en: Sales}}, finance: {label: {zh: 财务, en: Finance}}}
---
dataset: orders
source: orders
primary_key: no
time: day
dimensions: {day: {type: date}, paid: {type: date}}
measures: {amount: {agg: sum, unit: CNY}, paid: {expr: amount, agg: sum, unit: CNY, time: paid}}
---
metric: sold
label: {zh: 销售额, en: Sales}
owner: sales
unit: CNY
simple: orders.amount
---
metric: paid
label: {zh: 销售额（财务）, en: Sales (finance)}
owner: finance
unit: CNY
simple: orders.paid
---
metric: told
label: {zh: 月销售额, en: Sales of the month}
synonyms: [销售总额]
owner: sales
unit: CNY
reported: {grain: month, agg: sum, source: told}
---
metric: total
label: {zh: 销售总额, en: Total}
owner: finance
unit: CNY
derived: {formula: sold}
"""
random = np.random.default_rng(9)
ON = days(ROWS, 9)
AMOUNT = random.integers(1, 1000, ROWS).astype(float)


@pytest.fixture()
def scene(tmp_path: Path) -> Scene:
    late = [day.replace(day=28) for day in ON]
    orders = {
        "no": np.arange(ROWS),
        "day": ON,
        "paid": [max(a, b) for a, b in zip(ON, late, strict=True)],
        "amount": AMOUNT,
    }
    told = np.array(monthly(ON, AMOUNT)) / 1e4
    return scene_of(tmp_path, {"orders": pa.table(orders), "told": reported(told)}, DEFINITIONS)


def test_every_class_has_a_detector_a_name_and_sentences() -> None:
    classes = set(get_args(ConflictClass))
    assert {kind for kind, _ in DETECTORS} == classes == set(SENTENCES) == set(CLASSES)
    assert all(detector.VERSION >= 1 for _, detector in DETECTORS)


def test_sentences_fill_the_same_places_in_both_languages() -> None:
    for kind, sentences in SENTENCES.items():
        for code, label in sentences.items():
            places = [{name.split("[")[0].split(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}
                      for text in (label.zh, label.en)]  # fmt: skip
            assert label.zh and label.en, (kind, code)
            missing = places[0] ^ places[1]
            assert not {name for name in missing if not name.startswith(("metric", "department"))}, (
                kind,
                code,
                missing,
            )


def test_conflicts_are_weighed_signed_and_found_once(scene: Scene) -> None:
    found = scan(scene, classes=("timing", "unit"))
    expected = [("timing", {"sold", "paid"}), ("unit", {"total", "told"})]
    assert [(one.kind, set(one.metrics)) for one in found] == expected
    for one in found:
        assert one.detector == f"{one.kind}/{dict(DETECTORS)[one.kind].VERSION}"
        assert set(one.digests) == {*(f"definition:{name}" for name in one.metrics), "data"}
    assert len({one.fingerprint for one in found}) == len(found)
    again = scan(replace(scene, kept={}), classes=("timing", "unit"))
    assert [one.fingerprint for one in again] == [one.fingerprint for one in found]
    assert [one.digests for one in again] == [one.digests for one in found]


def test_a_narrowed_scan_finds_what_touches_the_metrics(scene: Scene) -> None:
    assert [one.kind for one in scan(scene, ("timing", "unit"), metrics=("paid",))] == ["timing"]
    assert scan(replace(scene, kept={}), ("timing", "unit"), metrics=("nothing",)) == ()
    assert scan(scene, classes=()) == ()


def test_a_changed_definition_changes_its_digest(scene: Scene, tmp_path: Path) -> None:
    (before,) = scan(scene, ("timing",))
    changed = DEFINITIONS.replace(
        "simple: orders.amount", "simple: {measure: orders.amount, where: day > '2024-01-01'}"
    )
    relabelled = DEFINITIONS.replace("{zh: 销售额, en: Sales}", "{zh: 销售额, en: Sales made}")
    orders = {"no": np.arange(ROWS), "day": ON, "paid": [day.replace(day=28) for day in ON], "amount": AMOUNT}
    tables = {"orders": pa.table(orders), "told": reported(monthly(ON, AMOUNT))}
    for text, is_same in ((changed, False), (relabelled, True)):
        (after,) = scan(scene_of(tmp_path, tables, text), ("timing",))
        assert (after.digests["definition:sold"] == before.digests["definition:sold"]) is is_same
        assert after.digests["definition:paid"] == before.digests["definition:paid"]


def conflict(**more: object) -> Conflict:
    return Conflict("source", "rows_differ", ("sold", "paid"), ("sales",), **more)  # type: ignore[arg-type]


AIMED = (Goal("G", None, "sales", "sold", "decomposes"),)
SEEN = (*(Use(name, "paid", views=5) for name in ("a", "b", "c")), Use("d", "paid"), Use("e", "told", 9))


@pytest.mark.parametrize(
    ("gap", "alone", "aimed", "both"),
    [(0.001, "low", "low", "medium"), (0.03, "low", "medium", "medium"), (-0.3, "medium", "high", "high")],
)
def test_severity_is_how_far_apart_and_who_relies_on_it(
    scene: Scene, gap: float, alone: str, aimed: str, both: str
) -> None:
    given = conflict(severity=Severity("high", gap=gap))
    assert severity_of(scene, given).level == alone
    assert severity_of(replace(scene, goals=AIMED), given).level == aimed
    assert severity_of(replace(scene, goals=AIMED, uses=SEEN), given).level == both


@pytest.mark.parametrize(
    ("said", "alone", "aimed"), [("low", "low", "low"), ("medium", "low", "medium"), ("high", "medium", "high")]
)
def test_without_a_gap_the_detector_says_how_grave_it_is(scene: Scene, said: Any, alone: str, aimed: str) -> None:
    for given in (Severity(said), Severity(said, gap=0.9)):
        found = conflict(severity=given)
        found = replace(found, kind="interpretation") if given.gap else found
        assert severity_of(scene, found).level == alone
        assert severity_of(replace(scene, goals=AIMED), found).level == aimed


def test_much_money_is_noticed_however_small_a_part(scene: Scene) -> None:
    cases = (("CNY", 2e6, "medium", "medium"), ("万元", 200, "medium", "medium"), ("CNY", 2e7, "medium", "high"),
             ("件", 2e6, "low", "low"), ("CNY", 5, "low", "low"))  # fmt: skip
    for unit, amount, alone, aimed in cases:
        given = conflict(severity=Severity("high", gap=0.001, amount=amount, unit=unit))
        assert severity_of(scene, given).level == alone
        assert severity_of(replace(scene, goals=AIMED), given).level == aimed


def test_who_looks_at_it_and_whether_it_is_key(scene: Scene) -> None:
    small = conflict(severity=Severity("low", gap=0.03))
    assert severity_of(replace(scene, goals=AIMED), small).is_key
    seen = severity_of(replace(scene, uses=SEEN), small)
    assert (seen.level, seen.audience, seen.is_key) == ("medium", 3, False)
    assert severity_of(replace(scene, certified=frozenset({"paid"})), small).is_key


def test_series_are_asked_once_and_by_their_own_grain(scene: Scene) -> None:
    asked: list[object] = []

    class Counting:
        def __getattr__(self, name: str) -> object:
            if name == "ask":
                asked.append(name)
            return getattr(scene.look, name)

    counting = replace(scene, look=Counting(), kept={})  # type: ignore[arg-type]
    months = panel(counting, "month")
    assert months.values.shape == (4, 24) and set(months.names) == {"sold", "paid", "told", "total"}
    assert months.row("sold").sum() == pytest.approx(AMOUNT.sum())
    count = len(asked)
    assert panel(counting, "month").names == months.names and len(asked) == count
    assert native_grain(scene.model, "told") == "month" and native_grain(scene.model, "sold") == "day"
    assert not is_askable(scene.model, "told", "week") and is_askable(scene.model, "told", "quarter")
    assert period_text(months.starts[3], "quarter") == "2024-Q2" and period_text(months.starts[3], "month") == "2024-04"


def test_names_are_compared_as_people_hear_them(scene: Scene) -> None:
    assert plain_name("销售额（含税） ") == plain_name("销售额") and plain_name("(a)") == "a"
    assert keys_of_name(scene.model.metrics["told"]) == {"月销售额", "salesofthemonth", "销售总额"}
    assert {frozenset(pair) for pair in same_name(scene)} == {frozenset({"sold", "paid"}), frozenset({"told", "total"})}


def test_words_come_in_the_language_asked(scene: Scene) -> None:
    made = next(one for one in scan(scene, ("timing",)))
    zh, en = sentence(made, "zh", scene.model), sentence(made, "en", scene.model)
    assert "财务" in zh and "销售" in zh and "Finance" in en
    assert metric_label("sold", "en", scene.model) == "Sales" and metric_label("gone", "zh", scene.model) == "gone"
    assert facet_label("week_start", "zh") == "每周起始日" and facet_label("else", "en") == "else"
    assert all(label.zh and label.en for label in FACETS.values())


def test_look_reads_rows_by_key_and_knows_the_last_day(scene: Scene) -> None:
    rows = scene.look.keyed_rows("sold", "2024-03", "2024-03")
    assert rows is not None and rows.column_names == ["key_0", "day", "value"]
    inside = [amount for day, amount in zip(ON, AMOUNT, strict=True) if (day.year, day.month) == (2024, 3)]
    assert sum(rows.column("value").to_pylist()) == pytest.approx(sum(inside)) and rows.num_rows == len(inside)
    assert scene.look.keyed_rows("told", None, None) is None and scene.look.keyed_rows("total", None, None) is None
    assert scene.look.watermark("orders") == max(ON)
    assert str(scene.look.watermark("reported:told")) == "2025-12-31"
    assert scene.look.snapshot()
    assert scene.look.scratch({"t": pa.table({"x": [1, 2]})})("select max(x) as x from t").to_pylist() == [{"x": 2}]


def test_the_last_day_of_a_sheet_with_dimensions(tmp_path: Path) -> None:
    sheet = pa.table({"period": [date(2025, 1, 1), date(2025, 4, 1)], "region": ["east", "west"], "value": [1.0, 2.0]})
    text = "metric: told\nreported: {grain: quarter, source: told, dimensions: {region: {}}}"
    assert scene_of(tmp_path, {"told": sheet}, text).look.watermark("reported:told") == date(2025, 6, 30)


def test_every_series_is_gathered_once_a_scan(scene: Scene) -> None:
    assert series(scene, "month") is series(scene, "month")
    assert set(series(scene, "month")) == set(series(scene, "month", scene.model.metrics))
