"""Who reaches what: the running URL map beside the access matrix, roles and their grants (SECURITY AC-13)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import subjects
from accounts.models import Role
from core.api.fields import Out

MATRIX = Path(settings.BASE_DIR) / "tests" / "security" / "access_matrix.csv"
FIELDS = MATRIX.with_name("field_matrix.csv")
GUEST, REACHED = "anonymous", "yes"


@dataclass(frozen=True)
class Reach:
    """One address and method: its view, and what each column of the matrix gets there."""

    route: str
    method: str
    view: str
    cells: dict[str, str]

    @property
    def is_public(self) -> bool:
        """Whether who is not signed in gets an answer."""
        return self.cells.get(GUEST) == REACHED


@dataclass(frozen=True)
class FieldReach:
    """Fields at one address that go together: the way to them, and what each column of the matrix gets."""

    route: str
    way: str
    names: tuple[str, ...]
    cells: dict[str, str]


@dataclass(frozen=True)
class RoleGrants:
    """A role, what it grants, and how many active people hold it."""

    key: str
    name: str
    company: str
    grants: list[str]
    holders: int


@dataclass(frozen=True)
class Report:
    """All of it. ``without_row`` are addresses the matrix does not know, ``without_address`` the reverse."""

    columns: list[str]
    rows: list[Reach]
    without_row: list[str]
    without_address: list[str]
    roles: list[RoleGrants] = field(default_factory=list)
    areas: dict[str, list[str]] = field(default_factory=dict)
    agent_fields: dict[str, list[str]] = field(default_factory=dict)
    fields: list[FieldReach] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """How many answers the matrix writes down."""
        return len(self.rows) * len(self.columns)

    @property
    def public(self) -> list[Reach]:
        """What a guest can reach."""
        return [row for row in self.rows if row.is_public]

    def reached(self, column: str) -> list[Reach]:
        """What the people of that column reach."""
        return [row for row in self.rows if row.cells[column] == REACHED]


def routes() -> Iterator[tuple[str, Any]]:
    """Every address as the URL map writes it, with its view."""

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
        for each in patterns:
            here = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, here)
            elif isinstance(each, URLPattern):
                yield here, each.callback

    yield from walk(get_resolver().url_patterns, "")


def report(matrix: Path = MATRIX) -> Report:
    """The report as things stand now. Raises OSError when there is no matrix at that path."""
    columns, rows, strange = _written(matrix)
    return Report(
        columns=columns,
        rows=rows,
        without_row=sorted({route for route, _view in routes()} - {row.route for row in rows}),
        without_address=strange,
        roles=_roles(),
        areas={area.key: list(area.names) for area in subjects.areas()},
        agent_fields=dict(sorted(_agent_fields(Out))),
        fields=_fields(matrix.with_name(FIELDS.name)),
    )


def public_addresses() -> list[Reach]:
    """What answers who has not signed in, by address; nothing in an installation that has no matrix."""
    try:
        _columns, rows, _strange = _written(MATRIX)
    except OSError:
        return []
    return sorted((row for row in rows if row.is_public), key=lambda row: (row.route, row.method))


def _written(matrix: Path) -> tuple[list[str], list[Reach], list[str]]:
    """The columns, the rows of addresses that there are, and addresses that there are not."""
    with matrix.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        columns = [name for name in lines.fieldnames or () if name not in {"route", "method"}]
        written = {(line["route"], line["method"]): line for line in lines}
    views = {route: _name(view) for route, view in routes()}
    rows = [
        Reach(route, method, views[route], {name: line[name] for name in columns})
        for (route, method), line in written.items()
        if route in views
    ]
    return columns, rows, sorted({route for route, _method in written} - set(views))


def _fields(matrix: Path) -> list[FieldReach]:
    """The fields by address and way, those with the same cells together; none without a matrix of them."""
    if not matrix.exists():
        return []
    together: dict[tuple[Any, ...], list[str]] = {}
    with matrix.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            name = line.pop("field")
            together.setdefault(tuple(line.items()), []).append(name)
    found = []
    for key, names in together.items():
        cells = dict(key)
        found.append(FieldReach(cells.pop("route"), cells.pop("way"), tuple(names), cells))
    return found


def _name(view: Any) -> str:
    of = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    return f"{of.__module__}.{of.__qualname__}"


def _roles() -> list[RoleGrants]:
    counted = Role.objects.annotate(count=Count("holders", filter=Q(holders__is_active=True)))
    rows = counted.select_related("company").order_by("company__key", "key")
    return [
        RoleGrants(row.key, row.name, row.company.key if row.company else "", list(row.grants), row.count)
        for row in rows
    ]


def _agent_fields(kind: type[Out]) -> Iterator[tuple[str, list[str]]]:
    """The fields of each representation that are shown to who reads internal fields only (AC-4)."""
    for each in kind.__subclasses__():
        if each.agent_fields:
            yield f"{each.__module__}.{each.__qualname__}", sorted(each.agent_fields)
        yield from _agent_fields(each)
