"""Two metrics of one name -> what each differing facet adds to the gap between them; the parts add up exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from hedu.alignment.scene import Scene
from hedu.alignment.series import simple_of
from hedu.alignment.shapley import shapley
from hedu.alignment.swaps import leaf_times, with_times
from hedu.alignment.units import VAT, scale_of
from hedu.define.definitions import Derived, Ratio, Simple
from hedu.errors import HeduError
from hedu.model.expressions import parse_expression
from hedu.model.types import Model

NEAR_TAX = 0.025
"""What is left of two amounts over different sources is the tax where their ratio is this near to a rate of it."""
Change = Callable[[Model], Model]


@dataclass(frozen=True, slots=True)
class Part:
    """`share` is what the facet makes A more (or less) than B, as a part of B."""

    facet: str
    share: float


@dataclass(frozen=True, slots=True)
class Game:
    """B with facets turned into A's, one by one: `changes` of its definition, `adds` to its value."""

    metric: str
    changes: dict[str, Change]
    adds: dict[str, float]


def parts_of(scene: Scene, a: str, b: str) -> tuple[Part, ...]:
    """The shares of the facets in (A - B) / |B| over all time, largest first; empty where only one thing differs.

    One metric is recomputed with every set of the other's facets that can be carried over (refunds added back, the
    date, the filter or measure, numerator or denominator); each facet gets its Shapley share of the way. What no
    facet explains comes from the source, or is the tax where it is just that. Of the two ways round, the one that
    leaves less to the source is told.
    """
    values = [_value(scene, scene.model, name) for name in (a, b)]
    if values[0] is None or not values[1]:
        return ()
    forth = _amounts(scene, (a, values[0]), (b, values[1]))
    back = _amounts(scene, (b, values[1]), (a, values[0]))
    ways = [way for way in (forth, {facet: -amount for facet, amount in back.items()}) if len(way) > 1]
    best = min(ways, key=lambda way: abs(way.get("source", 0.0)), default={})
    parts = [Part(facet, amount / abs(values[1])) for facet, amount in best.items()]
    return tuple(sorted(parts, key=lambda part: -abs(part.share)))


def _amounts(scene: Scene, a: tuple[str, float], b: tuple[str, float]) -> dict[str, float]:
    """Facet -> what it adds to A - B, starting from B."""
    game = _ratio_game(scene.model, a[0], b[0]) or _sum_game(scene, a[0], b[0])
    if game is None:
        return {}
    known: dict[frozenset[str], float | None] = {}

    def value(chosen: frozenset[str]) -> float:
        if chosen not in known:
            known[chosen] = _changed(scene, game, chosen)
        return known[chosen] or 0.0

    facets = (*game.changes, *game.adds)
    shares = shapley(facets, value)
    if any(found is None for found in known.values()):
        return {}
    reached = value(frozenset(facets))
    amounts = shares | _rest(scene, a[0], a[1] - reached, reached)
    least = 1e-12 * max(abs(a[1]), abs(b[1]))
    return {facet: amount for facet, amount in amounts.items() if abs(amount) > least}


def _value(scene: Scene, model: Model, metric: str) -> float | None:
    try:
        row = scene.look.ask_variant(model, metric).rows()[0]
    except HeduError:
        return None
    return float(row[metric]) if row[metric] is not None else None


def _changed(scene: Scene, game: Game, chosen: frozenset[str]) -> float | None:
    model = scene.model
    for facet, change in game.changes.items():
        model = change(model) if facet in chosen else model
    found = _value(scene, model, game.metric)
    return None if found is None else found + sum(game.adds[facet] for facet in chosen if facet in game.adds)


def _rest(scene: Scene, metric: str, left: float, reached: float) -> dict[str, float]:
    """What the facets do not explain: the tax as far as it is one, then the source."""
    if abs(left) <= 1e-9 * abs(reached):
        return {}
    rates = [rate for factor in VAT for rate in (factor, 1 / factor)]
    ratio = (left + reached) / reached if reached else 0.0
    is_money = scale_of(scene.model.metrics[metric].unit)[0] == scene.model.settings.currency
    near = min(rates, key=lambda rate: abs(ratio / rate - 1))
    if not is_money or abs(ratio / near - 1) > NEAR_TAX:
        return {"source": left}
    tax = reached * (near - 1)
    return {"tax": tax, "source": left - tax}


