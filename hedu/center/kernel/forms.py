"""Forms of the kernel's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.models import User


class Profile(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "title", "email", "language", "theme"]


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
