"""Definitions as somebody wants them to be: a frozen value whose digest is what people sign."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Wanted:
    """One definition as it shall be. `entry` is the id of what it replaces ("": new), `base` the version it was
    written from; no text takes the entry out of use, and `restores` one that is out of use already brings it back."""

    kind: str
    entry: str
    name: str
    text: str
    base: int | None = None
    restores: bool = False

    @property
    def is_retirement(self) -> bool:
        return not self.text


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What is published together, as one revision, effective from `valid_from` (None: the day it is published)."""

    items: tuple[Wanted, ...]
    valid_from: date | None = None

    @property
    def digest(self) -> str:
        """Equal for equal texts over equal versions; nobody's signature holds for anything else."""
        text = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return {
            "items": [
                {"kind": item.kind, "entry": item.entry, "name": item.name, "text": item.text, "base": item.base}
                | ({"restores": True} if item.restores else {})
                for item in self.items
            ],
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
        }


def change_set_of(data: Mapping[str, Any]) -> ChangeSet:
    """The value that `as_json` wrote down."""
    day = data.get("valid_from")
    return ChangeSet(tuple(Wanted(**item) for item in data["items"]), date.fromisoformat(day) if day else None)


@dataclass(frozen=True, slots=True)
class Approval:
    """Everybody concerned has signed exactly what has this digest; `author` asked for it."""

    digest: str
    author: int | None = None
    note: str = ""


def approval_of(name: str) -> Approval | None:
    """The approval of that name, from the app that knows who signed (it stands above, so the settings name it)."""
    found: Approval | None = import_string(settings.HEDU_APPROVAL_OF)(name) if name else None
    return found
