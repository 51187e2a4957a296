"""Wording of the errors of the plan stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {}
