"""A row about to be kept -> Django's own checks of its fields, as our error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from hedu.errors import QueryError


def require_fields(row: Any, exclude: Iterable[str] = ()) -> None:
    """QueryError field-invalid, naming the first field that is wrong and why."""
    try:
        row.full_clean(exclude=set(exclude))
    except ValidationError as wrong:
        field, texts = next(iter(wrong.message_dict.items()))
        known = {item.name: item for item in row._meta.fields}
        label = str(known[field].verbose_name) if field in known else str(row._meta.verbose_name)
        raise QueryError("field-invalid", field=label, reason=" ".join(texts)) from wrong
