"""``./run manage demo_data``: the demo company."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalog import reference
from itsm.demo import (
    handovers,
    macros,
    major,
    notices,
    people,
    problems,
    rotas,
    scheduled,
    things,
    tickets,
    views,
)


class Command(BaseCommand):
    """Loads the demo company; a second run adds nothing."""

    help = "Load the demo company (people, groups, configuration items, incidents). Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything in order."""
        everyone = people.load()
        reference.load()  # the seed items find their owner groups now
        things.load(everyone)
        rotas.load(everyone)
        scheduled.load(everyone)
        macros.load(everyone)
        tickets.load(everyone)
        problems.load(everyone)
        major.load(everyone)
        views.load(everyone)
        handovers.load(everyone)
        notices.load(everyone)
        self.stdout.write(f"demo company: {len(everyone)} people")
