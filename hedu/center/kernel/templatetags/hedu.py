"""Template words of the house: icons, fields, people, query strings. Built in: no {% load %} needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import dumps
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django_vite.core.asset_loader import DjangoViteAssetLoader

from hedu.center.kernel import checks, reads, topics
from hedu.center.kernel.models import Comment, Job, Task
from hedu.center.kernel.rules import MENTION
from hedu.errors import Problem

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of frontend/icons.json: {% icon "home" %}. Decoration only: say the words beside it."""
    place = static("built/icons.svg")
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        place,
        name,
    )


@register.filter
def styled(field: BoundField, css: str = "") -> SafeString:
    """A form field with the house's classes and its errors tied to it for screen readers."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        kind = "form-check-input"
    else:
        kind = "form-select" if isinstance(widget, Select) else "form-control"
    attrs: dict[str, Any] = {"class": f"{kind} {'is-invalid' if field.errors else ''} {css}".strip()}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.id_for_label}_errors"}
    return field.as_widget(attrs=attrs)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The present query string with `changes` made; None or "" takes a key away: href="{% query page=2 %}"."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def said(context: template.Context, zh: Any, en: Any) -> Any:
    """Whichever of two wordings is in the page's language, else the other."""
    return (en or zh) if context.get("lang") == "en" else (zh or en)


@register.inclusion_tag("kernel/avatar.html")
def avatar(user: Any, size: str = "sm") -> dict[str, Any]:
    """The round badge of a person."""
    return {"user": user, "size": size, "tint": (user.pk or 0) % 8}


@register.simple_tag
def front_end() -> SafeString:
    """The built scripts and styles, or nothing where they are not built (the page then says so)."""
    if not checks.is_built():
        return SafeString("")
    tags = DjangoViteAssetLoader.instance().generate_vite_asset("src/main.ts")
    return SafeString(tags)


@register.inclusion_tag("kernel/demo_people.html", takes_context=True)
def demo_people(context: template.Context) -> dict[str, Any]:
    """One-click identities of the demo, on the sign-in page."""
    request: HttpRequest = context["request"]
    return {
        "people": reads.demo_people(),
        "next": request.GET.get("next", "/"),
        "actor": context["actor"],
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def json(value: Any) -> str:
    """A value as readable JSON text."""
    return dumps(value, ensure_ascii=False, indent=1)


@register.filter
def worded(news: topics.Told) -> str:
    """The sentence of news, a task or a message."""
    return topics.worded(news)


@register.filter
def label_of(topic: str, task: Task) -> str:
    """What the button of a task's deed says."""
    return topics.labelled(topic, task.facts) or gettext("办理")


@register.filter
def outcome(name: str) -> str:
    """How a task ended, as the app that settled it says ("outcome.signed" in its topics.py)."""
    return topics.labelled(f"outcome.{name}", {}) or name


@register.filter
def job_error(job: Job) -> str:
    """Why a job failed: our own words for a refusal, else what the program said."""
    if not job.error_code:
        return job.error
    lang = "en" if get_language() == "en" else "zh"
    problem = Problem(job.error_code, facts=job.error_facts)
    return f"{problem.what(lang)} {problem.hint(lang)}"


@register.filter
def fault_words(row: Any) -> str:
    """Why something did not come to its end, and what to do: `row.fault` is a Problem or None."""
    if row.fault is None:
        return ""
    lang = "en" if get_language() == "en" else "zh"
    return f"{row.fault.what(lang)} {row.fault.hint(lang)}"


@register.filter
def spoken(comment: Comment) -> SafeString:
    """A comment's escaped text, those it names set off by their names."""
    names = {user.username: user.name for user in comment.mentions.all()}

    def named(match: re.Match[str]) -> str:
        username = match[1].rstrip(".")
        if username not in names:
            return match[0]
        rest = match[1][len(username) :]
        return format_html('<span class="house-mention">@{}</span>{}', names[username], rest)

    return SafeString(MENTION.sub(named, escape(comment.text)))


@register.filter
def grouped(number: int) -> str:
    """A count with its thousands apart, in either language: 297,355."""
    return f"{number:,}"


@register.filter
def lookup(table: Mapping[Any, Any], key: Any) -> Any:
    """What a table holds under `key`, else nothing."""
    return table.get(key, ())
