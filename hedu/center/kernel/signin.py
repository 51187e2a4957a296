"""Name and password (or a provider) -> a session; invited people only; lockout after repeated failures."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hedu.center.kernel import faults
from hedu.center.kernel.models import User


class InvitedOnly(DefaultAccountAdapter):
    """Nobody signs up by themselves: administrators invite."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        super().populate_username(request, user)
        user.name = user.name or user.username


class FromProvider(DefaultSocialAccountAdapter):
    """The company's identity provider vouches for who somebody is; only those invited come in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Tie a first sign-in to the account invited under that user name or verified mail."""
        if sociallogin.is_existing:
            return
        known = _invited(sociallogin)
        if known is None:
            raise ImmediateHttpResponse(faults.refused(request, 403, "not-invited"))
        sociallogin.connect(request, known)


def _invited(sociallogin: Any) -> User | None:
    """By user name first; by mail only where the provider has verified it and it names one person."""
    told = sociallogin.account.extra_data
    told = told.get("userinfo", told)
    active = User.objects.filter(is_active=True)
    name = str(told.get("preferred_username") or "")
    if name and (found := active.filter(username=name).first()):
        return found
    mail = str(told.get("email") or "")
    if not mail or told.get("email_verified") is not True:
        return None
    same = list(active.filter(email__iexact=mail)[:2])
    return same[0] if len(same) == 1 else None


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
