"""A function of one thing that never changes -> the same function, worked out once for each such thing.

One edit to a catalog of thousands leaves all other files, so their definitions, the very same things: what follows
from each alone is not worked out again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, Generic, ParamSpec, TypeVar

Thing = TypeVar("Thing")
Value = TypeVar("Value")
More = ParamSpec("More")
_MOST = 60_000


class Remembered(Generic[Thing, More, Value]):
    """`function`, asked once for each object (told by identity, not by what it equals). Safe between threads.

    What is passed beside it must follow from the object as far as the function looks at it.
    """

    def __init__(self, function: Callable[Concatenate[Thing, More], Value]) -> None:
        self._function = function
        self._kept: dict[int, tuple[Thing, Value]] = {}
        update_wrapper(self, function)

    def __call__(self, thing: Thing, *more: More.args, **named: More.kwargs) -> Value:
        found = self._kept.get(id(thing))
        if found is not None and found[0] is thing:
            return found[1]
        value = self._function(thing, *more, **named)
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[id(thing)] = (thing, value)
        return value


def remembered(function: Callable[Concatenate[Thing, More], Value]) -> Remembered[Thing, More, Value]:
    """Work `function` out once for each definition; its value is shared, so nobody may change it."""
    return Remembered(function)
