"""What programs may ask about cases."""

from __future__ import annotations

from typing import Any

from hedu.center.conflicts.models import Case
from hedu.center.conflicts.reads.cases import listed, scans_visible_to, visible_to, words_of
from hedu.center.conflicts.reads.evidence import exhibits, kept_from
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found, read


@read(doors={"rest", "cli"})
def cases(
    actor: Actor, state: str = "open", kind: str = "", department: str = "", metric: str = ""
) -> list[dict[str, Any]]:
    """Cases with their sentence; `state` may also be open, ended, late or all."""
    rows = listed(actor, {"state": state, "kind": kind, "department": department, "metric": metric})[:200]
    return _told(actor, list(rows))


@read(doors={"rest", "cli"})
def case(actor: Actor, id: int) -> dict[str, Any]:
    """One case with its evidence as the asker may see it."""
    row = found(visible_to(actor), pk=id)
    shown = [
        {"kind": exhibit.kind, "facts": exhibit.facts, "hidden": list(exhibit.hidden)}
        for exhibit in exhibits(actor, row)
    ]
    return {**_told(actor, [row])[0], "evidence": shown}


def _told(actor: Actor, rows: list[Case]) -> list[dict[str, Any]]:
    """Each with its sentence; facts and gap are left out where they rest on data of which the asker sees nothing."""
    bare = kept_from(actor, rows)
    words = words_of(rows, actor.lang, bare=bare)
    untold: dict[str, Any] = {"facts": {}, "gap": None}
    return [
        {**row.as_json(), **(untold if row.pk in bare else _numbers(row)), "sentence": words[row.pk]} for row in rows
    ]


def _numbers(row: Case) -> dict[str, Any]:
    return {"facts": row.facts, "gap": row.gap}


@read(doors={"rest", "cli"})
def scans(actor: Actor) -> list[dict[str, Any]]:
    """The latest scans with what came of them."""
    return [row.as_json() for row in scans_visible_to(actor)[:50]]
