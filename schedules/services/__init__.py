"""Calendars: the one way to change them."""

from schedules.services.calendars import create, update
from schedules.services.days import drop_day, load_country, load_file, set_day

__all__ = ["create", "drop_day", "load_country", "load_file", "set_day", "update"]
