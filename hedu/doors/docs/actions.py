"""The center's actions and reads -> their table."""

from __future__ import annotations

import os


def actions_page() -> str:
    """Action x door x permission, as the center itself lists it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hedu.center.settings")
    import django

    django.setup()
    from hedu.center.kernel.listing import markdown

    return markdown()
