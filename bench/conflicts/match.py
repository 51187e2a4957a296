"""Conflicts raised + truth.json -> which item each one shows, which are false alarms, which decoys were taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hedu.alignment.conflict import Conflict

Item = Mapping[str, Any]
TOLD = ("report", "target", "person", "proposal", "region", "quarter")
"""What else an item may name: a conflict that matches must say it too."""


@dataclass(slots=True)
class Tally:
    """One class of conflict on one seed."""

    true: list[Item] = field(default_factory=list)
    decoys: list[Item] = field(default_factory=list)
    found: set[int] = field(default_factory=set)
    raised: int = 0
    false: list[Conflict] = field(default_factory=list)
    taken: list[Item] = field(default_factory=list)

    @property
    def missed(self) -> list[Item]:
        return [item for at, item in enumerate(self.true) if at not in self.found]


def tallies(truth: Sequence[Item], raised: Sequence[Conflict], classes: Sequence[str]) -> dict[str, Tally]:
    """By class. A conflict shows an item when the metrics are the item's own, or one of its `also`."""
    made = {name: Tally() for name in classes}
    for item in truth:
        (made[item["class"]].decoys if item["decoy"] else made[item["class"]].true).append(item)
    for conflict in raised:
        tally = made[conflict.kind]
        tally.raised += 1
        shown = [at for at, item in enumerate(tally.true) if shows(conflict, item)]
        tally.found.update(shown)
        if not shown:
            tally.false.append(conflict)
            tally.taken += [item for item in tally.decoys if shows(conflict, item)]
    return made


def shows(conflict: Conflict, item: Item) -> bool:
    """Whether `conflict` is this item: its metrics and a party in common, or an `also`; and whatever else it names."""
    if any(set(conflict.metrics) == set(metrics) for metrics in item.get("also", [])):
        return _says(conflict, item)
    if set(conflict.metrics) != set(item["metrics"]):
        return False
    if conflict.departments and not set(conflict.departments) & set(item["departments"]):
        return False
    return _says(conflict, item)


def _says(conflict: Conflict, item: Item) -> bool:
    said = set(_words(conflict.facts)) | set(conflict.about.replace("=", " ").split())
    return all(item[name] in said for name in TOLD if name in item)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _words(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _words(part)
    else:
        yield str(value)
