"""Log events -> one JSON object a line on standard error."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Any

import structlog

from hedu.center.kernel.passage import present

Event = MutableMapping[str, Any]


def _with_request(logger: object, method: str, event: Event) -> Event:
    passage = present()
    if passage.request_id:
        event.setdefault("request", passage.request_id)
        event.setdefault("door", passage.door)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_request,
]

LEVEL = os.environ.get("HEDU_LOG", "WARNING").upper()

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": LEVEL, "propagate": False},
        "axes": {"level": "ERROR"},
    },
}

structlog.configure(
    processors=[
        *_SHARED,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
