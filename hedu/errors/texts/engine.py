"""Wording of the errors of the engine stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {}
