"""The project package as an app: it carries what spans all apps (demo data, project-wide commands)."""

from django.apps import AppConfig


class Config(AppConfig):
    """No models; management commands only."""

    name = "itsm"
