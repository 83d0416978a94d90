"""``./run manage collect_messages``: bring the Korean catalogue up to date and compile it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from itsm import messages


class Command(BaseCommand):
    """Adds new texts, removes unused ones, compiles; lists what has no Korean yet."""

    help = "Collect the texts of the user interface into locale/ko and compile them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Files that bring translations: lines ``text ||| Korean``."""
        parser.add_argument("files", nargs="*", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect, save, report."""
        translations: dict[str, str] = {}
        for path in options["files"]:
            for line in path.read_text(encoding="utf-8").splitlines():
                text, found, korean = line.partition(" ||| ")
                if found:
                    translations[text.replace("\\n", "\n")] = korean.replace("\\n", "\n")
        catalog = messages.collect(translations)
        messages.save(catalog)
        missing = [entry for entry in catalog if not entry.translated()]
        for entry in missing:
            where = ", ".join(name for name, _line in entry.occurrences[:2])
            self.stdout.write(f"{where}: {entry.msgid!r}")
        self.stdout.write(f"{len(catalog)} texts, {len(missing)} without Korean")
