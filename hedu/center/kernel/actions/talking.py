"""Deeds upon any object: what is said about it, files kept with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hedu.center.kernel import reads, rules, subjects, topics
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Comment, Document, User
from hedu.center.kernel.reading import found
from hedu.center.kernel.subjects import Subject
from hedu.errors import QueryError

COMMENT_LIMIT = 4000
SHORT = 80


def sees(actor: Actor, kind: str, object_id: str, **_: Any) -> bool:
    """Whoever sees an object may speak about it; an object unseen is NotFound, not Denied."""
    return actor.user_id is not None and bool(subjects.seen(actor, kind, object_id))


@action(may=sees, doors={"page", "rest"}, event="kernel.commented")
def comment(actor: Actor, kind: str, object_id: str, *, text: str, under: int | None = None) -> Comment:
    """Say something about an object; `under` answers a comment. @names are told, so are followers."""
    text = text.strip()
    if not text:
        raise QueryError("comment-empty")
    if len(text) > COMMENT_LIMIT:
        raise QueryError("comment-too-long", limit=COMMENT_LIMIT, length=len(text))
    subject = subjects.seen(actor, kind, object_id)
    first = None
    if under is not None:
        above = found(Comment.objects.filter(kind=kind, object_id=object_id), pk=under)
        first = above.under or above
    row = Comment.objects.create(kind=kind, object_id=object_id, author_id=actor.user_id, text=text, under=first)
    named = list(User.objects.filter(username__in=rules.mentioned(text), is_active=True))
    row.mentions.set(named)
    _tell(actor, row, subject, named)
    record(kind, object_id, subject.name, after={"comment": row.pk, "text": text})
    return row


def _tell(actor: Actor, row: Comment, subject: Subject, named: list[User]) -> None:
    """News of a comment: each person once, by the strongest reason."""
    short = row.text if len(row.text) <= SHORT else row.text[:SHORT] + "…"
    told = {person.pk for person in named}
    topics.notify("kernel.mentioned", named, subject, actor, text=short)
    if row.under is not None and row.under.author_id not in told:
        told.add(row.under.author_id)
        topics.notify("kernel.answered", [row.under.author], subject, actor, text=short)
    followers = User.objects.filter(pk__in=set(subject.followers) - told)
    topics.notify("kernel.commented", followers, subject, actor, text=short)


def wrote_comment(actor: Actor, comment: int, **_: Any) -> bool:
    return actor.is_admin or Comment.objects.filter(pk=comment, author_id=actor.user_id).exists()


@action(may=wrote_comment, doors={"page", "rest"})
def delete_comment(actor: Actor, comment: int) -> Comment:
    """Take back a comment: its words go from the page; that it was there, and the audit, stay."""
    row = found(Comment.objects.select_related("author"), pk=comment)
    row.deleted_at = row.deleted_at or timezone.now()
    row.save(update_fields=["deleted_at"])
    record(row.kind, row.object_id, before={"text": row.text}, after={"deleted": True})
    return row


@action(may=sees, doors={"page"})
def attach(actor: Actor, kind: str, object_id: str, *, file: Any) -> Document:
    """Keep a file with an object."""
    subject = subjects.seen(actor, kind, object_id)
    if file.size > settings.HEDU_UPLOAD_LIMIT:
        raise QueryError("file-too-large", name=file.name, limit=settings.HEDU_UPLOAD_LIMIT // 2**20)
    row = Document.objects.create(
        kind=kind,
        object_id=object_id,
        name=file.name[-200:],
        file=file,
        size=file.size,
        media_type=(file.content_type or "application/octet-stream")[:100],
        by_id=actor.user_id,
    )
    record(kind, object_id, subject.name, after={"document": row.name, "size": row.size})
    return row


def attached(actor: Actor, document: int, **_: Any) -> bool:
    return actor.is_admin or Document.objects.filter(pk=document, by_id=actor.user_id).exists()


@action(may=attached, doors={"page"})
def remove_document(actor: Actor, document: int) -> Document:
    """Remove a file that one attached."""
    row = reads.document_visible_to(actor, document)
    record(row.kind, row.object_id, before={"document": row.name, "size": row.size})
    place, storage = row.file.name, row.file.storage
    transaction.on_commit(lambda: storage.delete(place))
    row.delete()
    return row
