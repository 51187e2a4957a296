"""An engine URL -> the same without its secrets, fit for receipts, logs and errors."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SECRET = re.compile(r"pass|secret|token|key", re.IGNORECASE)


def shown_url(url: str) -> str:
    """The URL without its password and without options that hold a secret.

    >>> shown_url("postgresql://hedu:secret@db:5432/sales?sslmode=require&password=x")
    'postgresql://hedu@db:5432/sales?sslmode=require'
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    options = [(name, value) for name, value in parse_qsl(parts.query) if not _SECRET.search(name)]
    shown = urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}", query=urlencode(options)))
    return re.sub(r";(?:token|password)=[^;/]*", "", shown)
