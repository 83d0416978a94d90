"""The project package as an app: it carries what spans all apps (demo data, project-wide commands)."""

from django.apps import AppConfig


class Config(AppConfig):
    """No models; management commands, and the Celery app that every process needs before it names a task."""

    name = "itsm"

    def ready(self) -> None:
        from itsm import celery  # noqa: F401 - loading it makes it the current app
