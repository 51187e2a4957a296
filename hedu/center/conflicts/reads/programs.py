"""What programs may ask about cases."""

from __future__ import annotations

from typing import Any

from hedu.center.conflicts.reads.cases import listed, scans_visible_to, visible_to, words_for, words_of
from hedu.center.conflicts.reads.evidence import exhibits
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found, read


@read(doors={"rest", "cli"})
def cases(
    actor: Actor, state: str = "open", kind: str = "", department: str = "", metric: str = ""
) -> list[dict[str, Any]]:
    """Cases with their sentence; `state` may also be open, ended, late or all."""
    rows = listed(actor, {"state": state, "kind": kind, "department": department, "metric": metric})[:200]
    words = words_of(rows, actor.lang)
    return [{**row.as_json(), "sentence": words[row.pk]} for row in rows]


@read(doors={"rest", "cli"})
def case(actor: Actor, id: int) -> dict[str, Any]:
    """One case with its evidence as the asker may see it."""
    row = found(visible_to(actor), pk=id)
    shown = [
        {"kind": exhibit.kind, "facts": exhibit.facts, "hidden": list(exhibit.hidden)}
        for exhibit in exhibits(actor, row)
    ]
    return {**row.as_json(), "sentence": words_for(row, actor.lang), "evidence": shown}


@read(doors={"rest", "cli"})
def scans(actor: Actor) -> list[dict[str, Any]]:
    """The latest scans with what came of them."""
    return [row.as_json() for row in scans_visible_to(actor)[:50]]
