"""Wording of the errors of the intake stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {}
