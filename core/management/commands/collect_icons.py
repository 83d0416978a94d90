"""Makes the icon sprite and says what is in it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import assets, icons


class Command(BaseCommand):
    """``collect_icons`` writes the sprite; ``--list`` prints the names instead."""

    help = "Write the icon sprite from the lucide wheel; collectstatic does this by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch: only print the names."""
        parser.add_argument("--list", action="store_true", help="print the names, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or print."""
        if options["list"]:
            self.stdout.write("\n".join(icons.used()))
            return
        path = assets.generate("icons.svg")
        self.stdout.write(f"{path}: {len(icons.used())} icons, {path.stat().st_size} bytes")
