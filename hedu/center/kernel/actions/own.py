"""Deeds upon one's own things: language and theme, profile, tokens, news read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from hedu.center.kernel import reads, rules
from hedu.center.kernel.action import action, record
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.fields import require_fields
from hedu.center.kernel.models import Token, User
from hedu.center.kernel.reading import found


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
    actor: Actor,
    *,
    name: str,
    email: str = "",
    title: str = "",
    title_en: str = "",
    language: str = "",
    theme: str = "",
) -> User:
    """Change one's own name, mail, title, language and theme."""
    user = _self(actor)
    fields = {"name": name, "email": email, "title": title, "title_en": title_en, "language": language, "theme": theme}
    given = {key: value for key, value in fields.items() if value or key in ("email", "title", "title_en")}
    before = {key: getattr(user, key) for key in given}
    for key, value in given.items():
        setattr(user, key, value)
    require_fields(user, exclude=["password"])
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
