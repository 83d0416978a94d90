"""Human numbers: prefix and seven digits from one sequence per kind; gaps are allowed (DOMAIN DN-1)."""

from __future__ import annotations

from django.db import connection

from tickets import kinds


def next_number(kind: str) -> str:
    """The next free number of that kind, e.g. ``INC0001234``; never reused."""
    prefix = kinds.get(kind).prefix
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"ticket_number_{prefix.lower()}"])
        return f"{prefix}{cursor.fetchone()[0]:07d}"
