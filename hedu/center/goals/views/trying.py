"""A deed tried with its form: what goes wrong is told beside what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from hedu.errors import Denied, HeduError


def tried(request: HttpRequest, form: forms.Form, deed: Any, *ids: Any, **inputs: Any) -> Any:
    """The deed's result, or None with the error on the form: what was typed stays."""
    try:
        return deed(request.actor, *ids, **inputs)
    except Denied:
        raise
    except HeduError as error:
        for problem in error.problems:
            form.add_error(None, f"{problem.what(request.lang)} {problem.hint(request.lang)}")
        return None
