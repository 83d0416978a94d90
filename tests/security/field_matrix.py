"""Asking the running server which fields people get, for the tests that compare it with the field matrix."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.api.fields import DepartmentField, GroupField, LocationField, PersonField
from cmdb.api.fields import CIClassField, CIField
from core import attachments
from core.api.fields import KeyField
from schedules.api.fields import CalendarField
from tests.security.field_places import QUERY, READ, Place, places, value_for
from tests.security.field_world import colleague
from tests.security.matrix import ROLES
from tests.security.operations import CONFIRMED
from tests.security.world import World
from tickets.api.fields import TicketField, UploadField
from webhooks.api.serializers import LenderField

FILE = Path(__file__).with_name("field_matrix.csv")
# A name that no field has: an answer that does not name it never looked at the names.
STRANGE = "no_such_field"
YES, NO, UNKNOWN, NOTHING = "yes", "no", "unknown", "-"
Row = tuple[str, str, str]


def table(file: Path) -> dict[Row, dict[str, str]]:
    """The cells of a file, by what its first three columns hold."""
    with file.open(encoding="utf-8", newline="") as text:
        lines = csv.DictReader(text)
        first, second, third = (lines.fieldnames or ())[:3]
        return {(row[first], row[second], row[third]): row for row in lines}


def write(file: Path, names: Row, people: Iterable[str], rows: dict[Row, dict[str, str]]) -> None:
    """Put these cells into the file, in their order."""
    with file.open("w", encoding="utf-8", newline="") as text:
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow([*names, *people])
        lines.writerows([*key, *(cells[role] for role in people)] for key, cells in rows.items())


def written() -> dict[Row, dict[str, str]]:
    """The cells of the matrix by address, way and field."""
    return table(FILE)


def rewrite(found: dict[Row, dict[str, str]]) -> None:
    """Put these cells into the matrix, and leave out rows of which there is no field any more."""
    known = written() | found if FILE.exists() else found
    keys = [key for each in places() for key in each.rows() if key in known]
    write(FILE, ("route", "way", "field"), ROLES, {key: known[key] for key in keys})


def wrong_cells(found: dict[Row, dict[str, str]]) -> list[str]:
    """Where the server answers otherwise than the file says."""
    expected = written()
    return [
        f"{route} {way} {name}, {role}: {expected[route, way, name][role]} expected, {cell} found"
        for (route, way, name), cells in found.items()
        for role, cell in cells.items()
        if (route, way, name) in expected and expected[route, way, name][role] != cell
    ]


def queries(world: World) -> dict[str, dict[str, str]]:
    """What an address needs to be asked anything."""
    asked = {"user": world.people["own"].username, "object": world.parts["incidents", "number"]}
    return {"api/v1/access/explain/": asked}


class Asker:
    """One session for each of these people of the world; whatever their calls write is undone."""

    def __init__(self, world: World, roles: Iterable[str] = ROLES) -> None:
        self.world, self.queries = world, queries(world)
        self.clients = {role: world.client(role) for role in roles}
        self.colleague = colleague(world)
        self._uploads: dict[Any, str] = {}
        self._tags: dict[tuple[str, str], str] = {}

    def cells(self, asked: Iterable[Place]) -> dict[Row, dict[str, str]]:
        """What each person gets there."""
        found: dict[Row, dict[str, str]] = {}
        for place in asked:
            for role in ROLES:
                for name, cell in self._of(place, role).items():
                    found.setdefault((place.route, place.name, name), {})[role] = cell
        return found

    def _of(self, place: Place, role: str) -> dict[str, str]:
        if place.way == READ:
            return self._read(place, role)
        return self._queried(place, role) if place.way == QUERY else self._write(place, role)

    # What is shown

    def _read(self, place: Place, role: str) -> dict[str, str]:
        asked = self.queries.get(place.route, {}) | ({"expand": place.expand} if place.expand else {})
        answer = self._get(place, role, asked)
        if answer.status_code != 200:
            return dict.fromkeys(place.fields, NOTHING)
        rows = list(_records(answer.json(), place))
        cells = {name: _shown(rows, name.split(".")) for name in place.fields}
        extra = {name for row in rows for name in row} - set(place.fields)
        assert not extra, f"{place.route} shows {sorted(extra)}, which no serializer declares"
        self._hidden_is_misspelt(place, role, cells)
        return cells

    def _hidden_is_misspelt(self, place: Place, role: str, cells: dict[str, str]) -> None:
        """A field that is not shown cannot be chosen by ``fields=`` either (AC-5)."""
        hidden = [name for name, cell in cells.items() if cell == NO and "." not in name]
        if not hidden or not place.takes_fields:
            return
        asked = self.queries.get(place.route, {}) | {"fields": ",".join(hidden)}
        answer = self._get(place, role, asked)
        told = _refused(answer)
        open_to = [name for name in hidden if f"fields={name}" not in told]
        assert not open_to, f"{place.route}, {role}: fields= knows {open_to}, which are not shown"

    # What is taken

    def _write(self, place: Place, role: str) -> dict[str, str]:
        """Each field alone over the good body of the address; ``no`` is what the person may not write."""
        operation: Any = place.operation
        fields = operation.fields()
        probe = self.send(place, role, dict.fromkeys([*fields, STRANGE]))
        if STRANGE not in _refused(probe):
            return dict.fromkeys(fields, word(probe))
        unknown = _refused(probe)
        cells = {}
        for name, each in fields.items():
            if name in unknown:
                cells[name] = UNKNOWN
                continue
            value = value_for(each, self.keys(role))
            base = {} if operation.method == "patch" else self.world.body(self.world.path(place.route))
            cells[name] = word(self.send(place, role, base | {name: value}))
        return cells

    def keys(self, role: str) -> dict[type[KeyField], str]:
        world, person = self.world, self.world.people[role]
        parts = world.parts
        return {
            LenderField: person.username,
            PersonField: self.colleague.username,
            GroupField: parts["groups", "key"],
            LocationField: parts["locations", "key"],
            DepartmentField: parts["departments", "key"],
            CIField: parts["cis/", "number"],
            CIClassField: "laptop",
            TicketField: parts["incidents", "number"],
            CalendarField: "kr-office",
            UploadField: self._upload(person),
        }

    def _upload(self, person: Any) -> str:
        if person.pk not in self._uploads:
            chunks = SimpleUploadedFile("c.txt", b"z").chunks()
            file = attachments.accept(uploader=person, name="c.txt", chunks=chunks)
            self._uploads[person.pk] = str(file.public_id)
        return self._uploads[person.pk]

    def send(self, place: Place, role: str, body: dict[str, Any]) -> Any:
        operation: Any = place.operation
        client, path = self.clients[role], self.world.path(place.route)
        extra = {"If-Match": self._tag(role, path)} if operation.method == "patch" else {}
        with transaction.atomic(), CONFIRMED:
            answer = client.generic(
                operation.method.upper(), path, json.dumps(body), "application/json", headers=extra
            )
            transaction.set_rollback(True)
        assert answer.status_code < 500, (role, path, body, answer.content[-800:])
        return answer

    def _tag(self, role: str, path: str) -> str:
        """The version of the record: every write to it is undone."""
        if (role, path) not in self._tags:
            self._tags[role, path] = self.clients[role].get(path).headers.get("ETag", "*")
        return self._tags[role, path]

    # What lists can be asked by

    def _queried(self, place: Place, role: str) -> dict[str, str]:
        cells = {}
        for before in ("", "ordering=", "expand="):
            names = [name.removeprefix(before) for name in place.fields if _kind(name) == before]
            if not names:
                continue
            if before:
                asked = {before.rstrip("="): ",".join([*names, STRANGE])}
            else:
                asked = dict.fromkeys([*names, STRANGE], "1")
            answer = self._get(place, role, self.queries.get(place.route, {}) | asked)
            told = _refused(answer)
            looked = f"{before}{STRANGE}" in told
            assert looked or answer.status_code != 200, f"{place.route} takes any {before or 'parameter'}"
            for name in names:
                unknown = UNKNOWN if f"{before}{name}" in told else YES
                cells[f"{before}{name}"] = unknown if looked else word(answer)
        return cells

    def _get(self, place: Place, role: str, asked: dict[str, str]) -> Any:
        with transaction.atomic():
            answer = self.clients[role].get(self.world.path(place.route), asked)
            transaction.set_rollback(True)
        assert answer.status_code < 500, (role, place.route, answer.content[-800:])
        return answer


def _kind(name: str) -> str:
    return next((before for before in ("ordering=", "expand=") if name.startswith(before)), "")


def word(answer: Any) -> str:
    """Whether a call was let through: 401, 404 and 405 are nothing to write to, 403 a refusal."""
    return {401: NOTHING, 404: NOTHING, 405: NOTHING, 403: NO}.get(answer.status_code, YES)


def _refused(answer: Any) -> set[str]:
    """The names that the answer tells are no fields or parameters."""
    if answer.status_code != 400:
        return set()
    errors = answer.json().get("errors", [])
    return {
        (each.get("pointer") or each.get("parameter") or "").strip("/?")
        for each in errors
        if each["code"] == "unknown"
    }


def _records(told: Any, place: Place) -> Iterator[dict[str, Any]]:
    """The records of an answer: of a page, of a list, or the one."""
    if isinstance(told, dict) and "results" in told and "results" not in place.fields:
        told = told["results"]
    yield from [told] if isinstance(told, dict) else told


def _shown(rows: list[dict[str, Any]], path: list[str]) -> str:
    """Whether any of the records has the field; ``-`` where none could have it."""
    if not rows:
        return NOTHING
    name, *below = path
    if not any(name in row for row in rows):
        return NO
    if not below:
        return YES
    inner = [row[name] for row in rows if row.get(name)]
    held = [each for one in inner for each in (one if isinstance(one, list) else [one])]
    return _shown([each for each in held if isinstance(each, dict)], below)
