"""A wish -> a proposal open for signature. What is wrong with it is said before anybody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hedu.center.catalog import actions as catalog_actions
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import ChangeSet
from hedu.center.catalog.models import Metric
from hedu.center.goals import reads as goals
from hedu.center.goals.rules import change_of as target_change_of
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.plain import plain
from hedu.center.kernel.reading import found
from hedu.center.people import actions as people_actions
from hedu.center.people.models import Department
from hedu.center.people.reads import alike, policies_visible_to
from hedu.center.proposals import reads
from hedu.center.proposals.actions.lifecycle import (
    Origin,
    opened,
    require_publishable,
    revised,
)
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, QueryError


def may_propose(actor: Actor, **_: Any) -> bool:
    """Those who edit definitions anywhere; the departments concerned then sign or not."""
    return actor.is_admin or bool(catalog.edited_departments(actor))


def may_propose_draft(actor: Actor, draft: str, **_: Any) -> bool:
    """The draft's author, and those who edit for its department."""
    row = found(catalog.drafts_visible_to(actor), pk=draft)
    return row.author_id == actor.user_id or catalog.may_edit_for(actor, row.department_id)


def may_edit_metric(actor: Actor, metric: str, **_: Any) -> bool:
    """Those who edit for the owning department."""
    return catalog.may_edit_for(actor, catalog.metric_named(actor, metric).department_id)


def may_aim(actor: Actor, **_: Any) -> bool:
    """Those who set targets anywhere; the departments that are to reach them then sign or not."""
    return actor.is_admin or bool(goals.managed_departments(actor))


def administrator(actor: Actor, **_: Any) -> bool:
    return actor.is_admin


@action(may=may_propose, doors={"page", "rest", "cli"}, event="proposals.opened", secret=("texts",))
def open_proposal(
    actor: Actor,
    *,
    texts: dict[str, str],
    title: str = "",
    title_en: str = "",
    reason: str = "",
    prune: bool = False,
    valid_from: date | None = None,
    origin_kind: str = "",
    origin_id: str = "",
    parties: list[str] | None = None,
) -> Proposal:
    """Propose a folder of definitions: what differs from the catalog. `prune` takes metrics it lacks out of use.

    However many definitions it holds, it is one proposal and one task for each department. `origin_*` name what asked
    for it (a case, a meeting), `parties` the departments between whom that was settled: they sign, too.
    """
    change = catalog.texts_wanted(texts, prune=prune, valid_from=valid_from)
    known = Department.objects.filter(is_active=True)
    origin = Origin(origin_kind, origin_id, tuple(found(known, code=code).code for code in parties or ()))
    return _definitions(actor, change, title=title, title_en=title_en, reason=reason, origin=origin)


@action(may=may_propose, doors={"rest", "cli"}, secret=("texts",))
def apply(
    actor: Actor,
    *,
    texts: dict[str, str],
    title: str = "",
    reason: str = "",
    prune: bool = False,
    valid_from: date | None = None,
) -> dict[str, Any]:
    """Bring a folder in: an administrator fills an empty catalog at once; afterwards this opens a proposal.

    Nothing is opened where nothing differs.
    """
    if actor.is_admin and not Metric.objects.filter(head__isnull=False).exists():
        versions = catalog_actions.apply_texts(actor, texts, note=reason or title)
        return {"published": len(versions), "proposal": None}
    if not catalog.texts_wanted(texts, prune=prune).items:
        record("catalog", "", "", note="nothing changed")
        return {"published": 0, "proposal": None}
    row = open_proposal(actor, texts=texts, title=title, reason=reason, prune=prune, valid_from=valid_from)
    return {"published": 0, "proposal": row}


@action(may=may_propose_draft, doors={"page", "rest", "cli"}, event="proposals.opened")
def propose_draft(
    actor: Actor, draft: str, *, title: str = "", reason: str = "", valid_from: date | None = None
) -> Proposal:
    """Propose a draft. Where it is under signature already, its text becomes the next revision."""
    row = found(catalog.drafts_visible_to(actor), pk=draft)
    change = catalog.draft_wanted(row, valid_from)
    live = Proposal.objects.select_for_update().filter(draft=row.pk, state__in=reads.LIVE).first()
    if live is None:
        return _definitions(actor, change, title=title, reason=reason, draft=row.pk)
    require_publishable(actor, change)
    return revised(actor, live, change.as_json(), note=reason)


