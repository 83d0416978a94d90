"""Counts SQL statements of single requests: ``python -m bench.statements TOKEN`` prints JSON.

It runs the application's own code against the database of the stack whose environment it was given.
"""

from __future__ import annotations

import json
import statistics
import sys

import django
from django.db import connection

django.setup()

from django.test import Client  # noqa: E402 - Django must be set up first
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.models import User  # noqa: E402

BODY = {"title": "VPN drops every hour", "impact": 2, "urgency": 2, "category": "network"}


def main(token: str) -> dict[str, int]:
    """Statements for: opening an incident over REST, portal home, agent list."""
    counts = {"open_incident": count(Client(), "post", "/api/v1/incidents/", status=201, token=token)}
    for name, path, username in [
        ("portal_home", "/", "jimin"),
        ("desk_list", "/w/incidents/", "seojin"),
    ]:
        client = Client()
        client.force_login(User.objects.get(username=username))
        counts[name] = count(client, "get", path, status=200)
    return counts


def count(client: Client, method: str, *paths: str, status: int, token: str = "", body: object = BODY) -> int:
    """The statements of one request, the median of several: a process reads each promise once and keeps it.

    With one path there are two, and the lower counts.
    """
    counts = []
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for path in paths if len(paths) > 1 else paths * 2:
        with CaptureQueriesContext(connection) as captured:
            if method == "post":
                answer = client.post(path, json.dumps(body), content_type="application/json", headers=headers)
            else:
                answer = client.get(path, headers=headers)
        if answer.status_code != status:
            raise SystemExit(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
        counts.append(
            len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])
        )
    return statistics.median_low(counts)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
