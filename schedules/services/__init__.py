"""Calendars, rotas and their links: the one way to change them."""

from schedules.services.calendars import create, update
from schedules.services.days import drop_day, load_country, load_file, set_day
from schedules.services.links import make_link, revoke_link, stamp_use
from schedules.services.overrides import add_override, drop_override
from schedules.services.rotas import (
    add_layer,
    create_rota,
    drop_layer,
    raise_layer,
    update_layer,
    update_rota,
)

__all__ = [
    "add_layer",
    "add_override",
    "create",
    "create_rota",
    "drop_day",
    "drop_layer",
    "drop_override",
    "load_country",
    "load_file",
    "make_link",
    "raise_layer",
    "revoke_link",
    "set_day",
    "stamp_use",
    "update",
    "update_layer",
    "update_rota",
]
