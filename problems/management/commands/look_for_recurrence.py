"""``./run manage look_for_recurrence``: look now for incidents that come again, not only at night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from problems.services import look_for_recurrence


class Command(BaseCommand):
    """Does what the nightly look does."""

    help = "Propose incidents that come again as problems (PROCESSES PRB-09)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, and say how many proposals wait for a person."""
        self.stdout.write(f"{look_for_recurrence(texts=True)} candidates wait for a decision")
