"""What a proposal keeps: its revisions, whom each affects, who decided what, and requests for more time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hedu.center.catalog.models import Revision as CatalogRevision

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "people.Department"
NOBODY = models.Q(department=None)


class Proposal(models.Model):
    """A change that waits for, got or missed the signatures of those it affects.

    `names` (with ids) and `datasets` hold |what|it|touches|, for searches and for hiding; `blocked_by` says which
    fields of which definition somebody else has changed meanwhile; `refusal` (code and facts) why it was not published
    on its day; `origin` is what asked for it (a case, a meeting), `parties` (codes) the departments between whom that
    was settled.
    """

    class Kind(models.TextChoices):
        DEFINITIONS = "definitions", _("口径")
        TARGETS = "targets", _("目标")
        POLICY = "policy", _("数据权限")

    class State(models.TextChoices):
        DRAFT = "draft", _("草拟")
        OPEN = "open", _("会签中")
        APPROVED = "approved", _("待生效")
        PUBLISHED = "published", _("已发布")
        REJECTED = "rejected", _("已否决")
        WITHDRAWN = "withdrawn", _("已撤回")
        SUPERSEDED = "superseded", _("已被替代")
        EXPIRED = "expired", _("已过期")

    class Risk(models.TextChoices):
        SAFE = "safe", _("只改文字")
        RISKY = "risky", _("有影响")
        BREAKING = "breaking", _("数值会变")

    kind = models.CharField(_("内容"), max_length=12, choices=Kind.choices, default=Kind.DEFINITIONS)
    title = models.CharField(_("标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=200, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT, db_index=True)
    risk = models.CharField(max_length=10, choices=Risk.choices, default=Risk.SAFE)
    requester = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="proposals")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    revision_number = models.PositiveIntegerField(default=0)
    names = models.TextField(blank=True)
    datasets = models.TextField(blank=True)
    blocked_by = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    draft = models.CharField(max_length=26, blank=True)
    origin_kind = models.CharField(max_length=30, blank=True)
    origin_id = models.CharField(max_length=64, blank=True)
    parties = models.JSONField(default=list)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    level = models.PositiveSmallIntegerField(default=0)
    remind_on = models.DateField(null=True)
    due_on = models.DateField(null=True, db_index=True)
    reminded_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published = models.ForeignKey(CatalogRevision, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("变更提案")

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"

    @property
    def name(self) -> str:
        """The title in the page's language; one that somebody typed is what it is in either."""
        return self.titled(get_language() or "")

    def titled(self, lang: str) -> str:
        return (self.title_en or self.title) if lang.startswith("en") else self.title

    @property
    def approval(self) -> str:
        """The name under which its signatures are looked up, and its place on the site."""
        return f"proposals/{self.pk}"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "kind": self.kind,
            "title": self.name,
            "state": self.state,
            "risk": self.risk,
            "revision": self.revision_number,
            "requester": self.requester.username if self.requester else None,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "level": self.level,
            "url": f"/proposals/{self.pk}/",
        }


class Revision(models.Model):
    """What exactly is proposed. Never changed: another wording is another revision, and signed anew."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=400, blank=True)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("修订")
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return f"{self.proposal_id} r{self.number}"


class Affected(models.Model):
    """A department that a revision concerns (none: those who lead the company), with its part and why."""

    class Part(models.TextChoices):
        MUST_SIGN = "must_sign", _("会签")
        CONSULTED = "consulted", _("征求意见")
        INFORMED = "informed", _("知会")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="affected")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part.choices)
    why = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "department"], name="one_part_per_department", nulls_distinct=False
            ),
            # Not every database heeds nulls_distinct.
            models.UniqueConstraint(fields=["revision"], condition=NOBODY, name="one_part_of_the_company"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.department_id} {self.part}"


class SignOff(models.Model):
    """A person's decision for a department on one revision."""

    class Decision(models.TextChoices):
        APPROVE = "approve", _("同意")
        VETO = "veto", _("否决")
        REQUEST_CHANGES = "request_changes", _("要求修改")
        ADVICE = "advice", _("意见")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="signoffs")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    decision = models.CharField(max_length=16, choices=Decision.choices)
    reason = models.TextField(blank=True)
    fields = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("会签")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "department", "person"], name="one_decision_per_person", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["revision", "person"], condition=NOBODY, name="one_decision_for_the_company"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.decision}"

    def as_json(self) -> dict[str, Any]:
        return {
            "department": self.department.code if self.department else None,
            "person": self.person.username,
            "decision": self.decision,
            "reason": self.reason,
            "fields": self.fields,
            "digest": self.digest,
            "at": self.at.isoformat(),
        }


class Extension(models.Model):
    """A request for more time; somebody else grants or refuses it."""

    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        GRANTED = "granted", _("已批准")
        REFUSED = "refused", _("未批准")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="extensions")
    until = models.DateField(_("延至"))
    reason = models.TextField(_("理由"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("延期申请")

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.until} {self.state}"
