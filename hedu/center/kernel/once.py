"""An idempotent deed asked again under the same key -> the first answer, and nothing done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.models import Once
from hedu.center.kernel.plain import plain
from hedu.errors import Conflict

KEY_LIMIT = 100


def once(actor: Actor, deed: str, key: str, inputs: Any, run: Callable[[], Any]) -> Any:
    """Run and keep the answer under (person, deed, key), in one transaction; another input is a Conflict."""
    digest = hashlib.sha256(json.dumps(plain(inputs), sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        row, is_new = Once.objects.select_for_update().get_or_create(
            user_id=actor.user_id, deed=deed, key=key[:KEY_LIMIT], defaults={"digest": digest}
        )
        if not is_new:
            if row.digest != digest:
                raise Conflict("idempotency-key-reused", key=key, action=deed)
            return row.answer
        row.answer = plain(run())
        row.save(update_fields=["answer"])
        return row.answer
