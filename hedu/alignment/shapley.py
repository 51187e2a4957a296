"""A value over sets of players -> each player's share. Exact: the shares add up to the whole, whatever the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

MOST_PLAYERS = 12


def shapley(players: Sequence[str], value: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Each player's mean contribution over all orders of joining (Shapley 1953); sums to value(all) - value(none).

    `value` is asked once for each of the 2^n sets. ValueError beyond twelve players.

    >>> shapley(["a", "b"], lambda s: {0: 0.0, 1: 6.0, 2: 10.0}[len(s)])
    {'a': 5.0, 'b': 5.0}
    """
    if len(players) > MOST_PLAYERS:
        raise ValueError(f"{len(players)} players; at most {MOST_PLAYERS} are exact")
    count = len(players)
    sets = [frozenset(some) for size in range(count + 1) for some in combinations(players, size)]
    values = {some: value(some) for some in sets}
    shares = dict.fromkeys(players, 0.0)
    for some in sets:
        weight = factorial(len(some)) * factorial(count - len(some) - 1) / factorial(count) if len(some) < count else 0
        for player in players:
            if player not in some:
                shares[player] += weight * (values[some | {player}] - values[some])
    return shares
