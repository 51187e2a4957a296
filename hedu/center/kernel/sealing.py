"""A secret -> what is kept of it: encrypted with the site's key, so that a copy of the tables tells nothing."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _fernet() -> Fernet:
    digest = hashlib.sha256(b"hedu.sealing:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def sealed(text: str) -> str:
    """The text, encrypted."""
    return _fernet().encrypt(text.encode()).decode()


def opened(kept: str) -> str:
    """The text again, or "" where the site's key has been changed since."""
    try:
        return _fernet().decrypt(kept.encode()).decode()
    except InvalidToken:
        return ""
