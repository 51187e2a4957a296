"""What the catalog keeps: entries, their immutable versions, drafts, uses and reported values."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hedu.center.catalog.ulids import new_ulid

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "people.Department"


class EntryKind(models.TextChoices):
    METRIC = "metric", _("指标")
    DATASET = "dataset", _("数据集")
    WORKSPACE = "workspace", _("工作区设置")


class Revision(models.Model):
    """The catalog's state, counted: one row a publish. The `mark` of the largest number names what is served."""

    number = models.BigAutoField(primary_key=True)
    mark = models.CharField(max_length=26, default=new_ulid, unique=True, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.number)


class DefinitionVersion(models.Model):
    """One published text. Never changed; `valid_from`/`valid_to` say when it holds, `recorded_at` when it was said."""

    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    entry_id = models.CharField(max_length=26)
    name = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    approval = models.CharField(max_length=200, blank=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="versions")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("版本")
        constraints = [models.UniqueConstraint(fields=["entry_id", "number"], name="one_number_per_entry")]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "kind": self.kind,
            "entry": self.entry_id,
            "name": self.name,
            "number": self.number,
            "digest": self.digest,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "note": self.note,
        }


class Entry(models.Model):
    """What metrics and datasets share: a stable id, a name, an owner and the version that is served.

    The columns beside `head` repeat what its text says, so that lists need no parsing.
    """

    id = models.CharField(primary_key=True, max_length=26, default=new_ulid, editable=False)
    name = models.CharField(max_length=200, unique=True)
    label_zh = models.CharField(max_length=200, blank=True)
    label_en = models.CharField(max_length=200, blank=True)
    meaning_zh = models.TextField(blank=True)
    meaning_en = models.TextField(blank=True)
    department = models.ForeignKey(DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    head = models.ForeignKey(DefinitionVersion, null=True, on_delete=models.PROTECT, related_name="+")
    is_retired = models.BooleanField(default=False)
    revision = models.BigIntegerField(default=0, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def label(self, lang: str) -> str:
        """The name to show in `lang`, else in the other language, else the identifier."""
        first, second = (self.label_zh, self.label_en) if lang == "zh" else (self.label_en, self.label_zh)
        return first or second or self.name

    def meaning(self, lang: str) -> str:
        """The plain-language meaning in `lang`, else in the other language."""
        first, second = (self.meaning_zh, self.meaning_en) if lang == "zh" else (self.meaning_en, self.meaning_zh)
        return first or second


class Metric(Entry):
    """A published metric."""

    class Type(models.TextChoices):
        ATOMIC = "atomic", _("原子指标")
        DERIVED = "derived", _("派生指标")
        COMPOSITE = "composite", _("复合指标")
        REPORTED = "reported", _("填报指标")

    class Kind(models.TextChoices):
        FINANCIAL = "financial", _("财务")
        CUSTOMER = "customer", _("客户")
        OPERATIONAL = "operational", _("运营")

    type = models.CharField(max_length=10, choices=Type.choices, default=Type.ATOMIC)
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    domain = models.CharField(max_length=100, blank=True)
    process = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    direction = models.CharField(max_length=5, default="none")
    person = models.CharField(max_length=100, blank=True)
    synonyms = models.JSONField(default=list)
    search_text = models.TextField(blank=True)
    pinyin = models.TextField(blank=True)
    initials = models.TextField(blank=True)
    review = models.CharField(max_length=12, blank=True)
    reviewed_on = models.DateField(null=True)
    review_due = models.DateField(null=True, db_index=True)
    favourites = models.PositiveIntegerField(default=0)
    popularity = models.PositiveIntegerField(default=0)
    certified_digest = models.CharField(max_length=64, blank=True)
    certified_at = models.DateTimeField(null=True)
    certified_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("指标")

    @property
    def is_certified(self) -> bool:
        """Certification is of a meaning: it does not survive a change of digest."""
        return bool(self.certified_digest)


class DatasetEntry(Entry):
    """A published dataset."""

    class Meta:
        verbose_name = _("数据集")


class WorkspaceEntry(Entry):
    """The workspace's own document; there is one."""


class Rollup(models.Model):
    """A rollup that an administrator accepted; the published workspace may declare others. Dropped ones stay told."""

    name = models.CharField(max_length=100)
    told = models.JSONField()
    accepted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("预汇总表")
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(dropped_at=None), name="one_rollup_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """A text in the making, one person's overlay on the published catalog. `edits` guards against lost updates."""

    id = models.CharField(primary_key=True, max_length=26, default=new_ulid, editable=False)
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    entry_id = models.CharField(max_length=26, blank=True)
    name = models.CharField(max_length=200, blank=True)
    base = models.ForeignKey(DefinitionVersion, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    author = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    edits = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = _("草稿")

    def __str__(self) -> str:
        return self.name or self.id

    def as_json(self) -> dict[str, Any]:
        return {"id": self.pk, "kind": self.kind, "name": self.name, "edits": self.edits, "base": self.base_id}


class Usage(models.Model):
    """Who uses a metric: registered downward by the apps above (DECISIONS 14). `kind` is "dashboard", "view", …"""

    kind = models.CharField(max_length=30)
    object = models.CharField(max_length=64)
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="uses")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300, blank=True)
    last_used = models.DateTimeField(default=timezone.now)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object", "metric", "department"], name="one_use_per_object", nulls_distinct=False
            ),
            # Not every database heeds nulls_distinct.
            models.UniqueConstraint(
                fields=["kind", "object", "metric"], condition=models.Q(department=None), name="one_use_of_nobody"
            ),
        ]
        indexes = [models.Index(fields=["kind", "object"], name="use_by_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object}"

    @property
    def name(self) -> str:
        """The title in the page's language; "" of what is private."""
        return (self.title_en or self.title) if get_language() == "en" else self.title


class Popularity(models.Model):
    """How often a metric was asked on a day, by a department."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="asked")
    day = models.DateField()
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "day", "department"], name="one_count_per_day", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["metric", "day"], condition=models.Q(department=None), name="one_count_of_nobody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.day} {self.count}"


class Favourite(models.Model):
    """A person's star on a metric."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="stars")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "metric"], name="one_star_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.metric_id}"


class ReportedPeriod(models.Model):
    """The state of one period of a reported metric, and who brought it there."""

    class State(models.TextChoices):
        OPEN = "open", _("填报中")
        SUBMITTED = "submitted", _("待审核")
        REVIEWED = "reviewed", _("已审核")
        LOCKED = "locked", _("已锁定")

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="periods")
    period = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    note = models.TextField(blank=True)
    changed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-period"]
        verbose_name = _("填报期间")
        constraints = [models.UniqueConstraint(fields=["metric", "period"], name="one_state_per_period")]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.period} {self.state}"

    def as_json(self) -> dict[str, Any]:
        return {"metric": self.metric_id, "period": self.period.isoformat(), "state": self.state, "note": self.note}


