"""The tables of the outbox: where messages go, what waits to be sent, and how each person wants to hear."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Type(models.TextChoices):
    """What a message is about, as far as people choose how to hear of it."""

    SIGN = "sign", _("请我会签")
    DECIDE = "decide", _("请我决定")
    ANSWER = "answer", _("请我答复")
    READ = "read", _("请我阅读")
    TALK = "talk", _("提到我、回复我")
    NEWS = "news", _("我关注的变化")


class Way(models.TextChoices):
    """How to hear of it."""

    NOW = "now", _("立即发送")
    DIGEST = "digest", _("每日摘要")
    APP = "app", _("只在站内")
    NEVER = "never", _("不通知")


DEFAULT_WAYS = {
    Type.SIGN: Way.NOW,
    Type.DECIDE: Way.NOW,
    Type.ANSWER: Way.NOW,
    Type.READ: Way.DIGEST,
    Type.TALK: Way.NOW,
    Type.NEWS: Way.DIGEST,
}


class Channel(models.Model):
    """A way out of the site: for persons (its address has places like {email}), or for a department's group."""

    name = models.CharField(_("名称"), max_length=60)
    scheme = models.CharField(max_length=20)
    sealed = models.TextField()
    department = models.PositiveBigIntegerField(_("部门群"), default=0)
    types = models.JSONField(_("发送内容"), default=list)
    per_minute = models.PositiveIntegerField(_("每分钟最多"), default=20)
    is_active = models.BooleanField(_("启用"), default=True)
    paused_until = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("通知渠道")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "name": self.name,
            "scheme": self.scheme,
            "department": self.department or None,
            "types": self.types,
            "per_minute": self.per_minute,
            "is_active": self.is_active,
        }


class Outgoing(models.Model):
    """One piece of news on its way through one channel to one person or group; `message` is what it went out in."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENT = "sent", _("已发送")
        DROPPED = "dropped", _("不必再发")
        DEAD = "dead", _("发送失败")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="outgoing")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=10, choices=Type.choices)
    topic = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    task = models.ForeignKey("kernel.Task", null=True, on_delete=models.SET_NULL, related_name="+")
    news = models.ForeignKey("kernel.Notification", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    at = models.DateTimeField(default=timezone.now)
    send_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    sent_at = models.DateTimeField(null=True)
    message = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("待发消息")
        ordering = ["-id"]
        indexes = [models.Index(fields=["channel", "state", "send_after"]), models.Index(fields=["sent_at"])]


class Preference(models.Model):
    """How one person wants to hear; people without a row hear in the ordinary way."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preference")
    ways = models.JSONField(default=dict)
    quiet_from = models.TimeField(_("免打扰开始"), default=time(21, 0))
    quiet_to = models.TimeField(_("免打扰结束"), default=time(8, 0))
    digest_at = models.TimeField(_("每日摘要时间"), default=time(9, 0))
    addresses = models.JSONField(default=dict)

    def way(self, type: str) -> str:
        """How this person hears of that type."""
        return str(self.ways.get(type) or DEFAULT_WAYS[Type(type)])

    def as_json(self) -> dict[str, Any]:
        return {
            "ways": {type: self.way(type) for type in Type.values},
            "quiet_from": self.quiet_from.strftime("%H:%M"),
            "quiet_to": self.quiet_to.strftime("%H:%M"),
            "digest_at": self.digest_at.strftime("%H:%M"),
        }