@action(may=may_edit_metric, doors={"page", "rest", "cli"}, event="proposals.opened")
def propose_rename(actor: Actor, metric: str, *, name: str, reason: str = "") -> Proposal:
    """Propose another name for a metric. Its id, history and uses stay; metrics built on it follow."""
    change = catalog.rename_wanted(catalog.metric_named(actor, metric), name)
    return _definitions(actor, change, title=f"{metric} → {name}", reason=reason)


@action(may=may_edit_metric, doors={"page", "rest", "cli"}, event="proposals.opened")
def propose_retirement(actor: Actor, metric: str, *, reason: str = "") -> Proposal:
    """Propose to take a metric out of use. Refused while other metrics are built on it; its history stays."""
    return _definitions(actor, catalog.retirement_wanted(catalog.metric_named(actor, metric)), reason=reason)


@action(may=may_edit_metric, doors={"page", "rest", "cli"}, event="proposals.opened")
def propose_restoration(actor: Actor, metric: str, *, reason: str = "") -> Proposal:
    """Propose to bring a retired metric back with its last text."""
    return _definitions(actor, catalog.restoration_wanted(catalog.metric_named(actor, metric)), reason=reason)


@action(may=may_propose, doors={"page", "rest", "cli"}, event="proposals.opened")
def roll_back(actor: Actor, metric: str, *, number: int, reason: str = "") -> Proposal:
    """Propose the text of an earlier version as the next version: history goes on, it is not undone."""
    row = catalog.metric_named(actor, metric)
    change = catalog.earlier_wanted(row, number)
    titles = {key: f"{row.label(lang)} ← v{number}" for key, lang in (("title", "zh"), ("title_en", "en"))}
    return _definitions(actor, change, **titles, reason=reason)


@action(may=may_aim, doors={"page", "rest", "cli"}, event="proposals.opened")
def propose_targets(
    actor: Actor,
    *,
    changes: list[dict[str, Any]],
    title: str = "",
    reason: str = "",
    origin_kind: str = "",
    origin_id: str = "",
) -> Proposal:
    """Propose targets: each change as goals reads it (code, deed, metric, department, period, operator, value …)."""
    wanted = [target_change_of(item) for item in changes]
    diffs = goals.plan_targets(actor, wanted)
    problems = [problem for diff in diffs for problem in diff.problems]
    if problems:
        raise QueryError.of(problems)
    changed = [diff.change.as_json() for diff in diffs if diff.is_change]
    content = {"changes": changed, "bases": reads.bases_of(item["code"] for item in changed)}
    origin = Origin(origin_kind, origin_id)
    return opened(actor, "targets", content, title=title, reason=reason, origin=origin)


@action(may=administrator, doors={"page", "rest", "cli"}, event="proposals.opened")
def propose_policy(
    actor: Actor,
    *,
    grants: list[dict[str, Any]],
    withdraw: Sequence[int] = (),
    title: str = "",
    reason: str = "",
    origin_kind: str = "",
    origin_id: str = "",
) -> Proposal:
    """Propose data policies: grants as people.grant takes them, and policies (by id) to be withdrawn."""
    for given in grants:
        _require_policy(given, withdraw)
    gone = [found(policies_visible_to(actor).filter(is_active=True), pk=policy) for policy in dict.fromkeys(withdraw)]
    content = {
        "grants": [plain(given) for given in grants],
        "withdraw": [row.pk for row in gone],
        "datasets": [row.dataset for row in gone],
    }
    origin = Origin(origin_kind, origin_id)
    return opened(actor, "policy", content, title=title, reason=reason, origin=origin)


def _require_policy(given: dict[str, Any], withdraw: Sequence[int]) -> None:
    """What is wrong with a policy is said before anybody signs it."""
    known = {"dataset": "", **(people_actions.policy_of.__kwdefaults__ or {})}
    for key in {"dataset"} - given.keys() | given.keys() - known.keys():
        raise QueryError("question-field-wrong", field=key)
    for key, value in given.items():
        kind = bool if isinstance(known[key], bool) else str
        if not isinstance(value, kind) and not (known[key] is None and (value is None or isinstance(value, date))):
            raise QueryError("question-field-wrong", field=key)
    row = people_actions.policy_of(**given)
    if alike(row, besides=withdraw):
        raise Conflict("policy-in-force", dataset=row.dataset)


def _definitions(
    actor: Actor,
    change: ChangeSet,
    *,
    title: str = "",
    title_en: str = "",
    reason: str = "",
    draft: str = "",
    origin: Origin = Origin(),  # noqa: B008
) -> Proposal:
    require_publishable(actor, change)
    content = change.as_json()
    return opened(
        actor, "definitions", content, title=title, title_en=title_en, reason=reason, draft=draft, origin=origin
    )