class ReportedValue(models.Model):
    """One value a department handed in. `key` is the canonical text of `dimensions`."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="reported")
    period = models.DateField()
    dimensions = models.JSONField(default=dict)
    key = models.CharField(max_length=500, blank=True)
    value = models.DecimalField(max_digits=38, decimal_places=10)
    reported_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["period", "key"]
        constraints = [models.UniqueConstraint(fields=["metric", "period", "key"], name="one_value_per_cell")]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.period} {self.key} {self.value}"


class Question(models.Model):
    """A question by which people show that they understand a metric; `right` is the place of the right choice.

    `digest` is the meaning it asks about: answers to questions on an earlier meaning do not count for the present one.
    """

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="questions")
    digest = models.CharField(max_length=64, blank=True)
    place = models.PositiveSmallIntegerField()
    text_zh = models.CharField(_("问题"), max_length=300)
    text_en = models.CharField(_("问题（英文）"), max_length=300, blank=True)
    choices = models.JSONField(default=list)
    right = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("确认题")
        ordering = ["place", "id"]

    def text(self, lang: str) -> str:
        return (self.text_en or self.text_zh) if lang == "en" else (self.text_zh or self.text_en)


class Understanding(models.Model):
    """One person is asked whether they understand what a metric means; `confirmed_at` is their yes.

    `person` names them for good: a user name, or the pseudonym under which an answer came from elsewhere.
    """

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="understood")
    digest = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(_("版本"))
    department = models.ForeignKey(DEPARTMENT, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(USER, null=True, on_delete=models.CASCADE, related_name="+")
    person = models.CharField(max_length=60)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("理解确认")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["metric", "digest", "number", "person"], name="asked_once_per_meaning")
        ]

    def as_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric.name,
            "version": self.number,
            "person": self.person,
            "department": self.department.code,
            "confirmed_at": self.confirmed_at.isoformat() if self.confirmed_at else None,
        }


class QuizAnswer(models.Model):
    """What somebody chose at one attempt; `choice` is unknown where only right or wrong came from elsewhere."""

    understanding = models.ForeignKey(Understanding, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    attempt = models.PositiveSmallIntegerField(default=1)
    choice = models.PositiveSmallIntegerField(null=True)
    is_right = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["understanding", "question", "attempt"], name="one_answer_per_attempt")
        ]
