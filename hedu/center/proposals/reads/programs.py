"""Proposals and plans for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from hedu.center.catalog import figures
from hedu.center.catalog import reads as catalog
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.plain import plain
from hedu.center.kernel.reading import found, read
from hedu.center.people.models import Department
from hedu.center.proposals.models import Proposal
from hedu.center.proposals.reads.affected import impact_of
from hedu.center.proposals.reads.preview import Preview, preview_on
from hedu.center.proposals.reads.rows import (
    affected_of,
    change_of,
    latest,
    visible_to,
    waiting_departments,
    waits_for,
)
from hedu.center.proposals.reads.sight import require_seen
from hedu.center.proposals.rules import LIVE, Concern
from hedu.errors import HeduError


@read(doors={"rest", "cli"})
def proposals(actor: Actor, state: str = "", mine: bool = False, q: str = "") -> list[dict[str, Any]]:
    """Proposals, the latest two hundred; narrowed by state, by a part of the title, or to those the asker may sign."""
    rows: Any = visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    if q:
        rows = rows.filter(Q(title__icontains=q) | Q(title_en__icontains=q) | Q(names__icontains=q))
    if mine:
        rows = rows.filter(pk__in=[row.pk for row in waits_for(actor)])
    return [row.as_json() for row in rows[:200]]


@read(doors={"rest", "cli"})
def proposal(actor: Actor, id: int) -> dict[str, Any]:
    """One proposal: its fields before and after, the departments with their part and decisions, and its digest.

    Whoever signs hands the digest back: it says what exactly was seen.
    """
    row = found(visible_to(actor), pk=id)
    revision = latest(row)
    waiting = waiting_departments(row) if row.state == Proposal.State.OPEN else []
    return {
        **row.as_json(),
        "digest": revision.digest,
        "reason": row.reason,
        "changes": _changes(row, "en" if actor.lang == "en" else "zh"),
        "departments": [
            {
                "department": item.department.code if item.department else None,
                "part": item.part,
                "waiting": item.part == "must_sign" and item.department_id in waiting,
                "why": item.why,
            }
            for item in affected_of(revision)
        ],
        "decisions": [item.as_json() for item in revision.signoffs.select_related("person", "department")],
    }


@read(doors={"rest", "cli"})
def disputes(actor: Actor, id: int) -> list[dict[str, str]]:
    """What must be settled before a proposal can be merged with what was published meanwhile: each field as it was, as
    published and as proposed."""
    row = found(visible_to(actor), pk=id)
    if row.kind != Proposal.Kind.DEFINITIONS or row.state not in LIVE:
        return []
    told = catalog.disputes_of(change_of(latest(row)))
    return [
        {"field": f"{name}/{one.path}", "base": one.base, "theirs": one.theirs, "mine": one.mine}
        for name, held in told.items()
        for one in held
    ]


@read(doors={"rest", "cli"})
def preview(actor: Actor, id: int) -> dict[str, Any]:
    """The numbers of a proposal before and after, by period and by department, as far as the asker may see them."""
    row = found(visible_to(actor), pk=id)
    lang: figures.Lang = "en" if actor.lang == "en" else "zh"
    found_numbers = preview_on(actor, row, lang)
    told: dict[str, Any] = plain(found_numbers)
    return {**told, "not_computed": _not_computed(found_numbers)}


def _not_computed(numbers: Preview) -> list[dict[str, Any]]:
    """What there was no room for: what, how many, their names where they have some."""
    places = [row.code for row in Department.objects.filter(pk__in=numbers.slices_left_off)]
    left: tuple[tuple[str, int, list[str]], ...] = (
        ("metrics", len(numbers.not_computed), list(numbers.not_computed)),
        ("departments", len(places), places),
        ("targets", numbers.flips_left_off, []),
        ("tiles and views", numbers.kept_left_off, []),
    )
    return [
        {"what": what, "count": count, "names": names, "said": f"and {count} more {what}, not computed"}
        for what, count, names in left
        if count
    ]


@read(doors={"rest", "cli"}, method="POST")
def plan(actor: Actor, texts: dict[str, str], prune: bool = False) -> dict[str, Any]:
    """What proposing a folder would change, every problem it would have, and which departments it concerns."""
    told = catalog.plan(actor, texts, prune=prune)
    try:
        change = catalog.texts_wanted(texts, prune=prune)
    except HeduError:
        return {**told, "departments": []}
    impact = impact_of(actor, change) if change.items else None
    if impact is None:
        return {**told, "departments": []}
    datasets = [item.name for item in change.items if item.kind == "dataset"]
    told["departments"] = _concerns(impact.concerns)
    try:
        require_seen(Proposal.Kind.DEFINITIONS, datasets, impact.required)
    except HeduError as error:
        told["problems"].append(error.problem.as_json("en" if actor.lang == "en" else "zh"))
    return told


def _concerns(concerns: tuple[Concern, ...]) -> list[dict[str, Any]]:
    codes = dict(Department.objects.values_list("pk", "code"))
    return [
        {
            "department": codes.get(item.department or 0),
            "part": item.part,
            "reasons": [f"{why.kind} {' '.join(filter(None, (why.note, *why.names)))}".strip() for why in item.reasons],
        }
        for item in concerns
    ]


def _changes(row: Proposal, lang: Any) -> list[dict[str, Any]]:
    if row.kind != Proposal.Kind.DEFINITIONS:
        return []
    told = catalog.changes_of(change_of(latest(row)))
    return [
        {
            "definition": item.name,
            "field": field.title(lang),
            "path": f"{item.name}/{field.path}",
            "before": field.before,
            "after": field.after,
            "risk": field.risk,
            "reason": field.reason.text(lang),
        }
        for item, fields in told.items()
        for field in fields
    ]
