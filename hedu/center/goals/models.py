"""What is aimed at: the goal tree, targets with their months, check-ins, guardrails, agreed constraints."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "people.Department"
METRIC = "catalog.Metric"
DIGITS = {"max_digits": 38, "decimal_places": 10}


class Edge(models.TextChoices):
    """How a goal belongs to the one above it. Only the first two roll up."""

    DECOMPOSES = "decomposes", _("分解")
    CONTRIBUTES = "contributes", _("贡献")
    SUPPORTS = "supports", _("支撑")
    GUARDS = "guards", _("守护")
    TRADES_OFF = "trades_off", _("此消彼长")


class Operator(models.TextChoices):
    AT_LEAST = ">=", _("不低于")
    AT_MOST = "<=", _("不高于")
    EQUAL = "=", _("等于")


class Goal(models.Model):
    """A node of the goal tree. `edits` guards against lost updates; an archived goal keeps its history."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    name_zh = models.CharField(_("名称"), max_length=120, blank=True)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    edge = models.CharField(_("与上级的关系"), max_length=12, choices=Edge.choices, default=Edge.CONTRIBUTES)
    weight = models.FloatField(_("权重"), default=1.0, validators=[MinValueValidator(0.0), MaxValueValidator(1000.0)])
    metric = models.ForeignKey(METRIC, on_delete=models.PROTECT, related_name="goals", verbose_name=_("指标"))
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("负责部门"))
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    scope = models.CharField(_("范围"), max_length=500, blank=True)
    raci = models.JSONField(default=dict)
    note = models.CharField(_("说明"), max_length=1000, blank=True)
    order = models.PositiveIntegerField(default=0)
    edits = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("目标")

    def __str__(self) -> str:
        return self.code

    def label(self, lang: str) -> str:
        """Its own name, else its metric's, in `lang` where there is one."""
        first, second = (self.name_en, self.name_zh) if lang == "en" else (self.name_zh, self.name_en)
        return first or second or self.metric.label(lang)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "code": self.code,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "parent": self.parent.code if self.parent else None,
            "edge": self.edge,
            "weight": self.weight,
            "metric": self.metric.name,
            "department": self.department.code,
            "owner": self.owner.username if self.owner else None,
            "scope": self.scope,
            "raci": self.raci,
            "note": self.note,
            "order": self.order,
            "edits": self.edits,
            "archived": self.archived_at is not None,
        }


class Target(models.Model):
    """A value to reach, or not to pass, in a period. Bound to the version of the metric it was set by.

    `approval` names what signed it; a withdrawn target stays as history.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("有效")
        WITHDRAWN = "withdrawn", _("已撤回")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="targets")
    metric = models.ForeignKey(METRIC, on_delete=models.PROTECT, related_name="targets", verbose_name=_("指标"))
    metric_version = models.PositiveIntegerField(_("口径版本"), null=True, blank=True)
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("部门"))
    period = models.CharField(_("期间"), max_length=10)
    since = models.DateField()
    until = models.DateField()
    operator = models.CharField(_("比较"), max_length=2, choices=Operator.choices, default=Operator.AT_LEAST)
    value = models.DecimalField(_("目标值"), **DIGITS)
    green = models.DecimalField(_("达标线"), null=True, blank=True, **DIGITS)
    amber = models.DecimalField(_("预警线"), null=True, blank=True, **DIGITS)
    tolerance = models.DecimalField(_("容差"), null=True, blank=True, **DIGITS)
    unit = models.CharField(_("单位"), max_length=30, blank=True)
    scope = models.CharField(_("范围"), max_length=500, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    phasing = models.CharField(_("分月方式"), max_length=10, default="seasonal")
    note = models.CharField(_("说明"), max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    approval = models.CharField(max_length=200, blank=True)
    edits = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["since", "code"]
        verbose_name = _("目标值")
        indexes = [models.Index(fields=["state", "since", "until"], name="target_by_time")]

    def __str__(self) -> str:
        return self.code


class TargetPhase(models.Model):
    """A target's share of one month (of what adds up), or its level in it."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="phases")
    month = models.DateField()
    value = models.DecimalField(**DIGITS)

    class Meta:
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["target", "month"], name="one_phase_per_month")]

    def __str__(self) -> str:
        return f"{self.target_id} {self.month:%Y-%m} {self.value}"


class CheckIn(models.Model):
    """What somebody answerable says of a goal: how sure they are to reach it, and why."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="check_ins")
    confidence = models.PositiveSmallIntegerField(_("把握"), validators=[MaxValueValidator(10)])
    note = models.CharField(_("进展"), max_length=1000)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("进展")

    def __str__(self) -> str:
        return f"{self.goal_id} {self.confidence}/10"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "goal": self.goal.code,
            "confidence": self.confidence,
            "note": self.note,
            "author": self.author.username if self.author else None,
            "at": self.at.isoformat(),
        }


class Guardrail(models.Model):
    """`guardrail` must not get worse by more than `tolerance` while `metric` is pursued."""

    metric = models.ForeignKey(METRIC, on_delete=models.CASCADE, related_name="guarded_by")
    guardrail = models.ForeignKey(METRIC, on_delete=models.CASCADE, related_name="guards")
    tolerance = models.FloatField(_("容许变差"), default=0.05)
    note = models.CharField(_("说明"), max_length=400, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("护栏指标")
        constraints = [models.UniqueConstraint(fields=["metric", "guardrail"], name="one_pair_once")]

    def __str__(self) -> str:
        return f"{self.metric_id} | {self.guardrail_id}"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "metric": self.metric.name,
            "guardrail": self.guardrail.name,
            "tolerance": self.tolerance,
            "note": self.note,
        }


class Constraint(models.Model):
    """What planners agreed on: sum(coefficient × metric) operator bound, in a period."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("部门"))
    period = models.CharField(_("期间"), max_length=10)
    operator = models.CharField(max_length=2, choices=Operator.choices, default=Operator.AT_MOST)
    bound = models.DecimalField(**DIGITS)
    terms = models.JSONField(default=dict)
    text_zh = models.CharField(_("说法"), max_length=400, blank=True)
    text_en = models.CharField(_("英文说法"), max_length=400, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["code"]
        verbose_name = _("约束")

    def __str__(self) -> str:
        return self.code

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "department": self.department.code,
            "period": self.period,
            "operator": self.operator,
            "bound": float(self.bound),
            "terms": self.terms,
            "text_zh": self.text_zh,
            "text_en": self.text_en,
        }
