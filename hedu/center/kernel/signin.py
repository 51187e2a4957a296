"""Name and password (or a provider) -> a session; invited people only; lockout after repeated failures."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hedu.center.kernel import faults


class InvitedOnly(DefaultAccountAdapter):
    """Nobody signs up by themselves: administrators invite."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        super().populate_username(request, user)
        user.name = user.name or user.username


class FromProvider(DefaultSocialAccountAdapter):
    """Whoever the company's identity provider vouches for may come in, without rights until given some."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        user.name = data.get("name") or data.get("username") or (data.get("email") or "").split("@")[0]
        return user


class SignInForm(LoginForm):
    """allauth's form in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("用户名或邮箱")
        login.widget.attrs = {"autocomplete": "username", "autofocus": "autofocus"}
        password.label = _("密码")
        password.widget.attrs = {"autocomplete": "current-password"}
        password.help_text = ""
        if "remember" in self.fields:
            del self.fields["remember"]


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name somebody tries to sign in by: lockout counts per name and address."""
    tried = credentials or {}
    given = tried.get("username") or tried.get("email") or request.POST.get("login") or ""
    return str(given).strip().lower()[:255]


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """Too many failures: say so, and how long to wait."""
    return faults.refused(request, 429, "sign-in-locked", minutes=15)
