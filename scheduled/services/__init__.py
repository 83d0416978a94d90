"""What can be done with schedules of tickets: edit them, take them away, run what is due or one by hand."""

from scheduled.services.editing import create, delete, update
from scheduled.services.running import open_due, run_now

__all__ = ["create", "delete", "open_due", "run_now", "update"]
