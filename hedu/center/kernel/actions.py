"""Deeds of the kernel: preferences, tokens, comments, notifications read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hedu.center.kernel import reads, rules, subjects, topics
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Comment, Document, Token, User
from hedu.center.kernel.reading import found
from hedu.center.kernel.subjects import Subject
from hedu.errors import QueryError

COMMENT_LIMIT = 4000
SHORT = 80


def signed_in(actor: Actor, **_: Any) -> bool:
    return actor.user_id is not None


def _self(actor: Actor) -> User:
    return found(User.objects.filter(is_active=True), pk=actor.user_id)


@action(may=signed_in, doors={"page", "rest"})
def set_preferences(actor: Actor, *, language: str = "", theme: str = "") -> User:
    """Choose the language (zh-hans, en) and the theme (auto, light, dark) of one's own pages."""
    user = _self(actor)
    before = {"language": user.language, "theme": user.theme}
    if language in dict(User._meta.get_field("language").choices or ()):
        user.language = language
    if theme in User.Theme.values:
        user.theme = theme
    user.save(update_fields=["language", "theme"])
    record("user", user.pk, user.name, before=before, after={"language": user.language, "theme": user.theme})
    return user


@action(may=signed_in, doors={"page", "rest"})
def update_profile(
    actor: Actor, *, name: str, email: str = "", title: str = "", language: str = "", theme: str = ""
) -> User:
    """Change one's own name, mail, title, language and theme."""
    user = _self(actor)
    fields = {"name": name, "email": email, "title": title, "language": language, "theme": theme}
    given = {key: value for key, value in fields.items() if value or key in ("email", "title")}
    before = {key: getattr(user, key) for key in given}
    for key, value in given.items():
        setattr(user, key, value)
    user.full_clean(exclude=["password"])
    user.save(update_fields=list(given))
    record("user", user.pk, user.name, before=before, after=given)
    return user


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: the only time its secret is shown."""

    token: Token
    secret: str

    def as_json(self) -> dict[str, Any]:
        return {**self.token.as_json(), "secret": self.secret}


@action(may=signed_in, doors={"page"})
def create_token(actor: Actor, *, name: str, scope: str = "read", days: int = 90) -> NewToken:
    """Make a key for a program that acts as oneself, for `days` days (0: until revoked)."""
    secret = rules.new_token()
    token = Token.objects.create(
        user_id=actor.user_id,
        name=name,
        digest=rules.digest_of(secret),
        hint=secret[:9],
        scopes=list(rules.SCOPES) if scope == "write" else ["read"],
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    record("token", token.pk, name, after=token.as_json())
    return NewToken(token, secret)


@action(may=signed_in, doors={"page", "rest"})
def revoke_token(actor: Actor, token: int) -> Token:
    """End a token at once; programs using it are refused from now on."""
    row = found(reads.tokens_visible_to(actor), pk=token)
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
    record("token", row.pk, row.name, after={"revoked": True})
    return row


@action(may=signed_in, doors={"page", "rest"})
def read_notifications(actor: Actor, *, only: int | None = None) -> int:
    """Mark one's notifications (or only one of them) as read; returns how many were not."""
    rows = reads.notifications_visible_to(actor).filter(read_at=None)
    if only is not None:
        rows = rows.filter(pk=only)
    return rows.update(read_at=timezone.now())


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
