"""Wording of the errors of the define stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {}
