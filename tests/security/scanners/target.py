"""The installation that is scanned: our launcher's, with the demo company, on loopback, gone afterwards."""

from __future__ import annotations

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from itsm.demo import logins
from itsm.launcher import keys
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED

ADMINISTRATOR, AGENT, EMPLOYEE = "admin", "seojin", "jimin"


@contextmanager
def installation() -> Iterator[PrivateStack]:
    """A running one, whose limit of requests is out of reach: a scanner is not to measure that limit."""
    with PrivateStack(options=(), env=UNLIMITED) as stack:
        yield stack


def token(stack: PrivateStack, username: str) -> str:
    """A fresh token of that person, without scopes: all that they may do."""
    return stack.manage("mint_token", username, "--name", "scanner").stdout.split()[-1]


def cookies(stack: PrivateStack, username: str) -> http.cookiejar.CookieJar:
    """The cookies of a signed-in session of that person."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    address = f"{stack.url}/accounts/login/"
    page = browser.open(address, timeout=30).read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    if found is None:
        raise RuntimeError("The sign-in page has no form.")
    secret = keys.read(stack.layout.secrets)["ITSM_SECRET_KEY"]
    form = {
        "csrfmiddlewaretoken": found[1],
        "login": username,
        "password": logins.password(secret),
    }
    sent = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), {"Referer": address})
    browser.open(sent, timeout=30).read()
    if not any("session" in each.name for each in jar):
        raise RuntimeError(f"{username} could not sign in.")
    return jar


def status(address: str, header: str) -> int:
    """What an ordinary GET with that header gets."""
    name, value = header.split(": ", 1)
    try:
        asked = urllib.request.Request(address, headers={name: value})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def defects(stack: PrivateStack) -> list[str]:
    """What the processes of the installation logged as an error, one line each, shortened."""
    found = []
    for path in sorted(stack.layout.log.glob("*.log")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and entry.get("level") in {"error", "critical"}:
                told = f"{path.stem}: {entry.get('event', '')} {str(entry.get('exception', ''))[-300:]}"
                found.append(" ".join(told.split()))
    return found
