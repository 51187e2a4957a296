"""What another format says and ours does not, or ours and another does not -> rows of `loss.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hedu.define.definitions import Definitions, Label
from hedu.errors import DefinitionError, Where


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing not carried over: its dotted path in what was read, what it says, why it could not go along."""

    path: str
    what: str
    why: Label
    where: Where | None = None

    def as_json(self, lang: Literal["zh", "en"]) -> dict[str, Any]:
        place = {"where": str(self.where)} if self.where else {}
        return {"path": self.path, "what": self.what, "why": self.why.text(lang), **place}


@dataclass(frozen=True, slots=True)
class Carried:
    """What a reader of another format made of it, and what it could not."""

    definitions: Definitions
    losses: tuple[Loss, ...] = ()


def losses_text(losses: Sequence[Loss], lang: Literal["zh", "en"]) -> str:
    """The text of `loss.json`.

    >>> print(losses_text([Loss("metrics.fx", "RANK()", Label("不支持", "not known"))], "en"), end="")
    [
      {
        "path": "metrics.fx",
        "what": "RANK()",
        "why": "not known"
      }
    ]
    """
    return json.dumps([loss.as_json(lang) for loss in losses], ensure_ascii=False, indent=2) + "\n"


def refuse_losses(losses: Sequence[Loss]) -> None:
    """DefinitionError loss-refused where anything would be lost: what `--strict` asks for."""
    if losses:
        first = losses[0]
        shown = [loss.path for loss in losses[:5]]
        raise DefinitionError("loss-refused", where=first.where, count=len(losses), paths=shown)
