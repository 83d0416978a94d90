"""``./run manage access_report``: who reaches which address and field, what is public, what roles grant."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.access.report import MATRIX, REACHED, Report, report

_WORDS = (
    "yes: the gate is passed · no: 403 · gone: 404, as if it did not exist · in: sign in first · 405: no such"
    " method"
)


class Command(BaseCommand):
    """Reads the running URL map, the matrix that the tests hold it to, and the roles of the database."""

    help = "Print who reaches which address and field, and what is public (SECURITY AC-13)."

    def add_arguments(self, parser: CommandParser) -> None:
        """How to print it, and where the matrix is."""
        parser.add_argument("--format", choices=["text", "csv", "json"], default="text")
        parser.add_argument("--matrix", type=Path, default=MATRIX)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it. Raises CommandError without a matrix."""
        try:
            found = report(options["matrix"])
        except OSError as error:
            raise CommandError(f"There is no matrix at {options['matrix']}; give --matrix PATH.") from error
        {"text": self._text, "csv": self._csv, "json": self._json}[options["format"]](found)

    def _text(self, found: Report) -> None:
        say = self.stdout.write
        addresses = len({row.route for row in found.rows}) + len(found.without_row)
        say(f"{addresses} addresses, {len(found.rows)} rows, {found.cells} cells. {_WORDS}")
        for title, names in (
            ("Addresses without a row", found.without_row),
            ("Rows without an address", found.without_address),
        ):
            if names:
                say(f"\n{title}: {', '.join(names)}")
        say(f"\nPublic ({len(found.public)}):")
        for row in found.public:
            say(f"  {row.method:<6} /{row.route}")
        say("\nReached:")
        for column in found.columns:
            say(f"  {column:<10} {len(found.reached(column)):>4} of {len(found.rows)}")
        say("\n" + " ".join(["method", *(f"{name:<10}" for name in found.columns), "address"]))
        for row in sorted(found.rows, key=lambda each: (each.route, each.method)):
            cells = " ".join(f"{row.cells[name]:<10}" for name in found.columns)
            say(f"{row.method:<6} {cells} /{row.route}")
        say("\nRoles (active people who hold it): what they grant")
        for role in found.roles:
            where = f" of {role.company}" if role.company else ""
            say(f"  {role.key}{where} ({role.holders}): {', '.join(role.grants) or 'nothing'}")
        say("\nFields that only who reads internal fields is shown")
        for name, fields in found.agent_fields.items():
            say(f"  {name}: {', '.join(fields)}")

        self._fields(found)

    def _fields(self, found: Report) -> None:
        """Who reads, writes and asks by which fields: in all, and by address."""
        say = self.stdout.write
        count = sum(len(each.names) for each in found.fields)
        say(f"\nFields ({count}): yes, no, unknown: refused by name, -: no such thing for them")
        for column in found.columns if found.fields else ():
            ways = Counter[str]()
            for each in found.fields:
                ways[each.way] += len(each.names) * (each.cells[column] == REACHED)
            say(f"  {column:<14} {', '.join(f'{way} {number}' for way, number in sorted(ways.items()))}")
        for each in found.fields:
            cells = " ".join(f"{each.cells[name]:<10}" for name in found.columns)
            say(f"{each.way:<6} {cells} /{each.route}: {', '.join(each.names)}")

    def _csv(self, found: Report) -> None:
        lines = csv.writer(self.stdout)
        lines.writerow(["route", "method", "view", *found.columns])
        for row in found.rows:
            lines.writerow([row.route, row.method, row.view, *(row.cells[name] for name in found.columns)])

    def _json(self, found: Report) -> None:
        body = dataclasses.asdict(found) | {
            "cells": found.cells,
            "public": [{"route": row.route, "method": row.method} for row in found.public],
            "reached": {name: len(found.reached(name)) for name in found.columns},
        }
        self.stdout.write(json.dumps(body, ensure_ascii=False, indent=2))
