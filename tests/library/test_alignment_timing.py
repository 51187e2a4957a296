"""Two calendars of one definition: the facet that parts them is found by swapping it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedu.alignment.classes import timing
from hedu.alignment.shapley import shapley
from hedu.alignment.wording import sentence
from tests.library.scenes import START, TODAY, days, reported, scene_of

ROWS = 4_000
LEADS = """
dataset: leads
source: leads
time: made
dimensions:
  amount: {type: number}
  made: {type: date, label: {zh: 登记日, en: Registered}}
  shipped: {type: date}
  period: {type: date, grain: month}
  utc: {type: date}
measures:
  amount: {agg: sum}
  amount_shipped: {expr: amount, agg: sum, time: shipped}
  amount_period: {expr: amount, agg: sum, time: period}
  amount_utc: {expr: amount, agg: sum, time: utc}
  other: {expr: amount * 2, agg: sum, time: shipped}
---
metric: ours
label: {zh: 线索额, en: Leads}
owner: sales
simple: leads.amount
"""


def rows(seed: int = 5) -> dict[str, object]:
    made = days(ROWS, seed)
    random = np.random.default_rng(seed)
    lag = random.integers(1, 9, ROWS)
    fiscal = [(day + timedelta(6)).replace(day=1) for day in made]
    early = random.random(ROWS) < 0.3
    return {
        "made": made,
        "shipped": [day + timedelta(int(late)) for day, late in zip(made, lag, strict=True)],
        "period": fiscal,
        "utc": [day - timedelta(int(is_early)) for day, is_early in zip(made, early, strict=True)],
        "amount": random.integers(1, 100, ROWS),
    }


def theirs(measure: str, where: str = "") -> str:
    body = f'{{measure: leads.{measure}, where: "{where}"}}' if where else f"leads.{measure}"
    return f"{LEADS}---\nmetric: theirs\nlabel: {{zh: 线索额, en: Leads}}\nowner: finance\nsimple: {body}\n"


@pytest.mark.parametrize(
    ("measure", "facet"), [("amount_shipped", "time"), ("amount_period", "calendar"), ("amount_utc", "time_zone")]
)
def test_the_date_that_parts_them_is_named(tmp_path: Path, measure: str, facet: str) -> None:
    scene = scene_of(tmp_path, {"leads": pa.table(rows())}, theirs(measure))
    (conflict,) = timing.detect(scene)
    assert set(conflict.metrics) == {"ours", "theirs"} and conflict.facets == (facet,)
    assert conflict.facts["closed"] == pytest.approx(1.0)
    (part,) = conflict.evidence[1].facts["shares"]
    assert part["share"] == pytest.approx(1.0)
    for lang in ("zh", "en"):
        assert sentence(conflict, lang, scene.model)  # type: ignore[arg-type]


def test_another_measure_is_no_matter_of_timing(tmp_path: Path) -> None:
    assert list(timing.detect(scene_of(tmp_path, {"leads": pa.table(rows())}, theirs("other")))) == []


def test_a_gap_that_stays_after_the_swap_has_another_cause(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, {"leads": pa.table(rows())}, theirs("amount_shipped", "amount > 50"))
    assert list(timing.detect(scene)) == []


def test_other_names_are_other_metrics(tmp_path: Path) -> None:
    named = theirs("amount_shipped").replace("owner: finance", "synonyms: [发货额]\nowner: finance")
    named = named.replace(
        "metric: theirs\nlabel: {zh: 线索额, en: Leads}", "metric: theirs\nlabel: {zh: 发货额, en: Sent}"
    )
    assert list(timing.detect(scene_of(tmp_path, {"leads": pa.table(rows())}, named))) == []


def weeks(table: dict[str, object], first: date) -> tuple[list[date], list[float]]:
    starts = [first + timedelta(7 * at) for at in range(100)]
    sums = dict.fromkeys(starts, 0.0)
    for day, amount in zip(table["made"], table["amount"], strict=True):  # type: ignore[call-overload]
        start = first + timedelta((day - first).days // 7 * 7)
        if start in sums:
            sums[start] += float(amount)
    return starts, list(sums.values())


REPORTED = (
    LEADS
    + """---
metric: handed_in
label: {zh: 线索额（周报）, en: Leads (weekly)}
owner: marketing
reported: {grain: week, agg: sum, source: weekly}
"""
)


def test_weeks_that_begin_on_sunday(tmp_path: Path) -> None:
    table = rows()
    starts, values = weeks(table, START - timedelta(1) + timedelta(7))
    assert starts[0].weekday() == 6
    scene = scene_of(tmp_path, {"leads": pa.table(table), "weekly": reported(values, starts)}, REPORTED)
    (conflict,) = timing.detect(scene)
    assert conflict.metrics == ("ours", "handed_in") and conflict.facets == ("week_start",)
    assert conflict.facts["theirs"] == {"zh": "周日", "en": "Sunday"}
    assert 0.01 < conflict.facts["gap"] < 1


def test_weeks_that_nobody_handed_in_are_unknown(tmp_path: Path) -> None:
    table = rows()
    starts, values = weeks(table, START - timedelta(1) + timedelta(7))
    told = [(start, value) for at, (start, value) in enumerate(zip(starts, values, strict=True)) if at % 9 != 4]
    weekly = reported([value for _, value in told], [start for start, _ in told])
    (conflict,) = timing.detect(scene_of(tmp_path, {"leads": pa.table(table), "weekly": weekly}, REPORTED))
    assert conflict.facets == ("week_start",)


def test_weeks_that_agree(tmp_path: Path) -> None:
    table = rows()
    starts, values = weeks(table, START + timedelta(7))
    scene = scene_of(tmp_path, {"leads": pa.table(table), "weekly": reported(values, starts)}, REPORTED)
    assert list(timing.detect(scene)) == []


def test_months_reported_by_another_date_of_the_same_rows(tmp_path: Path) -> None:
    table = rows()
    sums: dict[date, float] = {}
    for day, amount in zip(table["shipped"], table["amount"], strict=True):  # type: ignore[call-overload]
        if day < TODAY:
            sums[day.replace(day=1)] = sums.get(day.replace(day=1), 0.0) + float(amount)
    text = REPORTED.replace("grain: week", "grain: month")
    scene = scene_of(tmp_path, {"leads": pa.table(table), "weekly": reported(list(sums.values()), list(sums))}, text)
    (conflict,) = timing.detect(scene)
    assert conflict.facets == ("time",) and conflict.facts["theirs"]["zh"] == "shipped"


values = st.dictionaries(st.frozensets(st.sampled_from("abcd")), st.floats(-100, 100), min_size=16, max_size=16)


@given(values)
def test_shares_add_up_whatever_the_game(game: dict[frozenset[str], float]) -> None:
    shares = shapley("abcd", lambda some: game.get(some, 0.0))
    whole = game.get(frozenset("abcd"), 0.0) - game.get(frozenset(), 0.0)
    assert sum(shares.values()) == pytest.approx(whole, abs=1e-9)


def test_a_player_who_adds_nothing_gets_nothing() -> None:
    shares = shapley("abc", lambda some: 2.0 * ("a" in some) + 3.0 * ({"a", "b"} <= some))
    assert shares == pytest.approx({"a": 3.5, "b": 1.5, "c": 0.0})
    with pytest.raises(ValueError, match="at most 12"):
        shapley([str(at) for at in range(13)], lambda some: 0.0)
