"""An engine URL -> the same without its secrets, fit for receipts, logs and errors."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

_SECRET = re.compile(r"pass|secret|token|key", re.IGNORECASE)


def shown_url(url: str) -> str:
    """The URL without its password and without options that hold a secret.

    >>> shown_url("postgresql://hedu:secret@db:5432/sales?sslmode=require&password=x")
    'postgresql://hedu@db:5432/sales?sslmode=require'
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    options = [(name, value) for name, value in parse_qsl(parts.query) if not _SECRET.search(name)]
    shown = joined(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}", query=urlencode(options)))
    return re.sub(r";(?:token|password)=[^;/]*", "", shown)


def joined(parts: SplitResult) -> str:
    """The URL of its parts, with both strokes where no host stands between them and the path."""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}"
