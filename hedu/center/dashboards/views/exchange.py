"""What these pages share: JSON in, the addresses that islands ask at."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from hedu.errors import QueryError


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object a request carries; NUL, which no database keeps in texts, is no part of one.

    QueryError request-not-json.
    """
    if b"\\u0000" in request.body:
        raise QueryError("request-not-json")
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, UnicodeDecodeError, RecursionError) as broken:
        raise QueryError("request-not-json") from broken
    if not isinstance(body, dict):
        raise QueryError("request-not-json")
    return body


def said(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def handed_over(content: bytes, media_type: str, filename: str) -> HttpResponse:
    """A file to save, named in the reader's own script."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, filename) or ""
    return response


def addresses() -> dict[str, str]:
    """Where explorer and board ask: the catalog answers, under the rights of whoever asks."""
    return {
        "catalogUrl": reverse("catalog:ask_metrics"),
        "askUrl": reverse("catalog:ask"),
        "unmatchedUrl": reverse("catalog:ask_unmatched"),
        "dimensionsUrl": reverse("catalog:ask_dimensions"),
        "valuesUrl": reverse("catalog:ask_values"),
        "exportUrl": reverse("catalog:export"),
    }
