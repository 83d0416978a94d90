"""Maru: settings, root URLs and the Celery app."""

from itsm.celery import app as celery_app

__all__ = ["celery_app"]
