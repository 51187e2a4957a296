"""Template words of the catalog: a small line of values, a term with its meaning."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hedu.center.catalog import figures
from hedu.center.catalog.glossary import BY_KEY

register = template.Library()
WIDTH, HEIGHT = 96, 26


@register.simple_tag
def spark(values: Sequence[float | None]) -> SafeString:
    """A line of the latest values as a small picture; decoration, for the number stands beside it."""
    known = [value for value in values if value is not None]
    if len(known) < 3:
        return SafeString("")
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = WIDTH / (len(values) - 1)
    points = " ".join(
        f"{index * step:.1f},{HEIGHT - 2 - (value - low) / span * (HEIGHT - 4):.1f}"
        for index, value in enumerate(values)
        if value is not None
    )
    return format_html(
        '<svg class="cat-spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline points="{}"></polyline></svg>',
        WIDTH,
        HEIGHT,
        points,
    )


@register.filter
def moment(text: str) -> str:
    """An instant written by a program (ISO 8601), by the clock of the site."""
    found = parse_datetime(text)
    if found is None:
        return text
    return date_format(timezone.localtime(found) if timezone.is_aware(found) else found, "Y-m-d H:i")


@register.filter
def worded(text: str | None) -> str:
    """A unit, domain or process in the reader's language."""
    return figures.worded(text)


@register.simple_tag(takes_context=True)
def term(context: template.Context, key: str, text: str = "") -> SafeString:
    """A word of the glossary that tells its meaning: {% term "lineage" %}."""
    known = BY_KEY[key]
    lang = context.get("lang", "zh")
    name = text or known.name(lang)
    shown = name[:1].upper() + name[1:]
    return format_html('<a class="cat-term" href="/glossary/#{}" title="{}">{}</a>', key, known.means(lang), shown)
