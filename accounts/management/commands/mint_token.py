"""``./run manage mint_token USERNAME NAME``: an API token from the shell of the machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.selectors import person_named
from accounts.tokens import DEFAULT_DAYS, mint
from core.errors import DomainError


class Command(BaseCommand):
    """Whoever may run this already holds the database: the token acts as its owner and is audited."""

    help = "Make a REST API token for a person and print it; it is shown only this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose token, what it is for, how long it lives."""
        parser.add_argument("username")
        parser.add_argument("name", nargs="?", default="command line")
        parser.add_argument("--days", type=int, default=DEFAULT_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print it."""
        owner: User | None = person_named(None, options["username"])
        if owner is None:
            raise CommandError(f"There is no person with the user name {options['username']}.")
        try:
            _row, plain = mint(actor=owner, owner=owner, name=options["name"], days=options["days"])
        except DomainError as refusal:
            raise CommandError(str(refusal.detail)) from refusal
        self.stdout.write(plain)
