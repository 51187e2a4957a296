"""The tables every app stands on."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.actor import SYSTEM


class People(BaseUserManager["User"]):
    """Makes users. A user without a password signs in through a provider or an invitation."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        fields["email"] = self.normalize_email(fields.get("email") or "")
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(username, password, **{**fields, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("跟随系统")
        LIGHT = "light", _("浅色")
        DARK = "dark", _("深色")

    username = models.CharField(
        _("用户名"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[\w.@+-]+$", _("用户名只能包含字母、数字和 . @ + - _"))],
    )
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("邮箱"), blank=True)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    title_en = models.CharField(_("英文职务"), max_length=60, blank=True)
    language = models.CharField(_("界面语言"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    theme = models.CharField(_("外观"), max_length=10, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(_("可以登录"), default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = People()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def lang(self) -> str:
        return "en" if self.language == "en" else "zh"

    @property
    def post(self) -> str:
        """The title in the reader's language, where it is known in it."""
        return (self.title_en or self.title) if get_language() == "en" else self.title or self.title_en

    @property
    def initials(self) -> str:
        """What stands in the round badge: the last two characters of a Chinese name, else initials."""
        name = self.name or self.username
        if name.isascii():
            return "".join(part[0] for part in name.replace(".", " ").split()[:2]).upper()
        return name[-2:]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def as_json(self) -> dict[str, Any]:
        return {"id": self.pk, "username": self.username, "name": self.name, "title": self.title}


class Audit(models.Model):
    """One deed upon one object: who, what, when, through which door, what it changed. Never altered."""

    class Outcome(models.TextChoices):
        DONE = "done", _("完成")
        DENIED = "denied", _("被拒绝")

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=60)
    deed = models.CharField(max_length=80, db_index=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    object_name = models.CharField(max_length=200, blank=True)
    door = models.CharField(max_length=10)
    request_id = models.CharField(max_length=40)
    inputs = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "object_id"])]

    @property
    def by(self) -> str:
        """Who did it, as one reads it: the site itself goes by its name in the reader's language."""
        return str(_("合度")) if self.user_id is None and self.who == SYSTEM.name else self.who

    def __str__(self) -> str:
        return f"{self.who} {self.deed} {self.kind}:{self.object_id}"


class Once(models.Model):
    """The answer to an idempotent deed, so that asking again with the same key does nothing twice."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    deed = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "deed", "key"], name="once_per_key")]


class Comment(models.Model):
    """Something said about an object. Answers hang under their first comment."""

    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(_("内容"), max_length=4000)
    under = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="answers")
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    mentions = models.ManyToManyField(User, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "object_id"])]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "kind": self.kind,
            "object": self.object_id,
            "author": self.author.as_json(),
            "text": "" if self.deleted_at else self.text,
            "under": self.under_id,
            "at": self.at.isoformat(),
        }


class Notification(models.Model):
    """News for one person. `topic` decides how it is worded; `facts` fill the wording."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    topic = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "read_at"])]


def _document_place(document: Document, filename: str) -> str:
    """A name nobody can guess; the name people gave is kept in the row."""
    return f"documents/{secrets.token_hex(16)}"


class Document(models.Model):
    """A file kept with an object."""

    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    name = models.CharField(_("名称"), max_length=200)
    file = models.FileField(upload_to=_document_place)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "object_id"])]


class Token(models.Model):
    """A key for programs. Only its digest is kept; `scopes` narrow what it may do: read, write."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("用途"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    @property
    def is_live(self) -> bool:
        now = timezone.now()
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "name": self.name,
            "hint": self.hint,
            "scopes": self.scopes,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
        }


class Task(models.Model):
    """Something one person is asked to do about an object. `topic` and `facts` word it, `deeds` can be done at once."""

    class Kind(models.TextChoices):
        SIGN = "sign", _("待会签")
        DECIDE = "decide", _("待决定")
        ANSWER = "answer", _("待答复")
        READ = "read", _("待阅读")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    topic = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    about = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    department = models.PositiveBigIntegerField(default=0)
    url = models.CharField(max_length=300, blank=True)
    deeds = models.JSONField(default=list)
    is_firm = models.BooleanField(default=True)
    at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("待办")
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "done_at"]), models.Index(fields=["about", "object_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "about", "object_id", "department"],
                condition=models.Q(done_at=None),
                name="asked_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.facts.get("name") or self.topic)

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at < timezone.now()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "kind": self.kind,
            "topic": self.topic,
            "facts": self.facts,
            "about": self.about,
            "object": self.object_id,
            "person": self.user_id,
            "department": self.department or None,
            "url": self.url,
            "deeds": [deed["action"] for deed in self.deeds],
            "at": self.at.isoformat(),
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "done_at": self.done_at.isoformat() if self.done_at else None,
            "outcome": self.outcome,
        }


class Job(models.Model):
    """Work for later. The worker that holds it renews `lease_until`; what that means stands in kernel/job.py."""

    class State(models.TextChoices):
        QUEUED = "queued", _("等待")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")
        DEAD = "dead", _("多次失败，已停止")
        CANCELLED = "cancelled", _("已取消")

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    run_after = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    progress = models.FloatField(default=0)
    note = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=80, blank=True)
    error_facts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    result = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("后台任务")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "run_after"])]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"], condition=models.Q(state="queued") & ~models.Q(key=""), name="job_waits_once"
            ),
            models.UniqueConstraint(
                fields=["name", "key"], condition=models.Q(state="running") & ~models.Q(key=""), name="job_runs_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return round(self.progress * 100)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "name": self.name,
            "key": self.key,
            "state": self.state,
            "attempts": self.attempts,
            "progress": self.progress,
            "note": self.note,
            "error": self.error_code or self.error.split("\n")[0],
            "result": self.result,
            "at": self.at.isoformat(),
            "run_after": self.run_after.isoformat(),
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }


class Timetable(models.Model):
    """The last slot of a scheduled job that was handed to the queue, so that each slot is handed over once."""

    entry = models.CharField(max_length=200, unique=True)
    last_slot = models.DateTimeField()


# The tables of the outbox stand in a file of their own; Django looks for them here.
from hedu.center.kernel.channels import Channel, Outgoing, Preference  # noqa: E402

__all__ = [
    "Audit",
    "Channel",
    "Comment",
    "Document",
    "Job",
    "Notification",
    "Once",
    "Outgoing",
    "Preference",
    "Task",
    "Timetable",
    "Token",
    "User",
]
