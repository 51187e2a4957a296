"""Plain rules of the kernel: tokens, mentions."""

from __future__ import annotations

import hashlib
import re
import secrets

TOKEN_PREFIX = "hedu_"  # noqa: S105  (a prefix, not a password)
SCOPES = ("read", "write")
MENTION = re.compile(r"(?<![\w@.])@([\w.+-]{1,60})")


def new_token() -> str:
    """A key for a program: 256 random bits, recognisable by its prefix."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token. It is random enough that a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def mentioned(text: str) -> tuple[str, ...]:
    """The user names that `text` speaks to, each once.

    >>> mentioned("@lin.yue 请看，@wang 也看，mail a@b.cn")
    ('lin.yue', 'wang')
    """
    return tuple(dict.fromkeys(name.rstrip(".") for name in MENTION.findall(text)))
