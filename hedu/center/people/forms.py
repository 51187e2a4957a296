"""Forms about people. Fields are named like the inputs of the action they feed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.actor import SYSTEM
from hedu.center.people import reads
from hedu.center.people.models import Policy, Role


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DepartmentChoice(forms.ModelChoiceField):
    """A department, given on as its code."""

    def __init__(self, **kwargs: Any) -> None:
        rows = reads.visible_to(SYSTEM).filter(is_active=True)
        super().__init__(queryset=rows, to_field_name="code", **{"label": _("部门"), "empty_label": "—", **kwargs})

    def clean(self, value: Any) -> str:
        row = super().clean(value)
        return row.code if row else ""


class PersonChoice(forms.ModelChoiceField):
    """A person, given on as their user name."""

    def __init__(self, **kwargs: Any) -> None:
        rows = reads.people_visible_to(SYSTEM).filter(is_active=True)
        super().__init__(queryset=rows, to_field_name="username", **{"label": _("人员"), "empty_label": "—", **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.username}）"

    def clean(self, value: Any) -> str:
        row = super().clean(value)
        return row.username if row else ""


class DepartmentForm(forms.Form):
    code = forms.CharField(label=_("代码"), max_length=40, help_text=_("定义文件里用的名字，例如 finance。"))
    name_zh = forms.CharField(label=_("中文名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = DepartmentChoice(label=_("上级部门"), required=False)


class InviteForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=60)
    username = forms.CharField(label=_("用户名"), max_length=60)
    email = forms.EmailField(label=_("邮箱"), required=False)
    title = forms.CharField(label=_("职务"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = DepartmentChoice(required=False)
        self.fields["role"] = forms.ChoiceField(label=_("角色"), choices=Role.choices, initial="member")


class AssignForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = PersonChoice()
        self.fields["role"] = forms.ChoiceField(label=_("角色"), choices=Role.choices, initial="member")
        self.fields["since"] = forms.DateField(label=_("生效日期"), required=False, widget=Day())
        self.fields["until"] = forms.DateField(label=_("截止日期"), required=False, widget=Day())


class PolicyForm(forms.Form):
    """Reads as a sentence: only [who] see [what] of [dataset], [when], because [note]."""

    effect = forms.ChoiceField(label=_("开放范围"), choices=Policy.Effect.choices)
    where = forms.CharField(
        label=_("行条件"),
        required=False,
        max_length=1000,
        help_text=_("例如 region = '华东'。{username} 代表查看者的用户名。留空表示全部行。"),
    )
    column = forms.CharField(label=_("列"), required=False, max_length=120, help_text=_("维度或度量的名称。"))

    def __init__(self, *args: Any, datasets: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("数据集")
        self.fields["dataset"] = (
            forms.ChoiceField(label=label, choices=datasets)
            if datasets
            else forms.CharField(label=label, max_length=120)
        )
        self.fields["department"] = DepartmentChoice(required=False)
        self.fields["with_subtree"] = forms.BooleanField(label=_("含下级部门"), required=False, initial=True)
        roles = [("", _("任何角色")), *Role.choices]
        self.fields["role"] = forms.ChoiceField(label=_("角色"), choices=roles, required=False)
        self.fields["user"] = PersonChoice(required=False)
        self.fields["since"] = forms.DateField(label=_("生效日期"), required=False, widget=Day())
        self.fields["until"] = forms.DateField(label=_("截止日期"), required=False, widget=Day())
        self.fields["note"] = forms.CharField(label=_("理由"), required=False, max_length=400)
        self.order_fields(["dataset", "effect", "where", "column", "department", "with_subtree", "role", "user"])


class SeeAsForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = PersonChoice(label=_("以谁的身份查看"))


class AbsenceForm(forms.Form):
    since = forms.DateField(label=_("从"), widget=Day())
    until = forms.DateField(label=_("到"), widget=Day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delegate"] = PersonChoice(label=_("代理人"), required=False, empty_label=_("—（副联络人代看）"))