def _ratio_game(model: Model, a: str, b: str) -> Game | None:
    one, other = model.metrics[a].body, model.metrics[b].body
    if not isinstance(one, Ratio) or not isinstance(other, Ratio):
        return None
    changes = {
        side: _with_side(b, side, getattr(one, side))
        for side in ("numerator", "denominator")
        if getattr(one, side) != getattr(other, side)
    }
    units = [[model.metrics[ref.metric].unit for ref in (body.numerator, body.denominator)] for body in (one, other)]
    return Game(b, changes, {}) if units[0] == units[1] else None


def _with_side(metric: str, side: str, ref: Any) -> Change:
    def change(model: Model) -> Model:
        held = model.metrics[metric].body
        assert isinstance(held, Ratio)
        body = replace(held, numerator=ref) if side == "numerator" else replace(held, denominator=ref)
        changed = _with_body(model, metric, body)
        return replace(changed, uses={**changed.uses, metric: (body.numerator.metric, body.denominator.metric)})

    return change


def _with_body(model: Model, metric: str, body: Any) -> Model:
    held = model.metrics[metric]
    changed = replace(held, definition=replace(held.definition, body=body))
    return replace(model, metrics={**model.metrics, metric: changed})


def _sum_game(scene: Scene, a: str, b: str) -> Game | None:
    """The cores of two sums: what one formula subtracts is added back, then date, filter and measure are swapped."""
    model = scene.model
    (core_a, less_a), (core_b, less_b) = _core(model, a), _core(model, b)
    if core_a is None or core_b is None or less_a & less_b:
        return None
    one, other = simple_of(model, core_a), simple_of(model, core_b)
    taken = [(1.0, name) for name in sorted(less_b)] + [(-1.0, name) for name in sorted(less_a)]
    values = [(sign, _value(scene, model, name)) for sign, name in taken]
    if one is None or other is None or any(value is None for _, value in values):
        return None
    adds = {"refunds": sum(sign * (value or 0.0) for sign, value in values)} if values else {}
    changes = _swaps(model, core_a, core_b, one, other)
    return Game(b, changes, adds) if changes or adds else None


def _core(model: Model, metric: str) -> tuple[str | None, frozenset[str]]:
    """A metric as one metric less others: (core, what is subtracted)."""
    body = model.metrics[metric].body
    if isinstance(body, Simple):
        return metric, frozenset()
    if not isinstance(body, Derived) or any(ref.is_earlier for _, ref in body.metrics):
        return None, frozenset()
    named = {alias: ref.metric for alias, ref in body.metrics}
    tree, less = parse_expression(body.formula), set()
    while isinstance(tree, exp.Sub) and isinstance(tree.expression, exp.Column):
        less.add(named.get(tree.expression.name, tree.expression.name))
        tree = tree.this
    core = named.get(tree.name, tree.name) if isinstance(tree, exp.Column) else None
    return core, frozenset(less)


def _swaps(model: Model, core_a: str, core_b: str, one: tuple[str, str], other: tuple[str, str]) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    time_a, time_b = leaf_times(model, core_a).get(one), leaf_times(model, core_b).get(other)
    if time_a and time_a != time_b and time_a in model.datasets[other[0]].dimensions:
        changes["time"] = lambda model: with_times(model, {other: time_a})
    if one[0] != other[0]:
        return changes
    where_a, where_b = (getattr(model.metrics[core].body, "where", None) for core in (core_a, core_b))
    if where_a != where_b:
        changes["filter"] = lambda model: _with_filter(model, core_b, where_a)
    mine, theirs = (model.datasets[name].measures[measure] for name, measure in (one, other))
    if (mine.agg, mine.expr, mine.where) != (theirs.agg, theirs.expr, theirs.where):
        changes["measure"] = lambda model: _with_measure(model, other, one)
    return changes


def _with_filter(model: Model, metric: str, where: str | None) -> Model:
    body = model.metrics[metric].body
    assert isinstance(body, Simple)
    return _with_body(model, metric, replace(body, where=where))


def _with_measure(model: Model, leaf: tuple[str, str], of: tuple[str, str]) -> Model:
    """The leaf adds up what another measure of its dataset does, by its own date."""
    dataset = model.datasets[leaf[0]]
    held = dataset.measures[leaf[1]]
    swapped = replace(dataset.measures[of[1]], name=held.name, time=held.time)
    wider = replace(dataset, measures={**dataset.measures, leaf[1]: swapped})
    return replace(model, datasets={**model.datasets, dataset.name: wider})
