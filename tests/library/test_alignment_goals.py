"""Status, score, phasing, roll-up and forecast: worked examples and laws."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedu.alignment.goals.forecast import outlook, pace
from hedu.alignment.goals.periods import last_whole_month, month_after, span_of
from hedu.alignment.goals.phasing import monthly_growth, phased, seasonal_profile, shared_out
from hedu.alignment.goals.rollup import Branch, rolled, scored_tree
from hedu.alignment.goals.status import Aim, aim_of, score_of, status_of
from hedu.alignment.scene import Operator
from hedu.errors import QueryError

YEAR = span_of("2027").months


def months(first: date, values) -> dict[date, float]:
    return {month_after(first, at): float(value) for at, value in enumerate(values)}


# --- status and score ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        (">=", 100, "on"), (">=", 101, "on"), (">=", 99.99, "watch"), (">=", 90, "watch"), (">=", 89.9, "off"),
        ("<=", 100, "on"), ("<=", 99, "on"), ("<=", 100.01, "watch"), ("<=", 110, "watch"), ("<=", 110.1, "off"),
        ("=", 100, "on"), ("=", 109, "on"), ("=", 90, "on"), ("=", 115, "watch"), ("=", 79, "off"),
    ],
)  # fmt: skip
def test_a_value_stands_on_watch_or_off(operator, value, expected):
    assert status_of(value, aim_of(operator, 100)) == expected


def test_bounds_of_its_own_replace_the_tolerance():
    aim = aim_of(">=", 100, green=95, amber=80)
    assert [status_of(value, aim) for value in (95, 94, 80, 79)] == ["on", "watch", "watch", "off"]
    assert status_of(92, aim_of(">=", 100, tolerance=0.05)) == "off"
    assert status_of(0.1 + 0.2, aim_of(">=", 0.3)) == "on", "rounding of floats is no miss"


def test_a_line_on_the_wrong_side_of_the_goal_leaves_no_watch():
    aim = aim_of(">=", 100, amber=120)
    assert status_of(99, aim) == "off" and score_of(99, aim) == 0 and score_of(100, aim) == 10


def test_a_negative_target_has_its_line_on_the_right_side():
    assert [status_of(value, aim_of(">=", -10)) for value in (-10, -10.5, -12)] == ["on", "watch", "off"]


def test_without_value_target_or_direction_there_is_no_status():
    assert status_of(None, aim_of(">=", 1)) == status_of(1, aim_of(">=", None)) == status_of(1, Aim("none")) == "none"
    assert score_of(None, aim_of(">=", 1)) is None and score_of(5, Aim("none")) is None
    assert status_of(5, Aim("band")) == status_of(5, Aim("up")) == "none"


def test_a_band_is_good_inside():
    aim = Aim("band", band=(0.9, 1.05), margin=0.105)
    assert [status_of(value, aim) for value in (0.9, 1.05, 0.85, 1.2)] == ["on", "on", "watch", "off"]
    assert score_of(1, aim) == 10 and score_of(0.85, aim) == pytest.approx(10 * (1 - 0.05 / 0.105))
    assert score_of(9, Aim("band", band=(0, 1))) == 0


def test_scores_run_from_the_line_to_the_goal():
    aim = aim_of(">=", 100, amber=60)
    assert [score_of(value, aim) for value in (60, 80, 100, 130, 10)] == [0, 5, 10, 10, 0]
    assert score_of(130, aim_of("<=", 100, amber=140)) == pytest.approx(2.5)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from([">=", "<="]))
def test_full_score_is_on_and_none_is_beyond_the_line(value, target, operator):
    aim = aim_of(operator, target)
    score, status = score_of(value, aim), status_of(value, aim)
    assert 0 <= score <= 10
    if status == "off":
        assert score == 0
    if status == "on":
        assert score == pytest.approx(10, abs=1e-6)


@given(
    st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from([">=", "<=", "="]),
    st.sampled_from([0.0, 1e-12, 0.05, 1.0]), st.none() | st.floats(-1e6, 1e6), st.none() | st.floats(-1e6, 1e6),
)  # fmt: skip
def test_a_score_says_what_its_status_says(value, target, operator, tolerance, green, amber):
    aim = aim_of(operator, target, green=green, amber=amber, tolerance=tolerance)
    status, score = status_of(value, aim), score_of(value, aim)
    assert (score == 10) >= (status == "on") and (score == 0) >= (status == "off") and 0 <= score <= 10
    assert status_of(target if green is None or operator == "=" else green, aim) == "on"


def test_rounding_takes_no_score_away():
    """0.1 + 0.2 is 0.3 to whoever set it, with no tolerance as with some."""
    for aim in (aim_of("=", 0.3, tolerance=0.0), aim_of(">=", 0.1 + 0.2, tolerance=0.0)):
        assert status_of(0.1 + 0.2, aim) == "on" and score_of(0.1 + 0.2, aim) == score_of(0.3, aim) == 10


MTA = Path(os.environ.get("HEDU_TEST_DATA", "../shared/data")) / "mta/indicators.csv"


@pytest.mark.skipif(not MTA.is_file(), reason="the indicators are not here")
def test_mta_every_indicator_has_the_status_its_polarity_gives():
    """147 indicators of public agencies: U(p), D(own) or N(one); the comparison is made here by plain arithmetic."""
    operators: dict[str, Operator] = {"U": ">=", "D": "<="}
    last: dict[str, dict[str, str]] = {}
    with MTA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["ytd_actual"] or row["indicator_seq"] not in last:
                last[row["indicator_seq"]] = row
    assert len(last) == 147
    found: Counter[tuple[str, str]] = Counter()
    for row in last.values():
        value, target = (_number(row[name]) for name in ("ytd_actual", "ytd_target"))
        polarity = row["desired_change"]
        aim = aim_of(operators[polarity], target) if polarity in operators else Aim("none")
        status = status_of(value, aim)
        found[polarity, status] += 1
        if polarity == "N" or value is None or target is None:
            assert status == "none"
        elif polarity == "U":
            assert status == ("on" if value >= target else "watch" if value >= target - abs(target) / 10 else "off")
        else:
            assert status == ("on" if value <= target else "watch" if value <= target + abs(target) / 10 else "off")
    assert {polarity for polarity, _ in found} == {"U", "D", "N"}
    assert {status for polarity, status in found if polarity == "N"} == {"none"}
    assert {status for polarity, status in found if polarity == "U"} >= {"on", "watch", "off"}


def _number(text: str) -> float | None:
    plain = text.replace(",", "").strip()
    return float(plain) if plain else None


# --- periods ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "since", "until", "count"),
    [
        ("2027", (2027, 1, 1), (2027, 12, 31), 12),
        ("2027-H2", (2027, 7, 1), (2027, 12, 31), 6),
        ("2028-q1", (2028, 1, 1), (2028, 3, 31), 3),
        ("2028-02", (2028, 2, 1), (2028, 2, 29), 1),
    ],
)
def test_periods_are_whole_months(written, since, until, count):
    span = span_of(written)
    assert (span.since, span.until, len(span.months)) == (date(*since), date(*until), count)


def test_what_is_no_period():
    assert [span_of(text) for text in ("", "27", "2027-13", "2027-Q5", "0000", "9999", "2027-W09")] == [None] * 7
    assert span_of("2027").holds(span_of("2027-Q3")) and not span_of("2027-Q3").holds(span_of("2027"))
    assert last_whole_month(date(2026, 9, 30)) == date(2026, 9, 1) and last_whole_month(date(2026, 1, 5)).month == 12


# --- phasing ---------------------------------------------------------------------------------------------


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    st.lists(st.floats(0.0, 1e6), min_size=1, max_size=24).filter(lambda weights: sum(weights) > 1e-3),
)
def test_months_add_up_to_the_last_cent(total, weights):
    parts = shared_out(total, months(date(2027, 1, 1), weights))
    assert sum(parts.values()) == total
    whole = sum(weights)
    for (_month, part), weight in zip(sorted(parts.items()), weights, strict=True):
        assert abs(float(part) - float(total) * weight / whole) <= 0.011 + abs(float(total)) * 1e-9


def test_the_largest_total_is_shared_out_to_the_cent():
    total = Decimal("9" * 27) + Decimal("0.99")
    parts = shared_out(total, dict.fromkeys(YEAR, 1.0))
    with localcontext(prec=40):
        assert sum(parts.values()) == total and len(set(parts.values())) <= 2


def test_finer_digits_than_a_cent_are_not_lost():
    assert sum(shared_out(Decimal("1.0001"), dict.fromkeys(YEAR, 1.0)).values()) == Decimal("1.0001")


def test_the_season_of_whole_years_is_the_profile():
    history = months(date(2025, 1, 1), [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2] * 1 + [2, 4, 6, 4, 2, 4, 6, 4, 2, 4, 6, 4])
    parts = phased(Decimal(240), YEAR, "seasonal", history)
    assert [int(parts[month]) for month in YEAR] == [10, 20, 30, 20] * 3
    growing = phased(Decimal(240), YEAR, "growth", history)
    assert sum(growing.values()) == 240 and growing[YEAR[-1]] / growing[YEAR[3]] == pytest.approx(
        Decimal(monthly_growth(history) ** 8), abs=Decimal("0.01")
    )
    assert monthly_growth(history) == pytest.approx(2 ** (1 / 12))


def test_half_a_year_of_history_does_for_its_own_months_alone():
    history = months(date(2026, 1, 1), [1, 1, 2, 2, 3, 3])
    assert seasonal_profile(history)[6] == 1.5
    with pytest.raises(QueryError, match="phases-without-history"):
        phased(Decimal(1), YEAR, "seasonal", history)
    with pytest.raises(QueryError, match="phases-without-history"):
        shared_out(Decimal(1), {})


def test_levels_are_alike_and_manual_months_must_add_up():
    assert set(phased(Decimal("0.4"), YEAR, "level").values()) == {Decimal("0.4")}
    assert set(phased(Decimal(120), YEAR, "equal").values()) == {Decimal(10)}
    given_ = {YEAR[0]: Decimal(5), YEAR[3]: Decimal(7)}
    assert phased(Decimal(12), YEAR, "manual", manual=given_)[YEAR[1]] == 0
    for wrong in ({YEAR[0]: Decimal(5)}, {date(2030, 1, 1): Decimal(12)}):
        with pytest.raises(QueryError, match="phases-not-the-total"):
            phased(Decimal(12), YEAR, "manual", manual=wrong)


# --- roll-up ---------------------------------------------------------------------------------------------


def test_the_mean_comes_with_its_weakest_child():
    children = [
        Branch("a", "contributes", 3, 10.0), Branch("b", "decomposes", 1, 2.0), Branch("c", "contributes", 1, None),
        Branch("d", "supports", 9, 0.0), Branch("e", "guards", 9, 0.0), Branch("f", "contributes", 0, 0.0),
    ]  # fmt: skip
    found = rolled(children)
    assert (found.mean, found.weakest, found.weakest_score) == (8.0, "b", 2.0)
    assert rolled([]).mean is None


def test_scores_rise_through_goals_without_one_of_their_own():
    parents = {"top": None, "mid": "top", "x": "mid", "y": "mid", "z": "top"}
    edges = dict.fromkeys(parents, "contributes")
    found = scored_tree(parents, edges, {"x": 1.0, "y": 1.0, "z": 3.0}, {"x": 4.0, "y": 8.0, "z": 2.0})
    assert found["mid"].shown == 6.0 and found["mid"].below.weakest == "x"
    assert found["top"].shown == (6 + 3 * 2) / 4 and found["top"].below.weakest == "z"
    assert found["x"].shown == 4.0 and found["x"].below.mean is None


# --- forecast --------------------------------------------------------------------------------------------


def test_a_season_that_repeats_with_a_steady_rise_is_forecast_exactly():
    season = [5, 1, 2, 8] * 3
    history = months(date(2024, 1, 1), [*season, *(v + 10 for v in season), *(v + 20 for v in season[:6])])
    year = span_of("2026").months
    found = outlook(history, year, "sum")
    assert found.value == pytest.approx(sum(season) + 12 * 20) and found.low == pytest.approx(found.high)
    assert found.method == "seasonal_drift" and set(found.months) == set(year[6:])
    assert outlook(history, year, "mean").value == pytest.approx(found.value / 12)
    assert outlook(history, year, "last").value == pytest.approx(season[-1] + 20)


@given(
    st.lists(st.floats(-1e4, 1e4), min_size=24, max_size=36),
    st.sampled_from(["2026", "2027", "2028", "2027-Q4", "2026-11"]),
    st.sampled_from(["sum", "mean", "last"]),
)
def test_every_month_ahead_is_the_known_one_years_before_plus_the_drift_of_those_years(values, period, gathered):
    """Written anew from the formula: y(t+h) = y(t+h−12) + d, applied until a known month stands there."""
    first = month_after(date(2026, 10, 1), 1 - len(values))
    known = months(first, values)
    drift = sum(values[-at] - values[-at - 12] for at in range(1, 13)) / 12

    def at(month):
        return known[month] if month in known else at(month_after(month, -12)) + drift

    asked = span_of(period).months
    course = [at(month) for month in asked if month >= first]
    told = {"sum": sum(course), "mean": sum(course) / len(course), "last": course[-1]}[gathered]
    found = outlook(dict(reversed(known.items())), asked, gathered)
    assert found.value == pytest.approx(told, abs=1e-6)
    assert found.months == pytest.approx({month: at(month) for month in asked if month not in known}, abs=1e-6)
    assert found.low <= found.value <= found.high


def test_a_year_that_has_not_begun_keeps_its_season():
    """Known to October, next year asked for: its November and December are two years after the known ones."""
    season = [100.0] * 10 + [400.0, 700.0]
    history = months(date(2024, 1, 1), (season * 3)[:34])
    found = outlook(history, span_of("2027").months, "sum")
    assert found.value == pytest.approx(sum(season)) and found.months[date(2027, 12, 1)] == pytest.approx(700)


def test_what_lies_further_ahead_is_less_certain():
    history = months(date(2024, 1, 1), [100 + (at * 7) % 13 for at in range(34)])
    widths = [found.high - found.low for year in ("2026", "2027", "2028")
              if (found := outlook(history, span_of(year).months, "sum"))]  # fmt: skip
    assert widths == sorted(widths) and widths[0] < widths[1] < widths[2]


def test_a_finished_period_is_what_it_was():
    history = months(date(2025, 1, 1), range(1, 13))
    found = outlook(history, span_of("2025").months, "sum")
    assert found.value == found.low == found.high == 78 and not found.months


def test_little_history_gives_a_wide_mean_and_less_gives_nothing():
    history = months(date(2026, 1, 1), [10, 12, 8])
    found = outlook(history, span_of("2026").months, "sum")
    assert found.method == "mean" and found.value == pytest.approx(120) and found.low < 110 < 130 < found.high
    assert outlook({}, YEAR, "sum") is None and outlook(history, (), "sum") is None


def test_the_interval_holds_four_fifths_of_what_comes():
    """Two known years with noise, the third forecast: the share of true years within the interval, over 400 draws."""
    import numpy as np

    random = np.random.default_rng(5)
    season = 100 + 20 * np.sin(np.arange(12) / 12 * 2 * np.pi)
    year = span_of("2026").months
    held = 0
    for _ in range(400):
        level = season[None, :] + 5 * np.arange(3)[:, None] + random.normal(0, 5, (3, 12))
        found = outlook(months(date(2024, 1, 1), level[:2].ravel()), year, "sum")
        held += found.low <= level[2].sum() <= found.high
    assert 0.70 <= held / 400 <= 0.92


def test_the_pace_that_is_still_needed():
    history = months(date(2026, 1, 1), [10] * 9)
    found = pace(150, 90, history, 3)
    assert (found.needed, found.usual, found.stretch) == (20, 10, 2) and pace(150, 90, history, 0) is None
