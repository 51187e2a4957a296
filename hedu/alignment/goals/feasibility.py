"""Targets, agreed constraints and identities -> whether all can hold at once (a linear program, HiGHS).

If not: minimal sets of them that contradict themselves (take any one away and the rest can hold), found by the deletion
filter of Chinneck & Dravnieks (1991): the departments behind it must talk. If so: how much room each target leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hedu.alignment.scene import Operator

Variable = tuple[str, str, str]
"""(metric, scope, period)."""
RowKind = Literal["target", "constraint", "identity", "bound"]
_REMOVED_FIRST: tuple[RowKind, ...] = ("bound", "identity", "constraint", "target")
MOST_SOUGHT = 24
"""Searches for further minimal sets in one component."""
_MOST_STEPS = 2_000
_SLACK = 1e-6
"""Of a row's own size: contradictions smaller than this are rounding."""


@dataclass(frozen=True)
class Row:
    """sum(coefficient × variable) operator bound. `name` is the target's, the constraint's or the identity's own."""

    name: str
    kind: RowKind
    terms: Mapping[Variable, float]
    operator: Operator
    bound: float
    department: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """How far a target could still be pushed while all others hold; None where nothing limits it."""

    name: str
    best: float | None
    slack: float | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A minimal set of rows that cannot hold at once. `gives` says, for each target and constraint of it, the nearest
    bound it would have to take if it alone gave way (None: it cannot help)."""

    rows: tuple[Row, ...]
    gives: Mapping[str, float | None]

    @property
    def parties(self) -> tuple[Row, ...]:
        """The rows people set, identities and bounds of history left out."""
        return tuple(row for row in self.rows if row.kind in ("target", "constraint"))


def contradictions(rows: Iterable[Row]) -> tuple[Contradiction, ...]:
    """As many contradictions as there are side by side: minimal sets of which no two share a target. Sets that share
    one show one after the other is settled."""
    found: list[Contradiction] = []
    for component in components(rows):
        if not is_feasible(component):
            chosen = _apart([(core, _aims(core)) for core in every_minimal(component)])
            found += [Contradiction(core, _gives(core)) for core in chosen]
    return tuple(found)


def every_minimal(rows: Sequence[Row], most: int = MOST_SOUGHT) -> tuple[tuple[Row, ...], ...]:
    """The minimal sets of rows that cannot hold, the smallest first: those side by side, however many there are, and
    as many others as `most` searches find.

    Each set is broken up in every way, by leaving out one of its targets, and what is left is searched again
    (Reiter 1987).
    """
    found = _side_by_side(rows)
    pending: list[frozenset[str]] = [frozenset()]
    seen, searches = set(pending), 0
    while pending and searches < most and len(seen) < _MOST_STEPS:
        without = pending.pop(0)
        core = next((one for one in found if without.isdisjoint(_aims(one))), None)
        if core is None:
            left = [row for row in rows if row.name not in without]
            searches += 1
            if not left or is_feasible(left):
                continue
            core = minimal(left)
            found.append(core)
        fresh = [without | {name} for name in sorted(_aims(core)) if without | {name} not in seen]
        seen.update(fresh)
        pending += fresh
    return tuple(sorted(found, key=len))


def _side_by_side(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    """One set after the other, each without the targets of those before."""
    found: list[tuple[Row, ...]] = []
    left = list(rows)
    while left and not is_feasible(left):
        found.append(minimal(left))
        left = [row for row in left if row.name not in _aims(found[-1])]
    return found


def _aims(core: Sequence[Row]) -> frozenset[str]:
    """What gives way when a set is settled: its targets, else what was agreed, else whatever it holds."""
    for kind in ("target", "constraint"):
        names = frozenset(row.name for row in core if row.kind == kind)
        if names:
            return names
    return frozenset({core[0].name})


def _apart(cores: Sequence[tuple[tuple[Row, ...], frozenset[str]]]) -> list[tuple[Row, ...]]:
    """The most of the sets that share nothing with one another; of equally many, the smaller ones."""
    best: list[tuple[Row, ...]] = []
    steps = 0

    def choose(at: int, chosen: list[tuple[Row, ...]], taken: frozenset[str]) -> None:
        nonlocal best, steps
        steps += 1
        if len(chosen) > len(best):
            best = list(chosen)
        if steps > _MOST_STEPS or len(chosen) + len(cores) - at <= len(best):
            return
        core, aims = cores[at]
        if not aims & taken:
            choose(at + 1, [*chosen, core], taken | aims)
        choose(at + 1, chosen, taken)

    choose(0, [], frozenset())
    return best


def rooms(rows: Iterable[Row]) -> dict[str, Room]:
    """For each target of what can hold: the best value it could reach with all the others held."""
    found: dict[str, Room] = {}
    for component in components(rows):
        if not any(row.kind == "target" for row in component) or not is_feasible(component):
            continue
        for row in component:
            if row.kind == "target" and row.operator != "=":
                best = _best(row, [other for other in component if other is not row])
                found[row.name] = _room(row, best)
    return found


def _room(row: Row, best: float | None) -> Room:
    """Room within the rounding of the solver is none."""
    if best is None:
        return Room(row.name, None, None)
    slack = (best - row.bound) * (1 if row.operator == ">=" else -1)
    if abs(slack) <= 4 * _SLACK * max(abs(row.bound), abs(best)):
        return Room(row.name, row.bound, 0.0)
    return Room(row.name, best, slack)


def components(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows that have variables in common, however far apart, stand together."""
    above: dict[Variable, Variable] = {}

    def top(variable: Variable) -> Variable:
        while above.setdefault(variable, variable) != variable:
            above[variable] = above[above[variable]]
            variable = above[variable]
        return variable

    kept = [row for row in rows if row.terms]
    for row in kept:
        first, *others = row.terms
        for other in others:
            above[top(other)] = top(first)
    grouped: dict[Variable, list[Row]] = {}
    for row in kept:
        grouped.setdefault(top(next(iter(row.terms))), []).append(row)
    return list(grouped.values())


