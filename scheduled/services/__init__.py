"""What can be done with schedules of tickets: edit them, take them away, run what is due or one by hand."""

from scheduled.services.editing import create, delete, follow_calendar, update
from scheduled.services.running import open_due, run_now

__all__ = ["create", "delete", "follow_calendar", "open_due", "run_now", "update"]
