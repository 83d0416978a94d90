"""Macros: texts and steps that agents run on a ticket in one go."""

from django.apps import AppConfig


class Config(AppConfig):
    """Reply templates and macros (FT-32, docs/decisions/0042)."""

    name = "macros"
    default_auto_field = "django.db.models.BigAutoField"
