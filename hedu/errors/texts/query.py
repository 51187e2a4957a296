"""Wording of the errors of the query stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {}
