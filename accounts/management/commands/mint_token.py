"""``./run manage mint_token USERNAME …``: API tokens from the shell of the machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.selectors import person_named
from accounts.tokens import DEFAULT_DAYS, mint
from core.errors import DomainError


class Command(BaseCommand):
    """Whoever may run this already holds the database: the token acts as its owner and is audited."""

    help = "Make a REST API token for each person named and print it; it is shown only this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose token, what it is for, how long it lives."""
        parser.add_argument("usernames", nargs="+", metavar="USERNAME")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--days", type=int, default=DEFAULT_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print them, one a line, in the order of the names."""
        for username in options["usernames"]:
            self.stdout.write(self.token_of(username, options["name"], options["days"]))

    @staticmethod
    def token_of(username: str, name: str, days: int) -> str:
        """One fresh token. Raises CommandError."""
        owner: User | None = person_named(None, username)
        if owner is None:
            raise CommandError(f"There is no person with the user name {username}.")
        try:
            return mint(actor=owner, owner=owner, name=name, days=days)[1]
        except DomainError as refusal:
            raise CommandError(str(refusal.detail)) from refusal
