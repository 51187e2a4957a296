"""Wording of the errors of the center stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {}
