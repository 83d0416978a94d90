"""``./run manage audit_verify``: recompute the chain over audit trail and row history (SECURITY AU-3)."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.trail import verifying


class Command(BaseCommand):
    """Prints how much was recomputed and the last hash; what is not as it was sealed ends it with 1."""

    help = (
        "Recompute the chain over audit trail and row history, and name the first row that is not as it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        parser.add_argument(
            "--noted", default="", help="a hash that an earlier run told, which must be in the chain"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """See the class."""
        report = verifying.verify(noted=options["noted"])
        for finding in report.findings:
            self.stdout.write(f"{finding.table} {finding.id}: {finding.what} {finding.detail}".rstrip())
        for note in report.notes:
            self.stdout.write(f"note: {note}")
        outcome = "whole" if report.is_whole else "BROKEN"
        self.stdout.write(
            f"{outcome}: {report.rows} rows in {report.seals} blocks, {report.seconds:.1f} s;"
            f" block {report.last_no} has the hash {report.last_hash or '-'}"
        )
        if not report.is_whole:
            sys.exit(1)
