"""Publishing in tests of the catalog alone: change sets as if everybody had signed them."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import override_settings

from hedu.center.catalog import actions, reads
from hedu.center.catalog.changeset import Approval, ChangeSet
from hedu.center.catalog.models import DefinitionVersion
from hedu.center.kernel.actor import SYSTEM, Actor

WAY = "tests.center.signed.approval_of"
_approvals: dict[str, Approval] = {}


def approval_of(name: str) -> Approval | None:
    """What the settings name while a test publishes."""
    return _approvals.get(name)


def published(actor: Actor, change: ChangeSet, note: str = "") -> list[DefinitionVersion]:
    """The change set as the published catalog. Where threads publish at once, the settings name WAY before."""
    name = f"signed/{change.digest}"
    _approvals[name] = Approval(change.digest, actor.user_id, note)
    named = nullcontext() if settings.HEDU_APPROVAL_OF == WAY else override_settings(HEDU_APPROVAL_OF=WAY)
    with named, transaction.atomic():
        return actions.publish(actor, change, approval=name)


def publish_draft(actor: Actor, draft: str, **more: Any) -> DefinitionVersion:
    """A draft as the published version."""
    note = more.pop("note", "")
    row = reads.drafts_visible_to(actor).get(pk=draft)
    return published(actor, reads.draft_wanted(row, more.pop("valid_from", None)), note)[0]


def put(texts: dict[str, str]) -> list[DefinitionVersion]:
    """A folder into the catalog, whatever is in it."""
    change = reads.texts_wanted(texts)
    return published(SYSTEM, change) if change.items else []


def rename(actor: Actor, metric: str, name: str) -> DefinitionVersion:
    """A metric under another name."""
    return published(actor, reads.rename_wanted(reads.metric_named(actor, metric), name))[0]


def retire(actor: Actor, metric: str, note: str = "") -> None:
    """A metric out of use."""
    published(actor, reads.retirement_wanted(reads.metric_named(actor, metric)), note)


def restore(actor: Actor, metric: str) -> DefinitionVersion:
    """A retired metric back."""
    return published(actor, reads.restoration_wanted(reads.metric_named(actor, metric)))[0]
