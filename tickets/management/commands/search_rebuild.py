"""``./run manage search_rebuild [--all]``: make anew what tickets are found by."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tickets import indexing


class Command(BaseCommand):
    """Of the tickets that have nothing yet; with ``--all`` of every one. Others may work meanwhile."""

    help = "Make anew what tickets are found by: those without it, or all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--all``."""
        parser.add_argument("--all", action="store_true", help="also tickets that have it already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run to the end and say how many."""
        made = indexing.rebuild(only_missing=not options["all"])
        self.stdout.write(f"{made} tickets")
