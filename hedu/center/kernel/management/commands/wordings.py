"""Bring the English wordings up to date with the sources."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hedu.center.kernel import wordings


class Command(BaseCommand):
    help = "Bring each app's locale/en/LC_MESSAGES/django.po up to date and compile it; list what lacks English."

    def handle(self, *args: Any, **options: Any) -> None:
        gaps = {app: texts for app, texts in wordings.refresh().items() if texts}
        wordings.compile_stale()
        for app, texts in gaps.items():
            for text in texts:
                self.stdout.write(f"{app}: {text}")
        if gaps:
            raise CommandError("Write the English of these in their app's django.po, then run this again.")
        self.stdout.write("Every wording has its English.")