def is_feasible(rows: Sequence[Row]) -> bool:
    """Whether all rows can hold at once."""
    return _solved(rows, None) is not None


def minimal(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The deletion filter over rows that cannot hold: what can be left out is; bounds and identities first."""
    kept = list(rows)
    for row in sorted(rows, key=lambda row: _REMOVED_FIRST.index(row.kind)):
        fewer = [other for other in kept if other is not row]
        if fewer and not is_feasible(fewer):
            kept = fewer
    return tuple(kept)


def _gives(core: Sequence[Row]) -> dict[str, float | None]:
    told: dict[str, float | None] = {}
    for row in core:
        if row.kind in ("target", "constraint"):
            told[row.name] = _best(row, [other for other in core if other is not row])
    return told


def _best(row: Row, others: Sequence[Row]) -> float | None:
    """The largest (for >=) or smallest value of a row's left side while the others hold; None where unlimited."""
    if not others:
        return None
    if row.operator == "=":
        ends = [_solved(others, row, sense) for sense in (1, -1)]
        known = [end for end in ends if end is not None and abs(end) != float("inf")]
        return min(known, key=lambda end: abs(end - row.bound), default=None)
    found = _solved(others, row, 1 if row.operator == ">=" else -1)
    return None if found is None or abs(found) == float("inf") else found


def _solved(rows: Sequence[Row], objective: Row | None, sense: int = 1) -> float | None:
    """The best value of the objective's left side (inf where unlimited), 0 without one; None where rows cannot hold.

    Variables and rows are scaled to about one, so that the solver's tolerance means the same for yuan and ratios.
    """
    import numpy as np
    from scipy.optimize import linprog

    variables = list(dict.fromkeys(name for row in (*rows, *filter(None, [objective])) for name in row.terms))
    scale = _scales(rows, variables)
    place = {name: at for at, name in enumerate(variables)}
    upper: list[list[float]] = []
    upper_bounds: list[float] = []
    for row in rows:
        line = [0.0] * len(variables)
        for name, factor in row.terms.items():
            line[place[name]] = factor * scale[name]
        size = max((abs(factor) for factor in line), default=0.0) or 1.0
        line, bound = [factor / size for factor in line], row.bound / size
        give = _SLACK * max(1.0, abs(bound))
        if row.operator in (">=", "="):
            upper.append([-factor for factor in line])
            upper_bounds.append(-bound + give)
        if row.operator in ("<=", "="):
            upper.append(line)
            upper_bounds.append(bound + give)
    costs = np.zeros(len(variables))
    if objective is not None:
        for name, factor in objective.terms.items():
            costs[place[name]] = -sense * factor * scale[name]
    unit = float(np.abs(costs).max()) or 1.0
    solved = linprog(
        costs / unit, A_ub=upper or None, b_ub=upper_bounds or None, bounds=[(None, None)] * len(variables),
        method="highs",
    )  # fmt: skip
    if solved.status == 2:
        return None
    if objective is None:
        return 0.0
    return -sense * float(solved.fun) * unit if solved.status == 0 else sense * float("inf")


def _scales(rows: Sequence[Row], variables: Sequence[Variable]) -> dict[Variable, float]:
    """A typical size of each variable: what the rows that speak of it alone say, else what follows from the others."""
    sizes: dict[Variable, float] = {}
    for row in rows:
        if len(row.terms) == 1 and row.bound:
            ((name, factor),) = row.terms.items()
            if factor:
                sizes[name] = max(sizes.get(name, 0.0), abs(row.bound / factor))
    for _ in range(len(rows)):
        before = len(sizes)
        for row in rows:
            known = [abs(factor) * sizes[name] for name, factor in row.terms.items() if name in sizes]
            for name, factor in row.terms.items():
                if known and factor:
                    sizes.setdefault(name, max(known) / abs(factor))
        if len(sizes) == before:
            break
    return {name: sizes.get(name) or 1.0 for name in variables}
