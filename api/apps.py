"""The REST API as a whole: root, addresses, description."""

from django.apps import AppConfig


class Config(AppConfig):
    """What spans the resources of all apps."""

    name = "api"
