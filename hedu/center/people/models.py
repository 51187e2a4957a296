"""Departments, who is what in them, and who sees which rows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    """A department. `code` is the name definitions use for it (`owner: finance`)."""

    code = models.CharField(
        _("代码"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_-]*$", _("只能用小写字母、数字、- 和 _，以字母开头"))],
    )
    name_zh = models.CharField(_("中文名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("上级部门"),
    )
    order = models.PositiveIntegerField(_("排序"), default=0)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("部门")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        english = (get_language() or "").startswith("en")
        return (self.name_en or self.name_zh) if english else (self.name_zh or self.name_en)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "code": self.code,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "parent": self.parent_id,
        }


class Role(models.TextChoices):
    """What somebody is in a department."""

    MEMBER = "member", _("成员")
    OWNER = "owner", _("指标负责人")
    LIAISON = "liaison", _("联络人")
    DEPUTY = "deputy", _("副联络人")
    MANAGER = "manager", _("部门负责人")
    ANALYST = "analyst", _("分析师")
    ADMINISTRATOR = "administrator", _("管理员")


class Membership(models.Model):
    """A person's role in a department, for a time."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("人员")
    )
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("部门")
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices, default=Role.MEMBER)
    since = models.DateField(_("生效日期"), null=True, blank=True)
    until = models.DateField(_("截止日期"), null=True, blank=True)

    class Meta:
        ordering = ["department", "role", "user"]
        verbose_name = _("任职")
        constraints = [models.UniqueConstraint(fields=["user", "department", "role"], name="one_role_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.department} · {self.get_role_display()}"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "user": self.user.username,
            "department": self.department.code,
            "role": self.role,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }


class Absence(models.Model):
    """Days (both included) on which a person is away, with who sees what they are asked meanwhile."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences", verbose_name=_("人员")
    )
    since = models.DateField(_("从"))
    until = models.DateField(_("到"))
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stands_in",
        verbose_name=_("代理人"),
    )

    class Meta:
        ordering = ["since", "id"]
        verbose_name = _("不在期间")

    def __str__(self) -> str:
        return f"{self.user} · {self.since} – {self.until}"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "user": self.user.username,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "delegate": self.delegate.username if self.delegate else None,
        }


class Policy(models.Model):
    """A sentence: only [department, with those below it] [in this role] [this person] sees …

    Whatever any valid policy speaks of is closed to everybody no policy means. Row policies on one dataset
    are alternatives: each lets its people see more.
    """

    class Effect(models.TextChoices):
        ROWS = "rows", _("满足条件的行")
        COLUMN = "column", _("某一列")
        DATASET = "dataset", _("整个数据集")

    dataset = models.CharField(_("数据集"), max_length=120)
    effect = models.CharField(_("开放范围"), max_length=10, choices=Effect.choices, default=Effect.ROWS)
    where = models.CharField(_("行条件"), max_length=1000, blank=True)
    column = models.CharField(_("列"), max_length=120, blank=True)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("部门"),
        related_name="policies",
    )
    with_subtree = models.BooleanField(_("含下级部门"), default=True)
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("人员"),
        related_name="policies",
    )
    since = models.DateField(_("生效日期"), null=True, blank=True)
    until = models.DateField(_("截止日期"), null=True, blank=True)
    note = models.CharField(_("理由"), max_length=400, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["dataset", "effect", "id"]
        verbose_name = _("数据权限")

    def __str__(self) -> str:
        return f"{self.dataset} · {self.get_effect_display()}"

    @property
    def who(self) -> str:
        """Whom the policy means, in the page's language."""
        if self.user:
            return self.user.name
        if self.department is None:
            return self.get_role_display() if self.role else gettext("所有人")
        place = self.department.name
        if self.with_subtree:
            place = gettext("%(department)s（含下级）") % {"department": place}
        if not self.role:
            return place
        return gettext("%(department)s的%(role)s") % {"department": place, "role": self.get_role_display()}

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "dataset": self.dataset,
            "effect": self.effect,
            "where": self.where,
            "column": self.column,
            "department": self.department.code if self.department else None,
            "with_subtree": self.with_subtree,
            "role": self.role,
            "user": self.user.username if self.user else None,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "is_active": self.is_active,
        }
