"""The Celery app. Wake-ups and ticks only: the record of all work is in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")

app = Celery("itsm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def add_sweep_thread(sender: Celery, **_kwargs: object) -> None:
    """Every worker sweeps by itself when beat or broker is away."""
    from core.worker import SweepThread  # noqa: PLC0415 - needs the apps to be ready

    sender.steps["worker"].add(SweepThread)
