"""Texts in the making: begun, kept, thrown away."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from hedu.center.catalog import reads
from hedu.center.catalog.actions.versions import MODELS, AnyEntry
from hedu.center.catalog.models import Draft
from hedu.center.catalog.texts import named
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found
from hedu.center.people.models import Department
from hedu.define.read import read
from hedu.errors import Conflict, QueryError

TEXT_MOST = 200_000
NAME_MOST = 200


def may_begin(actor: Actor, kind: str = "metric", name: str = "", **_: Any) -> bool:
    """Those who edit for the owning department; something new is begun by anybody who edits anywhere."""
    if actor.is_admin:
        return True
    if kind == "workspace":
        return False
    if not name:
        return bool(reads.edited_departments(actor))
    return reads.may_edit_for(actor, _entry(actor, kind, name).department_id)


def may_change(actor: Actor, draft: str, **_: Any) -> bool:
    """The author, and those who edit for the department the draft is for."""
    row = found(reads.drafts_visible_to(actor), pk=draft)
    return row.author_id == actor.user_id or reads.may_edit_for(actor, row.department_id)


def _entry(actor: Actor, kind: str, name: str) -> AnyEntry:
    if kind == "metric":
        return found(reads.visible_to(actor), name=name)
    if kind == "dataset":
        return found(reads.datasets_visible_to(actor), name=name)
    return found(MODELS["workspace"]._default_manager.all(), name=name)


@action(may=may_begin, doors={"page", "rest"}, event="catalog.draft_begun")
def create_draft(actor: Actor, *, kind: str = "metric", name: str = "", text: str = "") -> Draft:
    """Begin a draft of a new definition, or (with `name`) of a change to a published one."""
    if kind not in MODELS:
        raise QueryError("draft-kind-unknown", name=kind[:NAME_MOST], known=sorted(MODELS))
    row = _entry(actor, kind, name) if name else None
    base = row.head if row else None
    content = _kept(text or (base.text if base else ""))
    draft = Draft.objects.create(
        kind=kind,
        entry_id=row.pk if row else "",
        base=base,
        text=content,
        author_id=actor.user_id,
        name=(name or named(content)[1])[:NAME_MOST],
        department=row.department if row and base else _department_in(content, actor),
    )
    record("draft", draft.pk, draft.name, after={"name": draft.name, "base": base.number if base else None})
    return draft


@action(may=may_change, doors={"page", "rest"})
def save_draft(actor: Actor, draft: str, *, text: str, edits: int) -> Draft:
    """Keep the draft's text. `edits` is the number last seen: a draft changed meanwhile is not overwritten."""
    row = found(reads.drafts_visible_to(actor), pk=draft)
    kind, name = named(_kept(text))
    changes: dict[str, Any] = {"text": text, "name": name[:NAME_MOST] or row.name, "updated_at": timezone.now()}
    if not row.entry_id:
        changes |= {"department": _department_in(text, actor), "kind": kind or row.kind}
    kept = Draft.objects.filter(pk=row.pk, edits=edits).update(edits=F("edits") + 1, **changes)
    if not kept:
        raise Conflict("draft-changed-meanwhile", name=row.name)
    record("draft", row.pk, name or row.name, before={"text": row.text}, after={"text": text})
    row.refresh_from_db()
    return row


@action(may=may_change, doors={"page", "rest"})
def rebase_draft(actor: Actor, draft: str) -> Draft:
    """Go on from the latest published version, keeping the draft's text: what others changed was looked at."""
    row = found(reads.drafts_visible_to(actor), pk=draft)
    entry = found(MODELS[row.kind]._default_manager.all(), pk=row.entry_id)
    before = row.base.number if row.base else None
    row.base = entry.head
    row.edits += 1
    row.save(update_fields=["base", "edits"])
    record("draft", row.pk, row.name, before={"base": before}, after={"base": row.base.number if row.base else None})
    return row


@action(may=may_change, doors={"page", "rest"})
def discard_draft(actor: Actor, draft: str) -> None:
    """Throw a draft away. What is published stays as it is."""
    row = found(reads.drafts_visible_to(actor), pk=draft)
    record("draft", row.pk, row.name, before={"text": row.text})
    row.delete()


def _kept(text: str) -> str:
    if len(text) > TEXT_MOST:
        raise Conflict("draft-too-long", most=TEXT_MOST)
    return text


def _department_in(text: str, actor: Actor) -> Department | None:
    """The department a text names as owner, else one the actor edits for."""
    definitions, _ = read({"draft.yml": text})
    codes = [item.owner for item in (*definitions.metrics, *definitions.datasets) if item.owner]
    row = Department.objects.filter(code=codes[0]).first() if codes else None
    if row is None:
        row = Department.objects.filter(pk__in=reads.edited_departments(actor)).first()
    return row
