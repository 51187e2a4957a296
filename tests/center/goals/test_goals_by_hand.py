"""Standings and trees against the same numbers worked out in plain Python: values, dues, statuses, scores, means."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest

from hedu.alignment.goals.periods import span_of
from hedu.center.catalog import reads as catalog
from hedu.center.goals import actions, reads
from hedu.center.goals.models import Target
from hedu.center.goals.reads.standing import standings
from hedu.center.goals.rules import change_of

TODAY = date(2026, 6, 15)
"""May 2026 is the last whole month; the world's rows end with June."""
SIZES = {"east": 2, "west": 1}
AMOUNTS, LEVELS = ("revenue", "cost", "margin"), ("cost_ratio",)
LISTED = (*AMOUNTS, *LEVELS, "places")


def months_of(period):
    span = span_of(period)
    return [(span.since.year + (span.since.month - 1 + at) // 12, (span.since.month - 1 + at) % 12 + 1)
            for at in range(len(span.months))]  # fmt: skip


def measured(metric, months, region):
    """The metric over months, from the rows as the world's SELECT makes them; None where there are none."""
    regions = [region] if region else list(SIZES)
    there = [(year, month) for year, month in months if (2024, 1) <= (year, month) <= (2026, 6)]
    amount = sum(100 * SIZES[one] * (1 + month % 3) * (year - 2023) for year, month in there for one in regions)
    cost = sum(10 * SIZES[one] for _ in there for one in regions)
    if not there:
        return None
    told = {"revenue": amount, "cost": cost, "margin": amount - cost, "cost_ratio": cost / amount}
    return told.get(metric, len(regions))


def status_and_score(value, due, whole, operator, green, amber, tolerance):
    width = abs(due) * (0.1 if tolerance is None else tolerance)
    if operator == "=":
        outside = abs(value - due) - width
        score = 10 if outside <= 1e-9 * due else 10 * max(0, 1 - outside / width) if width else 0
        return ("on" if score == 10 else "watch" if outside <= width * (1 + 1e-9) else "off"), score
    sign = 1 if operator == ">=" else -1
    goal = due if green is None else green * due / whole
    red = goal - sign * width if amber is None else amber * due / whole
    red = goal if (goal - red) * sign < 0 else red
    slack = 1e-9 * max(abs(goal), abs(value))
    if (value - goal) * sign >= -slack:
        return "on", 10
    if (value - red) * sign < -slack or red == goal:
        return "off", 0
    return "watch", 10 * (value - red) / (goal - red)


def season(metric, region, period):
    """Shares of a period's months: each calendar month's part of its year, the mean of both whole years known."""

    def part(year, month):
        whole = measured(metric, [(year, one) for one in range(1, 13)], region)
        return measured(metric, [(year, month)], region) / whole

    parts = [(part(2024, month) + part(2025, month)) / 2 for _, month in months_of(period)]
    return [one / sum(parts) for one in parts]


def drawn(count):
    """Targets of every kind, drawn alike each time."""
    draw = random.Random(5)
    for at in range(count):
        metric, region = draw.choice(LISTED), draw.choice(["", "east", "west"])
        period = draw.choice(["2024", "2025", "2026", "2026-H1", "2026-Q1", "2026-Q2", "2026-05", "2026-H2", "2027"])
        known = measured(metric, months_of(period), region) or 100
        value = round(known * draw.uniform(0.7, 1.4), 4)
        bounds = {
            name: str(round(value * draw.uniform(0.8, 1.2), 4)) for name in ("green", "amber") if draw.random() < 0.3
        }
        if draw.random() < 0.3:
            bounds["tolerance"] = draw.choice(["0", "0.05", "0.5"])
        scope = f"region = '{region}'" if region else ""
        yield {"code": f"T{at}", "metric": metric, "department": "finance", "period": period, "value": str(value),
               "operator": draw.choice([">=", "<=", "="]), "scope": scope, **bounds}  # fmt: skip


def expected(row, region):
    """(value, due, status, score) by hand; dues of amounts from the months as stored."""
    asked = months_of(row.period)
    known = [one for one in asked if one <= (2026, 5)]
    value = measured(row.metric.name, known, region)
    if value is None:
        return None, None, "none", None
    due = whole = float(row.value)
    if len(known) < len(asked) and row.metric.name in AMOUNTS:
        due = sum(float(one.value) for one in row.phases.all() if (one.month.year, one.month.month) <= known[-1])
    green, amber, tolerance = (None if one is None else float(one) for one in (row.green, row.amber, row.tolerance))
    return value, due, *status_and_score(value, due, whole, row.operator, green, amber, tolerance)


def test_standings_are_what_is_worked_out_by_hand(fin):
    told = list(drawn(150))
    actions.apply_targets(fin, [change_of(one) for one in told])
    rows = list(Target.objects.select_related("metric", "goal", "department").prefetch_related("phases"))
    found = standings(catalog.asker(fin), rows, today=TODAY).by_target
    seen = set()
    for row in rows:
        region = row.scope.removeprefix("region = '").rstrip("'")
        stands, (value, due, status, score) = found[row.pk], expected(row, region)
        assert stands.value == (None if value is None else pytest.approx(value)), row.code
        if value is not None:
            assert stands.due == pytest.approx(due), row.code
        assert stands.status == status, (row.code, stands, due)
        assert stands.score == (None if score is None else pytest.approx(score, abs=1e-6)), row.code
        seen.add((row.metric.name, status))
    assert len(seen) >= 15, "of every kind, in every status"


def test_amounts_are_phased_by_the_season_of_whole_years(fin):
    told = [one for one in drawn(150) if one["metric"] in AMOUNTS]
    actions.apply_targets(fin, [change_of(one) for one in told])
    for row in Target.objects.select_related("metric").prefetch_related("phases"):
        shares = season(row.metric.name, row.scope.removeprefix("region = '").rstrip("'"), row.period)
        phases = [phase.value for phase in row.phases.all()]
        assert sum(phases) == row.value
        for phase, share in zip(phases, shares, strict=True):
            assert float(phase) == pytest.approx(float(row.value) * share, abs=0.02), row.code
        assert all(phase == phase.quantize(Decimal("0.01")) for phase in phases[:-1])


def test_a_tree_of_unlike_units_is_weighed_and_shows_its_weakest(fin):
    """Thirty goals drawn at random under each other; the mean of the scores below, worked out from the leaves up."""
    draw = random.Random(11)
    goals = {}
    for at in range(30):
        parent = draw.choice([None, *goals])
        edge = draw.choice(["decomposes", "contributes", "contributes", "supports", "guards", "trades_off"])
        weight, metric = draw.choice([0.0, 0.5, 1.0, 3.0]), draw.choice(LISTED)
        goals[f"G{at}"] = (parent, edge, weight)
        actions.create_goal(fin, f"G{at}", metric=metric, department="finance", parent=parent or "", edge=edge,
                            weight=weight, scope=f"region != '{at}'")  # fmt: skip
        if draw.random() < 0.5:
            value = measured(metric, months_of("2025"), "") * draw.uniform(0.95, 1.15)
            told = {"metric": metric, "department": "finance", "period": "2025", "goal": f"G{at}"}
            actions.apply_targets(fin, [change_of({"code": f"T{at}", "value": f"{value:.4f}", **told})])
    tree = reads.tree_of(fin, "2025")
    nodes = {node.goal.code: node for node in tree.nodes.values()}
    own = {code: node.standing.score if node.standing else None for code, node in nodes.items()}

    def shown(code):
        if own[code] is not None:
            return own[code]
        below = [(weight, shown(child)) for child, (above, edge, weight) in goals.items()
                 if above == code and edge in ("decomposes", "contributes") and weight]  # fmt: skip
        scored = [(weight, score) for weight, score in below if score is not None]
        return sum(weight * score for weight, score in scored) / sum(weight for weight, _ in scored) if scored else None

    for code, node in nodes.items():
        assert node.scored.shown == (None if shown(code) is None else pytest.approx(shown(code))), code
        below = {child: shown(child) for child, (above, edge, weight) in goals.items()
                 if above == code and edge in ("decomposes", "contributes") and weight}  # fmt: skip
        known = {child: score for child, score in below.items() if score is not None}
        if known:
            assert known[node.weakest.code] == min(known.values()) == node.scored.below.weakest_score
    assert sum(score not in (None, 10, 0) for score in own.values()) >= 3


def test_a_goal_stands_by_its_own_target_not_by_a_part_that_names_it(fin):
    actions.create_goal(fin, "G", metric="revenue", department="finance")
    whole = {"metric": "revenue", "department": "finance", "period": "2025", "value": "1", "goal": "G"}
    part = {**whole, "code": "A-PART", "scope": "region = 'east'", "value": "9999999"}
    actions.apply_targets(fin, [change_of(part), change_of({**whole, "code": "B-WHOLE"})])
    (node,) = reads.tree_of(fin, "2025").nodes.values()
    assert node.standing.target.code == "B-WHOLE" and node.status == "on"


def test_the_weakest_stays_in_sight_when_a_counter_filters(fin):
    told = {"metric": "revenue", "department": "finance", "period": "2025"}
    told = [
        change_of({**told, "code": "WEAK", "value": "9999999"}),
        change_of({**told, "code": "STRONG", "value": "1"}),
    ]
    actions.apply_targets(fin, told)
    card = reads.scorecard_of(fin, "2025", status="on")
    assert [row.target.code for row in card.rows] == ["STRONG"] and card.weakest.target.code == "WEAK"
    assert card.overall.mean == 5 and card.counts["off"] == 1
