"""What must be right before the site starts, as Django system checks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

UNBUILT = "The pages' scripts and styles are not built: static/built/manifest.json is missing."


def is_built() -> bool:
    """The front end stands where pages look for it."""
    return (settings.HEDU_BUILT / "manifest.json").is_file()


@register()
def front_end_is_built(**_: Any) -> list[CheckMessage]:
    """Pages without their scripts and styles are of no use."""
    if is_built():
        return []
    return [Warning(UNBUILT, hint="Run `make` in the project's folder.", id="hedu.W001")]
