"""Makes the pages of ``docs/lifecycles/``, or says which are out of date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.lifecycle_docs import pages


class Command(BaseCommand):
    """``lifecycle_docs`` writes the pages; ``--check`` compares and writes nothing."""

    help = "Write docs/lifecycles/ from the state machines."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch: only compare."""
        parser.add_argument("--check", action="store_true", help="compare, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare; a file of a kind that is gone is removed or complained of."""
        folder = settings.BASE_DIR / "docs" / "lifecycles"
        made = pages()
        here = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
        wrong = sorted(name for name in made.keys() | here.keys() if made.get(name) != here.get(name))
        if options["check"]:
            if wrong:
                names = ", ".join(wrong)
                raise CommandError(f"Out of date: docs/lifecycles/{names}. Run ./run manage lifecycle_docs")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in wrong:
            if name in made:
                (folder / name).write_text(made[name], encoding="utf-8")
            else:
                (folder / name).unlink()
        self.stdout.write(f"{folder}: {len(made)} pages, {len(wrong)} renewed")
