"""The Celery app. Wake-ups and ticks only: the record of all work is in PostgreSQL."""

import gc
import os
from typing import Any

from celery import Celery, signals
from celery.app.amqp import AMQP
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")
RECONNECT_SECONDS = 4


class EagerConnection(Connection):  # type: ignore[misc] # kombu has no types
    """Looks for a broker that is away every few seconds; kombu's own pause grows to half a minute."""

    def _ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        return super()._ensure_connection(*args, **{"interval_max": RECONNECT_SECONDS, **kwargs})


class EagerAMQP(AMQP):  # type: ignore[misc] # celery has no types
    """Makes connections of ours."""

    Connection = EagerConnection


app = Celery("itsm", amqp=EagerAMQP)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def add_sweep_thread(sender: Celery, **_kwargs: object) -> None:
    """Every worker sweeps by itself when beat or broker is away."""
    from core.worker import SweepThread  # noqa: PLC0415 - needs the apps to be ready

    sender.steps["worker"].add(SweepThread)


@signals.worker_init.connect
def share_memory_with_the_pool(**_kwargs: object) -> None:
    """What is loaded by now is never collected, so pool children share it (measured 168 → 124 MiB)."""
    gc.collect()
    gc.freeze()
