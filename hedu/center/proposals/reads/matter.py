"""What a proposal is about -> its digest, its names, whom it concerns: definitions, targets, or data policies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import change_set_of
from hedu.center.catalog.models import DatasetEntry
from hedu.center.goals import reads as goals
from hedu.center.goals.rules import TargetChange, change_of
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.people.actions import policy_of
from hedu.center.people.reads import alike, policies_visible_to
from hedu.center.proposals import rules
from hedu.center.proposals.reads.affected import Impact, impact_of
from hedu.center.proposals.reads.people import Places
from hedu.center.proposals.rules import Concern, Reason

Content = Mapping[str, Any]


def digest_of(kind: str, content: Content) -> str:
    """What a signature is bound to: definitions by their change set, everything else by its text."""
    if kind == "definitions":
        return change_set_of(content).digest
    text = json.dumps([kind, content], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def names_of(kind: str, content: Content) -> list[str]:
    """The definitions, targets or datasets it touches."""
    match kind:
        case "definitions":
            return [item["name"] for item in content["items"]]
        case "targets":
            return [item["code"] for item in content["changes"]]
        case _:
            return sorted({item["dataset"] for item in content["grants"]} | set(content["datasets"]))


def datasets_of(kind: str, content: Content) -> list[str]:
    """The datasets whose texts or policies it shows."""
    if kind == "definitions":
        return [item["name"] for item in content["items"] if item["kind"] == "dataset"]
    return names_of(kind, content) if kind == "policy" else []


def impact_on(actor: Actor, kind: str, content: Content) -> Impact:
    """Whom it concerns."""
    match kind:
        case "definitions":
            return impact_of(actor, change_set_of(content))
        case "targets":
            return _of_targets(actor, target_changes(content))
        case _:
            return _of_policy(content)


def target_changes(content: Content) -> tuple[TargetChange, ...]:
    """The changes of targets, as goals reads them."""
    return tuple(change_of(item) for item in content["changes"])


def bases_of(codes: Iterable[str]) -> dict[str, int]:
    """Code -> how often the target was changed, as it stands; none for one that never was."""
    rows = goals.targets_visible_to(SYSTEM, withdrawn=True).filter(code__in=list(codes))
    return dict(rows.values_list("code", "edits"))


def moved_in(kind: str, content: Content) -> list[str]:
    """What somebody else has changed since it was proposed: definitions, targets, or policies (by their datasets)."""
    if kind == "definitions":
        return catalog.moved(change_set_of(content))
    if kind == "policy":
        return _policies_moved(content)
    if kind != "targets" or "bases" not in content:
        return []
    codes = names_of(kind, content)
    held = bases_of(codes)
    return [code for code in codes if held.get(code) != content["bases"].get(code)]


def is_there_already(kind: str, content: Content) -> bool:
    """Whether all that it would do has been done: every policy granted or withdrawn, every target as it wants it."""
    if kind == "policy":
        gone = policies_visible_to(SYSTEM).filter(pk__in=content["withdraw"], is_active=False).count()
        return gone == len(content["withdraw"]) and all(alike(policy_of(**given)) for given in content["grants"])
    if kind != "targets":
        return False
    return not any(diff.problems or diff.is_change for diff in goals.plan_targets(SYSTEM, target_changes(content)))


def _policies_moved(content: Content) -> list[str]:
    """The datasets of policies that are withdrawn already, or in force already."""
    gone = policies_visible_to(SYSTEM).filter(pk__in=content["withdraw"], is_active=False)
    granted = [policy_of(**given) for given in content["grants"]]
    held = [row.dataset for row in granted if alike(row, besides=content["withdraw"])]
    return sorted({*gone.values_list("dataset", flat=True), *held})


def _of_targets(actor: Actor, changes: tuple[TargetChange, ...]) -> Impact:
    """Those who are to reach them, those above whose targets they share or shared, the letters of their goals' RACI (of
    the former one, too), and the owners of the metrics."""
    places, concerns, metrics = Places(), [], []
    today = catalog.names_today()
    held = {row.code: row for row in goals.targets_visible_to(actor).select_related("parent", "goal", "metric")}
    for change in changes:
        row = held.get(change.code)
        bearing = {places.codes.get(change.department or "")} | ({row.department_id} if row else set())
        for place in bearing - {None}:
            concerns.append(Concern(places.of(place), "must_sign", (Reason("goal", (change.code,)),)))
        above = {one.code: one for one in (held.get(change.parent), row.parent if row else None) if one is not None}
        for one in above.values():
            concerns.append(Concern(places.of(one.department_id), "must_sign", (Reason("goal", (one.code,)),)))
        for goal in dict.fromkeys(filter(None, (change.goal, row.goal.code if row and row.goal else ""))):
            concerns += _lettered(actor, places, goal)
        name = today.get(change.metric, change.metric) or (row.metric.name if row else "")
        metric = catalog.visible_to(actor).filter(name=name).first()
        if metric is not None:
            metrics.append(name)
            concerns.append(Concern(places.of(metric.department_id), "consulted", (Reason("owner", (name,)),)))
    return Impact("risky", tuple(dict.fromkeys(metrics)), (), rules.together(concerns))


def _lettered(actor: Actor, places: Places, goal: str) -> Iterator[Concern]:
    """Whoever answers for a goal or works on it signs for its targets; the others are asked, or told."""
    held = goals.visible_to(actor).filter(code=goal).first() if goal else None
    for letter, codes in (held.raci if held is not None else {}).items():
        part: rules.Part = "must_sign" if letter in "RA" else "consulted" if letter == "C" else "informed"
        for code in codes:
            if code in places.codes:
                yield Concern(places.coded(code), part, (Reason("raci", (goal,), letter),))


def _of_policy(content: Content) -> Impact:
    """The owners of the data sign; the departments that gain or lose sight of them are told."""
    places, concerns = Places(), []
    owners = dict(DatasetEntry.objects.values_list("name", "department_id"))
    for name in names_of("policy", content):
        concerns.append(Concern(places.of(owners.get(name)), "must_sign", (Reason("owner", (name,)),)))
    for item in content["grants"]:
        if item.get("department"):
            concerns.append(
                Concern(places.coded(item["department"]), "informed", (Reason("access", (item["dataset"],)),))
            )
    return Impact("risky", (), (), rules.together(concerns))
