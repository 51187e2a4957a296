"""Wording of the errors of the model stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {}
