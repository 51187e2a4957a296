"""Names as Ossie has them -> names that native definitions may have, each once."""

from __future__ import annotations

from hedu.define.definitions import Label
from hedu.define.formats.loss import Loss
from hedu.define.names import fault_of, proposal
from hedu.define.ossie.model import Spot

_WHY = Label("这里不能这样起名，已改名", "that cannot be a name here; it was renamed")
_TAKEN = Label("另一个模型已用了这个名称，已改名", "another model has that name; it was renamed")


class Names:
    """The names of one kind of thing. Case does not tell them apart."""

    def __init__(self, losses: list[Loss]) -> None:
        self.taken: set[str] = set()
        self.losses = losses

    def given(self, name: str, at: Spot, instead: str = "") -> str:
        """`name` itself where it can be one and is free, else one near it, reported."""
        wanted = name if fault_of(name) is None else proposal(name)
        free = wanted not in self.taken and wanted.casefold() not in self.taken
        found = self.fresh(wanted if free or not instead else instead)
        if found != name:
            why = _WHY if wanted != name else _TAKEN
            self.losses.append(Loss(f"{at.path}.name", f"{name} -> {found}", why, at.where))
        return found

    def fresh(self, wanted: str) -> str:
        """`wanted`, numbered if it is taken; from now on taken."""
        wanted = wanted if fault_of(wanted) is None else proposal(wanted)
        name, number = wanted, 2
        while name.casefold() in self.taken:
            name, number = f"{wanted}_{number}", number + 1
        self.taken.add(name.casefold())
        return name
