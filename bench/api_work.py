"""The product's side of ``./run bench api``: a process with the stack's environment that does one thing.

``load FIRST LAST OWNER`` appends tickets; ``statements TOKEN NEW…`` counts SQL statements of a request;
``sessions COUNT VIEW…`` signs agents in, each with views of their own, ``pages ADDRESS…`` counts statements
of pages;
``cpu TOKEN COUNT NEW…`` measures processor time of requests in one process, through the whole application
but the server. ``NEW…`` are numbers of tickets in state ``new``, which are used up. Each prints one line of
JSON. To see where the time goes: ``python -m cProfile -s tottime -m bench.api_work cpu …``.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.http import QueryDict  # noqa: E402 - Django must be set up first
from django.test import Client  # noqa: E402

from accounts.models import RoleAssignment, User  # noqa: E402
from bench import api_paths as paths  # noqa: E402
from bench import load as rows  # noqa: E402
from bench.statements import BODY, count  # noqa: E402
from desk.filters import filters_from  # noqa: E402
from desk.saved.services import save_view, state_of  # noqa: E402
from itsm.wsgi import application  # noqa: E402

WARM = 20


def load(first: int, last: int, owner: str) -> dict[str, float]:
    """Append the tickets; seconds."""
    began = time.perf_counter()
    rows.append(owner, first, last, agent=User.objects.get(username="seojin"))
    return {"seconds": time.perf_counter() - began}


def statements(token: str, *new: str) -> dict[str, int]:
    """Statements by kind of request."""
    client = Client()
    return {
        "list": count(client, "get", paths.LIST, status=200, token=token),
        "detail": count(client, "get", paths.detail(0), status=200, token=token),
        "comments": count(client, "get", paths.comments(0), status=200, token=token),
        "create": count(client, "post", paths.INCIDENTS, status=201, token=token),
        "transition": count(client, "post", *map(paths.start, new), status=200, token=token, body={}),
    }


def sessions(number: int, *views: str) -> dict[str, Any]:
    """Cookies of that many agents, who are made where they are missing, and the addresses of their views.

    ``views`` are the lists that each of them keeps as a view of their own: path, a question mark, the query.
    """
    model = User.objects.get(username="seojin")
    cookies, kept = [], []
    for place in range(number):
        person, _made = User.objects.get_or_create(
            username=f"benchagent{place:02}",
            defaults={
                "company_id": model.company_id, "name_ko": f"상담원 {place}", "name_en": f"Agent {place}",
                "source": "benchagent", "external_id": f"{place:02}", "password": "!",
            },
        )  # fmt: skip
        for held in RoleAssignment.objects.filter(user=model):
            RoleAssignment.objects.get_or_create(user=person, role_id=held.role_id)
        client = Client()
        client.force_login(person)
        cookies.append("; ".join(f"{name}={each.value}" for name, each in client.cookies.items()))
        kept.append([_kept(person, at, each) for at, each in enumerate(views)])
    return {"cookies": cookies, "views": kept}


def _kept(person: User, place: int, address: str) -> str:
    path, _mark, query = address.partition("?")
    state = state_of(filters_from(QueryDict(query), path=path))
    view = save_view(actor=person, name=f"{place:02} {address}"[:60], path=path, state=state)
    return f"/w/{path}/?saved={view.public_id}"


def pages(*addresses: str) -> dict[str, list[int]]:
    """Statements of each of these pages of the workspace."""
    client = Client()
    client.force_login(User.objects.get(username="seojin"))
    return {"statements": [count(client, "get", each, status=200) for each in addresses]}


def cpu(token: str, number: int, *new: str) -> dict[str, float]:
    """Milliseconds of processor time of one request of each kind, in this process alone."""
    ask = _asker(token)
    return {
        "list": _mean(number, lambda _n: ask("GET", paths.LIST)),
        "detail": _mean(number, lambda n: ask("GET", paths.detail(n))),
        "comments": _mean(number, lambda n: ask("GET", paths.comments(n))),
        "create": _mean(number, lambda _n: ask("POST", paths.INCIDENTS, BODY)),
        "transition": _mean(len(new) - WARM, lambda n: ask("POST", paths.start(new[n]), {})),
    }


def _mean(number: int, act: Callable[[int], None]) -> float:
    for at in range(-WARM, 0):
        act(at)
    began = time.process_time()
    for at in range(number):
        act(at)
    return (time.process_time() - began) / max(number, 1) * 1000


def _asker(token: str) -> Callable[..., None]:
    """Sends requests to the application as the server does. An answer that is none ends the process."""

    def ask(method: str, path: str, body: Any = None) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        place, _mark, query = path.partition("?")
        told: list[str] = []
        answer: Any = application(
            {
                "REQUEST_METHOD": method, "PATH_INFO": place, "QUERY_STRING": query, "SCRIPT_NAME": "",
                "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1", "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(raw)), "HTTP_AUTHORIZATION": f"Bearer {token}",
                "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(raw), "wsgi.errors": sys.stderr,
            },
            lambda status, _headers: told.append(status),
        )  # fmt: skip
        content = b"".join(answer)
        answer.close()
        if not told[0].startswith("2"):
            raise SystemExit(f"{method} {path} answered {told[0]}: {content[:300]!r}")

    return ask


def main(words: list[str]) -> dict[str, Any]:
    """Do what the command line says."""
    if words[0] == "load":
        return load(int(words[1]), int(words[2]), words[3])
    if words[0] == "sessions":
        return sessions(int(words[1]), *words[2:])
    if words[0] == "pages":
        return pages(*words[1:])
    if words[0] == "statements":
        return statements(*words[1:])
    return cpu(words[1], int(words[2]), *words[3:])


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
