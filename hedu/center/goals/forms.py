"""Forms of goals and targets. Fields are named like the inputs of the action they feed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hedu.alignment.goals.phasing import METHODS
from hedu.center.catalog import reads as catalog
from hedu.center.goals import reads, rules
from hedu.center.goals.models import Edge, Goal, Operator, Target
from hedu.center.kernel.actor import Actor
from hedu.center.people.forms import DepartmentChoice, PersonChoice

METHOD_NAMES = {
    "seasonal": _("按往年季节"),
    "growth": _("按季节并逐月增长"),
    "equal": _("平均"),
    "manual": _("手工"),
}


def metric_choices(actor: Actor) -> list[tuple[str, str]]:
    """Metrics in use by name."""
    rows = catalog.visible_to(actor).filter(is_retired=False).order_by("label_zh", "name")
    return [("", "—"), *((row.name, f"{row.label(actor.lang)}（{row.name}）") for row in rows)]


def managed(actor: Actor, label: Any) -> DepartmentChoice:
    """A choice among the departments the actor leads."""
    field = DepartmentChoice(label=label, required=True)
    field.queryset = reads.departments_managed(actor)
    return field


class CheckInForm(forms.Form):
    confidence = forms.IntegerField(
        label=_("把握（0–10）"), min_value=0, max_value=10, help_text=_("0 表示无望，10 表示确定能达成。")
    )
    note = forms.CharField(
        label=_("进展"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("进展如何，卡在哪里，需要谁帮忙。"),
    )  # fmt: skip


class GoalForm(forms.Form):
    code = forms.CharField(label=_("编号"), max_length=40)
    name_zh = forms.CharField(label=_("名称"), max_length=120, required=False, help_text=_("留空则用指标的名称。"))
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    metric = forms.ChoiceField(label=_("指标"))
    edge = forms.ChoiceField(
        label=_("与上级的关系"), choices=Edge.choices, initial=Edge.CONTRIBUTES,
        help_text=_("只有“分解”和“贡献”会向上汇总得分。"),
    )  # fmt: skip
    weight = forms.FloatField(label=_("权重"), min_value=0, max_value=1000, initial=1)
    scope = forms.CharField(
        label=_("范围"), max_length=500, required=False, help_text=_("只看一部分时填写，例如 region = '华东'。")
    )
    note = forms.CharField(label=_("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, actor: Actor, *args: Any, goal: Goal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = metric_choices(actor)
        self.fields["department"] = managed(actor, _("负责部门"))
        self.fields["owner"] = PersonChoice(label=_("负责人"), required=False)
        for letter, name in (("R", _("执行")), ("A", _("问责")), ("C", _("咨询")), ("I", _("知会"))):
            self.fields[f"raci_{letter}"] = forms.MultipleChoiceField(
                label=f"{letter} · {name}", required=False, choices=_department_choices(actor)
            )
        self.order_fields(("code", "name_zh", "name_en", "metric", "department", "owner"))
        if goal is None:
            rows = reads.visible_to(actor)
            above = [("", _("（最上层）")), *((row.code, f"{row.code} {row.label(actor.lang)}") for row in rows)]
            self.fields["parent"] = forms.ChoiceField(label=_("上级目标"), choices=above, required=False)
        else:
            del self.fields["code"]
            self.fields["edits"] = forms.IntegerField(widget=forms.HiddenInput)

    def inputs(self) -> dict[str, Any]:
        """What the action takes."""
        given = dict(self.cleaned_data)
        letters = {letter: given.pop(f"raci_{letter}", []) for letter in rules.LETTERS}
        return {**given, "raci": {letter: codes for letter, codes in letters.items() if codes}}


def _department_choices(actor: Actor) -> list[tuple[str, str]]:
    return [(code, row.name) for code, row in catalog.departments_by_code(actor).items()]


class MoveForm(forms.Form):
    parent = forms.ChoiceField(label=_("移到"), required=False)
    edge = forms.ChoiceField(label=_("与上级的关系"), choices=Edge.choices)

    def __init__(self, actor: Actor, goal: Goal, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"parent": goal.parent.code if goal.parent else "", "edge": goal.edge})
        super().__init__(*args, **kwargs)
        rows = reads.visible_to(actor).exclude(pk=goal.pk)
        self.fields["parent"].choices = [
            ("", _("（最上层）")),
            *((row.code, f"{row.code} {row.label(actor.lang)}") for row in rows),
        ]


class GuardForm(forms.Form):
    guardrail = forms.ChoiceField(label=_("护栏指标"))
    tolerance = forms.FloatField(
        label=_("容许变差"), min_value=0, max_value=1, initial=0.05, help_text=_("与去年同期相比，0.05 即 5%。")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guardrail"].choices = metric_choices(actor)


class TargetForm(forms.Form):
    code = forms.CharField(label=_("编号"), max_length=40)
    metric = forms.ChoiceField(label=_("指标"))
    period = forms.CharField(label=_("期间"), max_length=10, help_text=_("例如 2027、2027-H1、2027-Q1、2027-03。"))
    operator = forms.ChoiceField(label=_("比较"), choices=Operator.choices, initial=Operator.AT_LEAST)
    value = forms.CharField(
        label=pgettext_lazy("one", "目标值"), max_length=40, help_text=_("可以写 1,234.5 或 12.5%。")
    )
    scope = forms.CharField(
        label=_("范围"), max_length=500, required=False, help_text=_("只看一部分时填写，例如 region = '华东'。")
    )
    parent = forms.CharField(label=_("上级目标的编号"), max_length=40, required=False)
    green = forms.CharField(label=_("达标线"), max_length=40, required=False, help_text=_("留空即目标值。"))
    amber = forms.CharField(label=_("预警线"), max_length=40, required=False, help_text=_("越过这条线即落后。"))
    tolerance = forms.CharField(
        label=_("容差"), max_length=10, required=False, help_text=_("没有预警线时，离目标多远算落后；默认 10%。")
    )
    phasing = forms.ChoiceField(
        label=_("分月方式"), choices=[(name, METHOD_NAMES[name]) for name in METHODS if name != "manual"]
    )
    note = forms.CharField(label=_("说明"), max_length=1000, required=False)

    def __init__(self, actor: Actor, *args: Any, target: Target | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = metric_choices(actor)
        self.fields["department"] = managed(actor, _("部门"))
        goals = [("", "—"), *((row.code, f"{row.code} {row.label(actor.lang)}") for row in reads.visible_to(actor))]
        self.fields["goal"] = forms.ChoiceField(label=_("目标节点"), choices=goals, required=False)
        self.order_fields(("code", "metric", "department", "goal"))
        if target is not None:
            del self.fields["code"]
            self.fields["edits"] = forms.IntegerField(widget=forms.HiddenInput)
            if target.phasing not in METHOD_NAMES or target.phasing == "manual":
                kept = (target.phasing, _("保持现有各月"))
                self.fields["phasing"].choices = [*self.fields["phasing"].choices, kept]


class UploadForm(forms.Form):
    file = forms.FileField(label=_("Excel 或 CSV 文件"))
