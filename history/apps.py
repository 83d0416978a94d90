"""The history of every record, for pages and REST, over what ``core.trail`` recorded."""

from django.apps import AppConfig


class Config(AppConfig):
    """No tables of its own."""

    name = "history"
    default_auto_field = "django.db.models.BigAutoField"
