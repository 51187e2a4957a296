"""Template words of goals: a bullet drawn on the server, numbers with their unit, how things stand in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hedu.center.catalog import figures
from hedu.center.catalog.serving import served
from hedu.center.catalog.wording import filter_words
from hedu.center.goals.models import Edge, Operator
from hedu.center.goals.reads.standing import Standing
from hedu.center.goals.rules import decimal_of

register = template.Library()
WIDTH, HEIGHT = 240.0, 20.0
STATUS_TONES = {"on": "green", "watch": "yellow", "off": "red", "none": "secondary"}
STATUS_ICONS = {"on": "circle-check", "watch": "alert-triangle", "off": "circle-x", "none": "point"}


@register.filter
def status_name(status: str) -> str:
    """on, watch, off, none in words."""
    return {"on": _("达标"), "watch": _("关注"), "off": _("落后"), "none": _("暂无状态")}[status]


@register.filter
def why_name(why: str) -> str:
    """What keeps a target from having a status."""
    return {
        "coming": _("期间尚未开始"),
        "no-data": _("还没有数据"),
        "partial": _("您的数据权限只含其中一部分，不与整体目标比较"),
        "refused": _("您无权查看这个指标的数值"),
        "no-course": _("缺少去年同期，无法折算到目前应达的进度"),
    }.get(why, "")


@register.filter
def status_tone(status: str) -> str:
    return STATUS_TONES[status]


@register.filter
def status_icon(status: str) -> str:
    return STATUS_ICONS[status]


@register.filter
def edge_name(edge: str) -> str:
    return str(Edge(edge).label)


@register.simple_tag(takes_context=True)
def scope_words(context: template.Context, scope: str) -> str:
    """A scope as people read it: region = '华东' as 大区是“华东”."""
    if not scope:
        return ""
    kept = context["request"].__dict__
    if "goal_words" not in kept:
        kept["goal_words"] = served().words
    return filter_words(scope, kept["goal_words"], "en" if context.get("lang") == "en" else "zh")


@register.filter
def percent(value: float | None) -> str:
    """A signed change."""
    return figures.growth(value)


@register.filter
def one_digit(value: float | None) -> str:
    """A score; a dash where there is none."""
    return "–" if value is None else f"{value:.1f}"


@register.simple_tag(takes_context=True)
def figure(context: template.Context, value: Any, unit: str | None = "") -> str:
    """A number with its unit, short."""
    return figures.short(None if value is None else float(value), unit or "", context.get("lang", "zh"))


@register.simple_tag(takes_context=True)
def aim(context: template.Context, fields: Mapping[str, Any]) -> str:
    """How a target's fields are compared, and with what: 不低于 120万元; what is no number as it is written."""
    operator, value, unit = (fields.get(name) or "" for name in ("operator", "value", "unit"))
    number = decimal_of(value)
    said = value if number is None else figures.full(float(number), unit, context.get("lang", "zh"))
    return f"{Operator(operator).label if operator in Operator.values else operator} {said}"


@register.simple_tag(takes_context=True)
def bullet(context: template.Context, stands: Standing, big: bool = False) -> SafeString:
    """Reached (bar), due by now (thin mark), target (thick mark), expected (dot with its interval), over bands of
    off, watch and on. Everything it shows is told in its label."""
    low, high = _reach(stands)
    if high <= low:
        return SafeString("")
    scale = _Scale(low, high)
    parts = [scale.bar(f"goal-band-{tone}", start, end, 0, HEIGHT) for tone, start, end in _bands(stands, low, high)]
    if stands.value is not None:
        parts.append(scale.bar("goal-bar", *sorted((max(low, min(0.0, high)), stands.value)), 6, 8))
    if stands.expected is not None:
        parts.append(scale.bar("goal-range", stands.expected.low, stands.expected.high, 9, 2))
        parts.append(scale.mark("goal-dot", stands.expected.value, 3, 7, 6))
    if stands.due is not None and stands.nature != "level":
        parts.append(scale.mark("goal-due", stands.due, 1.5, 3, 14))
    parts.append(scale.mark("goal-mark", stands.goal_value, 3, 1, 18))
    return format_html(
        '<svg class="goal-bullet{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        " goal-bullet-big" if big else "",
        int(WIDTH),
        int(HEIGHT),
        told(stands, context.get("lang", "zh")),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values -> places across the picture."""

    low: float
    high: float

    def at(self, value: float) -> float:
        return min(max((value - self.low) / (self.high - self.low) * WIDTH, 0.0), WIDTH)

    def bar(self, css: str, start: float, end: float, top: float, height: float) -> SafeString:
        return _rect(css, self.at(start), self.at(end) - self.at(start), top, height)

    def mark(self, css: str, value: float, width: float, top: float, height: float) -> SafeString:
        return _rect(css, min(self.at(value), WIDTH - width), width, top, height)


def _rect(css: str, left: float, width: float, top: float, height: float) -> SafeString:
    box = (css, f"{left:.1f}", top, f"{width:.1f}", height)
    return format_html('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', *box)


def told(stands: Standing, lang: str) -> str:
    """The bullet in words."""
    unit = stands.target.unit

    def said(value: float | None) -> str:
        return figures.short(value, unit, "en" if lang == "en" else "zh")

    words = [_("目标 %(value)s") % {"value": said(stands.goal_value)}]
    if stands.value is not None:
        words.append(_("已达 %(value)s") % {"value": said(stands.value)})
    if stands.due is not None and stands.nature != "level":
        words.append(_("目前应达 %(value)s") % {"value": said(stands.due)})
    if stands.expected is not None:
        found = stands.expected
        told_ = {"value": said(found.value), "low": said(found.low), "high": said(found.high)}
        words.append(_("预计 %(value)s（八成可能在 %(low)s 至 %(high)s 之间）") % told_)
    words.append(status_name(stands.status))
    return ("; " if lang == "en" else "；").join(words)


def _reach(stands: Standing) -> tuple[float, float]:
    """From where to where: all that is drawn, and zero unless that would hide the differences."""
    shown = [stands.goal_value]
    shown += [value for value in (stands.value, stands.due, stands.whole.line) if value is not None]
    if stands.expected:
        shown += [stands.expected.low, stands.expected.high]
    shown = [value for value in shown if math.isfinite(value)]
    least, most = min(shown), max(shown)
    room = (most - least) * 0.08 or abs(most) * 0.1 or 1.0
    is_close = stands.nature == "level" and least > 0 and (most - least) < most * 0.5
    return (least - room if is_close or least < 0 else 0.0), most + room


def _bands(stands: Standing, low: float, high: float) -> list[tuple[str, float, float]]:
    """Tone, start, end of each stretch from left to right."""
    aim = stands.whole
    if aim.direction == "band" and aim.band:
        first, last = aim.band
        cuts = [("off", low), ("watch", first - aim.margin), ("on", first), ("watch", last), ("off", last + aim.margin)]
    elif aim.goal is None or aim.line is None:
        return []
    elif aim.direction == "up":
        cuts = [("off", low), ("watch", aim.line), ("on", aim.goal)]
    else:
        cuts = [("on", low), ("watch", aim.goal), ("off", aim.line)]
    ends = [start for _, start in cuts[1:]] + [high]
    found = [(tone, max(low, start), min(high, end)) for (tone, start), end in zip(cuts, ends, strict=True)]
    return [(tone, start, end) for tone, start, end in found if end > start]
