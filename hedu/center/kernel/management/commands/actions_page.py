"""Write the table of actions and reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hedu.center.kernel.listing import markdown


class Command(BaseCommand):
    help = "Write docs/reference/actions.md from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", default="docs/reference/actions.md")

    def handle(self, *args: Any, **options: Any) -> None:
        Path(options["path"]).write_text(markdown(), encoding="utf-8")
