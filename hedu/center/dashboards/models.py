"""What people keep of their asking: views, boards with tiles, stars."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "people.Department"


class Scope(models.TextChoices):
    """Who may open it. What they then see is decided by their own data rights."""

    PRIVATE = "private", _("仅自己")
    DEPARTMENT = "department", _("本部门")
    COMPANY = "company", _("全公司")


class Shared(models.Model):
    """What views and boards have in common. `version` guards against lost updates."""

    name_zh = models.CharField(_("中文名称"), max_length=120, blank=True)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("所有者"))
    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("部门")
    )
    scope = models.CharField(_("可见范围"), max_length=10, choices=Scope.choices, default=Scope.PRIVATE)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the page's language, else in the other."""
        english = (get_language() or "").startswith("en")
        return (self.name_en or self.name_zh) if english else (self.name_zh or self.name_en)

    @property
    def audience(self) -> tuple[str, int | None, int]:
        """Scope, department and owner: what decides who sees it."""
        return self.scope, self.department_id, self.owner_id

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "name": self.name,
            "scope": self.scope,
            "owner": self.owner.username,
            "department": self.department.code if self.department else None,
            "version": self.version,
            "updated_at": self.updated_at.isoformat(),
        }


class SavedView(Shared):
    """A question with the chart that shows it."""

    question = models.JSONField()
    chart = models.JSONField(default=dict)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = _("视图")

    def as_json(self) -> dict[str, Any]:
        return {**super().as_json(), "question": self.question, "chart": self.chart}


class Dashboard(Shared):
    """A board: tiles on twelve columns under common filters."""

    filters = models.JSONField(default=list)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = _("看板")

    def as_json(self) -> dict[str, Any]:
        return {
            **super().as_json(),
            "filters": self.filters,
            "tiles": [tile.as_json() for tile in self.tiles.all()],
        }


class Tile(models.Model):
    """A place on a board with a saved view, a question of its own, or a note.

    A tile points to a view only while everybody who sees the board also sees the view; else it holds a copy.
    """

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="tiles")
    view = models.ForeignKey(SavedView, null=True, blank=True, on_delete=models.PROTECT, related_name="tiles")
    title = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    question = models.JSONField(null=True)
    chart = models.JSONField(null=True)
    x = models.PositiveSmallIntegerField(default=0)
    y = models.PositiveSmallIntegerField(default=0)
    w = models.PositiveSmallIntegerField(default=6)
    h = models.PositiveSmallIntegerField(default=4)

    class Meta:
        ordering = ["y", "x", "id"]
        verbose_name = _("图块")

    def __str__(self) -> str:
        return self.shown_title

    @property
    def shown_title(self) -> str:
        return self.title or (self.view.name if self.view else "")

    @property
    def shown_question(self) -> dict[str, Any] | None:
        """What the tile asks: its view's question as it stands today, else its own."""
        return self.view.question if self.view else self.question

    @property
    def shown_chart(self) -> dict[str, Any] | None:
        return self.view.chart if self.view else self.chart

    def as_json(self) -> dict[str, Any]:
        """The tile as the board island reads it."""
        place = {"id": self.pk, "title": self.shown_title, "x": self.x, "y": self.y, "w": self.w, "h": self.h}
        if self.shown_question is None:
            return {**place, "text": self.text}
        return {**place, "view": {"question": self.shown_question, "chart": self.shown_chart or {"kind": "line"}}}


class Star(models.Model):
    """A person's favourite board."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="stars")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "dashboard"], name="one_star_per_board")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.dashboard_id}"
