"""Forms of the kernel's pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.actors import department_names
from hedu.center.kernel.channels import Type, Way
from hedu.center.kernel.models import Channel, Preference, User


class Profile(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "title", "title_en", "email", "language", "theme"]


class NewToken(forms.Form):
    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("写明哪个程序在用，例如“销售日报脚本”。"))
    scope = forms.ChoiceField(
        label=_("权限"), choices=[("read", _("只读")), ("write", _("读取和操作"))], initial="read"
    )
    days = forms.TypedChoiceField(
        label=_("有效期"),
        coerce=int,
        choices=[(30, _("30 天")), (90, _("90 天")), (365, _("一年")), (0, _("直到吊销"))],
        initial=90,
    )


class NewChannel(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如“公司邮件”“财务部企业微信群”。"))
    department = forms.TypedChoiceField(label=_("发给"), coerce=int, empty_value=None, required=False)
    url = forms.CharField(
        label=_("地址"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("含密钥，加密保存，之后不再显示。发给个人的地址里用 {email}、{username} 或 {address} 表示收件人。"),
    )
    types = forms.MultipleChoiceField(
        label=_("部门群收到"),
        choices=[item for item in Type.choices if item[0] not in ("talk", "news")],
        initial=["sign", "decide", "answer"],
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    per_minute = forms.IntegerField(label=_("每分钟最多"), min_value=1, max_value=600, initial=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", _("个人")), *department_names(None).items()]


class Hearing(forms.Form):
    """How one hears: a choice for each type, quiet hours, the digest's hour, own addresses."""

    quiet_from = forms.TimeField(label=_("免打扰开始"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    quiet_to = forms.TimeField(label=_("免打扰结束"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    digest_at = forms.TimeField(label=_("每日摘要时间"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, preference: Preference, channels: Iterable[Channel], **kwargs: Any) -> None:
        shown = ("quiet_from", "quiet_to", "digest_at")
        super().__init__(*args, initial={name: getattr(preference, name) for name in shown}, **kwargs)
        self.asked = ("sign", "decide", "answer", "read")
        for value, label in Type.choices:
            ways = [way for way in Way.choices if not (way[0] == "never" and value in self.asked)]
            way = preference.way(value)
            initial = "app" if way == "never" and value in self.asked else way
            self.fields[f"way_{value}"] = forms.ChoiceField(label=label, choices=ways, initial=initial)
        for channel in channels:
            own = preference.addresses.get(str(channel.pk), "")
            label = _("我在“%(name)s”的地址") % {"name": channel.name}
            self.fields[f"own_{channel.pk}"] = forms.CharField(
                label=label, max_length=80, required=False, initial=own, help_text=_("例如钉钉绑定的手机号。")
            )

    @property
    def ways(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("way_")]

    @property
    def own(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("own_")]

    def chosen(self) -> dict[str, Any]:
        """What the deed takes."""
        told = self.cleaned_data
        pick = lambda start: {name[len(start) :]: value for name, value in told.items() if name.startswith(start)}  # noqa: E731
        rest = {name: told[name] for name in ("quiet_from", "quiet_to", "digest_at")}
        return {"ways": pick("way_"), "addresses": pick("own_"), **rest}
