"""Other wordings, and the ways a proposal ends without being published."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import ChangeSet
from hedu.center.kernel.action import action
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found
from hedu.center.proposals import reads, rules
from hedu.center.proposals.actions.lifecycle import blocked, close, locked, require_publishable, revised
from hedu.center.proposals.models import Proposal
from hedu.errors import Conflict, Denied, HeduError, QueryError


def requester(actor: Actor, proposal: int, **_: Any) -> bool:
    """Whoever proposed it, and administrators."""
    return actor.is_admin or found(reads.visible_to(actor), pk=proposal).requester_id == actor.user_id


def system(actor: Actor, **_: Any) -> bool:
    return actor.is_system


@action(may=requester, doors={"page", "rest", "cli"}, event="proposals.revised", secret=("texts",))
def revise(actor: Actor, proposal: int, *, texts: dict[str, str], note: str = "") -> Proposal:
    """Propose other texts of definitions under the same proposal. Signatures of the former wording end."""
    row = locked(actor, proposal)
    _require_definitions(row)
    former = reads.change_of(reads.latest(row))
    change = catalog.texts_wanted(texts, valid_from=former.valid_from)
    kept = catalog.retirements_kept(former, [item.name for item in change.items])
    change = ChangeSet((*change.items, *kept), former.valid_from)
    if change.digest == former.digest:
        raise Conflict("nothing-changed", name=row.name)
    require_publishable(actor, change)
    return revised(actor, row, change.as_json(), note=note)


@action(may=requester, doors={"page", "rest", "cli"}, event="proposals.withdrawn")
def withdraw(actor: Actor, proposal: int, *, reason: str = "") -> Proposal:
    """Take a proposal back. The draft it came from is still there."""
    return close(actor, locked(actor, proposal), "withdraw", reason)


@action(may=requester, doors={"page", "rest", "cli"}, event="proposals.superseded")
def supersede(actor: Actor, proposal: int, *, by: int) -> Proposal:
    """End a proposal in favour of another one of one's own that is under way."""
    row = locked(actor, proposal)
    other = found(reads.visible_to(actor).filter(state__in=rules.LIVE).exclude(pk=row.pk), pk=by)
    if not actor.is_admin and other.requester_id != actor.user_id:
        raise Denied("successor-not-yours", number=other.pk)
    other.replaces = row
    other.save(update_fields=["replaces"])
    return close(actor, row, "supersede", f"#{other.pk}")


@action(may=system, doors=set(), event="proposals.rebased")
def rebase(actor: Actor, proposal: int) -> Proposal:
    """Another version of what it changes was published: merge by field, or say which fields are disputed.

    A merge is a new revision and signed anew. Where nothing is left to change, the proposal ends.
    """
    row = locked(actor, proposal)
    if row.state not in ("open", "approved") or row.kind != Proposal.Kind.DEFINITIONS:
        return row
    former = reads.change_of(reads.latest(row))
    if not catalog.moved(former):
        return _name_taken(actor, row, former)
    change, disputed = catalog.merged(former)
    if change is None:
        return blocked(actor, row, disputed)
    if not change.items:
        return close(actor, row, "withdraw", _("同样的内容已经发布"))
    try:
        require_publishable(actor, change)
        datasets = reads.datasets_of(row.kind, change.as_json())
        reads.require_seen(row.kind, datasets, reads.impact_of(actor, change).required)
    except HeduError as error:
        return blocked(actor, row, {}, error)
    return revised(actor, row, change.as_json(), note=", ".join(catalog.moved(former)), news="proposals.rebased")


@action(may=requester, doors={"page", "rest"}, event="proposals.revised")
def merge(actor: Actor, proposal: int, *, choices: dict[str, str], note: str = "") -> Proposal:
    """Merge a proposal by hand with what was published meanwhile: a new revision, signed anew.

    `choices` says for each disputed "definition/field" whether "theirs" (what was published) or "mine" (what was
    proposed) holds, or "=" and what it shall be instead. Where nothing is left to change, the proposal ends.
    """
    row = locked(actor, proposal)
    _require_definitions(row)
    former = reads.change_of(reads.latest(row))
    if row.state not in rules.LIVE or not catalog.moved(former):
        raise Conflict("nothing-to-merge", number=row.pk)
    change, disputed = catalog.merged(former, choices)
    if change is None:
        left = [f"{name}/{field}" for name, held in disputed.items() for field in held]
        raise QueryError("disputes-left", fields=left)
    if not change.items:
        return close(actor, row, "withdraw", note or _("同样的内容已经发布"))
    require_publishable(actor, change)
    return revised(actor, row, change.as_json(), note=note or ", ".join(catalog.moved(former)))


def _name_taken(actor: Actor, row: Proposal, change: ChangeSet) -> Proposal:
    """Somebody else has published a definition under a name that this one would bring in. The same text is there."""
    new = [item for item in change.items if not item.entry]
    left = {item.name for item in catalog.texts_wanted({f"{item.name}.yml": item.text for item in new}).items}
    if len(left) < len(new):
        items = tuple(item for item in change.items if item.entry or item.name in left)
        if not items:
            return close(actor, row, "withdraw", _("同样的内容已经发布"))
        return revised(actor, row, ChangeSet(items, change.valid_from).as_json(), news="proposals.rebased")
    try:
        require_publishable(actor, change)
    except HeduError as error:
        return blocked(actor, row, {}, error)
    return row


def _require_definitions(row: Proposal) -> None:
    if row.kind != Proposal.Kind.DEFINITIONS:
        raise Conflict("proposal-not-of-texts", number=row.pk)
