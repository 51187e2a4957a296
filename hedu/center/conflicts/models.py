"""What is kept of disagreements: cases, what each scan found, positions, scans, and papers filed by hand."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hedu.center.conflicts import rules
from hedu.errors import Problem
from hedu.errors.texts import TEXTS

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "people.Department"


class Kind(models.TextChoices):
    """The class of a conflict; `hand` is what people raise themselves."""

    DEFINITION = "definition", _("同名不同义")
    DUPLICATE = "duplicate", _("同义不同名")
    SOURCE = "source", _("来源不一致")
    TIMING = "timing", _("时间口径不一致")
    UNIT = "unit", _("单位不一致")
    AGGREGATION = "aggregation", _("汇总方式错误")
    TARGET = "target", _("目标矛盾")
    TRADE_OFF = "trade_off", _("此消彼长")
    OWNERSHIP = "ownership", _("责任缺口")
    VERSION = "version", _("版本过期")
    ACCESS = "access", _("权限缺口")
    GAMING = "gaming", _("为考核而做数")
    INTERPRETATION = "interpretation", _("理解偏差")
    HAND = "hand", _("人工提出")


class State(models.TextChoices):
    DETECTED = "detected", _("待分诊")
    TRIAGED = "triaged", _("待调解")
    MEDIATING = "mediating", _("调解中")
    DECIDED = "decided", _("已裁定")
    ACCEPTED = "accepted", _("暂时接受")
    APPLIED = "applied", _("已落实")
    VERIFIED = "verified", _("已复核")
    CLOSED = "closed", _("已关闭")
    DISMISSED = "dismissed", _("已驳回")
    MERGED = "merged", _("已合并")


class Severity(models.TextChoices):
    HIGH = "high", _("严重")
    MEDIUM = "medium", _("一般")
    LOW = "low", _("轻微")


class Decision(models.TextChoices):
    ADOPT_A = "adopt_a", _("统一采用甲方口径")
    ADOPT_B = "adopt_b", _("统一采用乙方口径")
    RENAME_BOTH = "rename_both", _("各自改名")
    SCOPE_BY_PURPOSE = "scope_by_purpose", _("按用途划分")
    FIX_DATA = "fix_data", _("修正数据")
    ACCEPT_UNTIL = "accept_until", _("暂时接受到期")


CAUSES = {
    "hand": _("有人要求"),
    "publish": _("口径发布"),
    "data": _("数据更新"),
    "night": _("每晚例行"),
    "first": _("首次建站"),
}
"""Why a scan was made -> its words."""


class Scan(models.Model):
    """One look at everything, or at some metrics: when, why, what came of it."""

    class Stage(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")

    state = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    why = models.CharField(max_length=20, default="hand")
    metrics = models.JSONField(default=list)
    asked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    snapshot = models.CharField(max_length=120, blank=True)
    counts = models.JSONField(default=dict)
    error_code = models.CharField(max_length=80, blank=True)
    error_facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("扫描")

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def cause(self) -> str:
        """Why it was looked, in words."""
        return str(CAUSES.get(self.why, self.why))

    @property
    def fault(self) -> Problem | None:
        """Why it did not come to its end; what broke without a wording is named by the program's own name for it."""
        if not self.error_code:
            return None
        if self.error_code in TEXTS:
            return Problem(self.error_code, None, self.error_facts)
        return Problem("scan-broke", None, {"kind": self.error_code})

    @property
    def seconds(self) -> float | None:
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at and self.started_at else None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "state": self.state,
            "why": self.why,
            "metrics": self.metrics,
            "done": self.done,
            "counts": self.counts,
            "seconds": self.seconds,
            "error": self.fault.as_json() if self.fault else None,
        }


class Case(models.Model):
    """One disagreement on its way to an end. At most one open case bears a fingerprint.

    `code`, `facts`, `facets` and `digests` are those of the conflict as last found; what each scan found stands in
    the case's findings. `names` keeps the order of the parties' metrics: the first is 甲 (a), the second 乙 (b).
    """

    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    code = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=40, db_index=True)
    names = models.JSONField(default=list)
    metrics = models.ManyToManyField("catalog.Metric", related_name="cases")
    departments = models.ManyToManyField(DEPARTMENT, related_name="cases")
    about = models.TextField(blank=True)
    facets = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    settles = models.JSONField(default=list)
    digests = models.JSONField(default=dict)
    detector = models.CharField(max_length=40, blank=True)
    severity = models.CharField(_("严重程度"), max_length=6, choices=Severity.choices, default=Severity.LOW)
    gap = models.FloatField(null=True)
    amount = models.FloatField(null=True)
    unit = models.CharField(max_length=30, blank=True)
    audience = models.PositiveIntegerField(default=0)
    is_key = models.BooleanField(default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DETECTED, db_index=True)
    is_open = models.BooleanField(default=True, db_index=True)
    due_on = models.DateField(_("期限"), null=True)
    escalated = models.PositiveSmallIntegerField(default=0)
    mediator = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("调解人"))
    decision = models.CharField(_("裁定"), max_length=20, choices=Decision.choices, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    details = models.JSONField(default=dict)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    accepted_until = models.DateField(_("接受到"), null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    raised_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出人"))
    raised = models.JSONField(default=dict)
    proposals = models.JSONField(default=list)
    check_state = models.CharField(max_length=10, blank=True)
    checked_at = models.DateTimeField(null=True)
    vanished_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-changed_at"]
        verbose_name = _("冲突单")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=models.Q(is_open=True), name="one_open_case_per_fingerprint"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How people call it."""
        return f"C-{self.pk:04d}"

    @property
    def is_by_hand(self) -> bool:
        return self.kind == Kind.HAND

    @property
    def changes_definitions(self) -> bool:
        return self.decision in rules.CHANGING

    def as_json(self) -> dict[str, Any]:
        """What everybody may know of it: its numbers are told where it is known who asks."""
        return {
            "id": self.pk,
            "number": self.number,
            "kind": self.kind,
            "code": self.code,
            "metrics": self.names,
            "departments": [department.code for department in self.departments.all()],
            "facets": self.facets,
            "severity": self.severity,
            "state": self.state,
            "decision": self.decision,
            "mediator": self.mediator.username if self.mediator else None,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "proposals": self.proposals,
        }


class Finding(models.Model):
    """What one look found of a case, as it was then. Never changed. `is_clean`: the detector found nothing any more."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="findings")
    scan = models.ForeignKey(Scan, null=True, on_delete=models.SET_NULL, related_name="findings")
    at = models.DateTimeField(default=timezone.now)
    is_clean = models.BooleanField(default=False)
    snapshot = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    digests = models.JSONField(default=dict)
    detector = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("证据")

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%Y-%m-%d}"


class Position(models.Model):
    """What a party says. Never changed: a later one of the same department takes its place."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="positions")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("立场"), max_length=4000)
    prefers = models.CharField(_("倾向"), max_length=20, choices=Decision.choices, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("立场")

    def __str__(self) -> str:
        return f"{self.case_id} {self.department_id}"


class Paper(models.Model):
    """What detectors look at and no table of the site holds: reports bound to versions, driver shares, scores, …

    One row per kind (a field of `hedu.alignment.scene.Scene`), its entries as rows.
    """

    kind = models.CharField(max_length=20, unique=True)
    rows = models.JSONField(default=list)
    filed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind"]
        verbose_name = _("档案")

    def __str__(self) -> str:
        return self.kind
