"""``./run manage reset_second_factor USERNAME``: for somebody who lost app, passkeys and recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.factors.services import reset
from accounts.selectors import person_named


class Command(BaseCommand):
    """Whoever may run this already holds the database. Make sure by another way who asks for it."""

    help = "Take all second factors of a person away; the password alone opens the account then."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how many there were. Raises CommandError."""
        person = person_named(None, options["username"])
        if person is None:
            raise CommandError(f"There is no person with the user name {options['username']}.")
        self.stdout.write(f"{reset(person, actor=None)} removed.")
