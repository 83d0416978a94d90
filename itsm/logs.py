"""Logging: one JSON line per event, with request id, actor and ticket where known."""

from __future__ import annotations

import re
from typing import Any

import structlog

# Addresses whose last part is a secret: decision links, feeds of calendars, new passwords (SECURITY AU-6).
_SECRET_PLACE = re.compile(r"(/a/|/s/|/on-call/feeds/|/password/reset/key/)[\w~-]{16,}")


def mask_places(_logger: Any, _method: str, entry: Any) -> Any:
    """Leave out of every text of an entry the part of an address that is a secret by itself."""
    for name, value in entry.items():
        if isinstance(value, str):
            entry[name] = _SECRET_PLACE.sub(r"\1***", value)
    return entry


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    mask_places,
]


def logging_settings(*, json: bool) -> dict[str, object]:
    """The ``dictConfig`` for stdlib and structlog loggers alike; ``json`` off gives plain key=value lines."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=True)
        if json
        else structlog.processors.LogfmtRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.db.backends": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},  # its lower levels write out headers
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.request": {"level": "WARNING"},
        },
    }
