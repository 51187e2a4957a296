"""Clock + chance -> ids that sort by the time of their making (ULID)."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid() -> str:
    """Twenty-six characters: 48 bits of milliseconds, 80 bits of chance.

    >>> len(new_ulid())
    26
    """
    number = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
