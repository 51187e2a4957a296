"""Conditions of one row -> canonical decision diagrams: equal diagrams are equal conditions, however they were written.

A diagram is True, False, or a node that cuts the line of one variable into pieces and says for each piece what is
left to decide. Variables stand in one order and no node is idle, so a condition has exactly one diagram (as Bryant's
reduced ordered diagrams, 1986, with intervals on the edges). Variables are (text, kind): the value of a term on a
line of its kind, or whether a term is NULL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Variable = tuple[str, str]
Cut = tuple[Any, int]
"""Just before a value (value, 0) or just after it (value, 1)."""
Diagram = bool | tuple[Variable, tuple[Cut, ...], tuple[Any, ...]]
MOST_STEPS = 20_000


class TooComplex(Exception):
    """A condition whose diagram would take too long to build, or that cannot be written as one."""


def piece(variable: Variable, low: Cut | None, high: Cut | None) -> Diagram:
    """True where the variable lies from cut `low` to cut `high`; None is an open end."""
    cuts = tuple(cut for cut in (low, high) if cut is not None)
    inside = (False, True, False) if low is not None else (True, False)
    return _node(variable, cuts, inside[: len(cuts) + 1])


def both(a: Diagram, b: Diagram) -> Diagram:
    """Where both hold."""
    return _combined(a, b, False)


def either(a: Diagram, b: Diagram) -> Diagram:
    """Where at least one holds."""
    return _combined(a, b, True)


def negated(a: Diagram) -> Diagram:
    """Where `a` does not hold."""
    known: dict[int, Diagram] = {}

    def walk(x: Diagram) -> Diagram:
        if isinstance(x, bool):
            return not x
        if id(x) not in known:
            known[id(x)] = (x[0], x[1], tuple(walk(child) for child in x[2]))
        return known[id(x)]

    return walk(a)


def implies(a: Diagram, b: Diagram) -> bool:
    """Whether `b` holds wherever `a` does, whatever the variables are: sound where they depend on each other too."""
    return both(a, negated(b)) is False


def variables(a: Diagram) -> set[Variable]:
    """The variables `a` truly depends on."""
    if isinstance(a, bool):
        return set()
    return {a[0]}.union(*(variables(child) for child in a[2]))


def pieces(a: Diagram, variable: Variable) -> Diagram:
    """What `a` says of `variable` alone: true where some values of the others make it true."""
    if isinstance(a, bool):
        return a
    own, cuts, children = a
    left = [pieces(child, variable) for child in children]
    if own == variable:
        return _node(own, cuts, tuple(one is not False for one in left))
    found: Diagram = False
    for one in left:
        found = either(found, one)
    return found


def _combined(a: Diagram, b: Diagram, absorbing: bool) -> Diagram:
    """AND (`absorbing` False) or OR (True)."""
    known: dict[tuple[int, int], Diagram] = {}
    kept: list[Diagram] = []

    def walk(x: Diagram, y: Diagram) -> Diagram:
        if x is absorbing or y is absorbing:
            return absorbing
        if isinstance(x, bool):
            return y
        if isinstance(y, bool):
            return x
        key = (id(x), id(y))
        if key not in known:
            if len(known) > MOST_STEPS:
                raise TooComplex
            known[key] = _split(x, y, walk)
            kept.extend((x, y))
        return known[key]

    return walk(a, b)


def _split(x: Any, y: Any, walk: Callable[[Diagram, Diagram], Diagram]) -> Diagram:
    if x[0] != y[0]:
        first, other = (x, y) if x[0] < y[0] else (y, x)
        return _node(first[0], first[1], tuple(walk(child, other) for child in first[2]))
    cuts = tuple(sorted({*x[1], *y[1]}))
    return _node(
        x[0], cuts, tuple(walk(one, other) for one, other in zip(_along(x, cuts), _along(y, cuts), strict=True))
    )


def _along(node: Any, cuts: tuple[Cut, ...]) -> list[Diagram]:
    """The children of `node`, one for each piece between finer `cuts`."""
    _, own, children = node
    found, at = [children[0]], 0
    for cut in cuts:
        if at < len(own) and own[at] == cut:
            at += 1
        found.append(children[at])
    return found


def _node(variable: Variable, cuts: tuple[Cut, ...], children: tuple[Any, ...]) -> Diagram:
    """Pieces next to each other that leave the same to decide become one."""
    kept_cuts: list[Cut] = []
    kept = [children[0]]
    for cut, child in zip(cuts, children[1:], strict=True):
        if child != kept[-1]:
            kept_cuts.append(cut)
            kept.append(child)
    only: Diagram = kept[0]
    return (variable, tuple(kept_cuts), tuple(kept)) if kept_cuts else only
