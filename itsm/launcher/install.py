"""The steps of a start that need Django, in one process that ends: ``python -m itsm.launcher.install STEP``.

With ``--wait`` Django is loaded at once, but the steps begin when a line arrives on standard input: a cold
start loads it while the database is still being made. The result is one JSON object on standard output;
everything else goes to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import sys
from typing import Any

import django
import pgtrigger
from django.apps import apps
from django.core.management import call_command, get_commands

from itsm.demo import logins
from itsm.environment import Environment
from itsm.launcher import blueprint, database, fingerprint

STEPS = ("migrate", "demo", "token", "static")
DEMO_DONE = "loaded"


def migrate(application: str) -> dict[str, Any]:
    """Bring the tables to the state of this code and give the application's role its rights."""
    url = Environment().database_url
    with database.migration_lock(url):
        code = fingerprint.of_code()
        if database.remembered(url, "code") != code:
            blueprint.lay(url)
            call_command("migrate", interactive=False, verbosity=0)
            if application:
                database.allow_application(url, application)
                protect_history(url, application)
            database.remember(url, "code", code)
    return {}


def protect_history(url: str, application: str) -> None:
    """Take from the application's role what a trigger forbids anyway: to change history (SECURITY AU-2)."""
    forbidden: dict[str, set[str]] = {}
    for model, trigger in pgtrigger.registered():
        if isinstance(trigger, pgtrigger.Protect) and trigger.condition is None:
            # "UPDATE OF column" protects a part of the row only; the others may still change.
            words = {"UPDATE", "DELETE"} & set(str(trigger.operation).split(" OR "))
            forbidden.setdefault(model._meta.db_table, set()).update(words)
    database.take_away(url, application, forbidden)


def demo(_application: str) -> dict[str, Any]:
    """Load the demo company once; an interrupted load is repeated by the next start."""
    url = Environment().database_url
    if "demo_data" in get_commands() and database.remembered(url, "demo") != DEMO_DONE:
        call_command("demo_data")
        database.remember(url, "demo", DEMO_DONE)
        return {"demo": "new"}
    return {"demo": "kept"}


def token(_application: str) -> dict[str, Any]:
    """A personal token of the demo administrator, made once: it can be shown at no later time."""
    url = Environment().database_url
    if database.remembered(url, "token"):
        return {}
    tokens = importlib.import_module("accounts.tokens")
    user = apps.get_model("accounts", "User").objects.get(username=logins.TOKEN_OWNER)
    _row, plain = tokens.mint(actor=user, owner=user, name="./run")
    database.remember(url, "token", "made")
    return {"token": plain}


def static(_application: str) -> dict[str, Any]:
    """Collect static files into ``ITSM_STATIC_ROOT``."""
    call_command("collectstatic", interactive=False, verbosity=0)
    return {}


def main(argv: list[str]) -> int:
    """Run the named steps in order and print what they gave."""
    parser = argparse.ArgumentParser(prog="itsm.launcher.install")
    parser.add_argument("--wait", action="store_true")
    parser.add_argument("--application-role", default="")
    parser.add_argument("steps", nargs="+", choices=STEPS)
    given = parser.parse_args(argv)
    django.setup()
    if given.wait and not sys.stdin.readline():
        return 1
    results: dict[str, Any] = {}
    run = {"migrate": migrate, "demo": demo, "token": token, "static": static}
    with contextlib.redirect_stdout(sys.stderr):
        for step in given.steps:
            results |= run[step](given.application_role)
    print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
