"""``python -m itsm migrate``: tables and rights on a server of one's own; a deployment runs it once."""

from __future__ import annotations

import os
import sys
from urllib.parse import unquote, urlsplit

from itsm.environment import BASE_DIR, Environment, inherited
from itsm.launcher import database
from itsm.launcher.errors import StartError


def main(_argv: list[str]) -> int:
    """Become the install program with the owner's address; ``DATABASE_URL`` names the application's role."""
    env = Environment()
    if not env.database_url:
        print("maru: DATABASE_URL is not set; ./run migrates its own database by itself.", file=sys.stderr)
        return 2
    owner = env.migrate_database_url or env.database_url
    try:
        database.check_server(owner)
    except StartError as error:
        print(f"maru: {error}", file=sys.stderr)
        return 1
    os.chdir(BASE_DIR)
    role = unquote(urlsplit(env.database_url).username or "")
    arguments = ["-m", "itsm.launcher.install", "--application-role", role, "migrate"]
    environment = inherited() | {"DATABASE_URL": owner, "ITSM_ROLE": "migrate"}
    return os.execve(sys.executable, [sys.executable, *arguments], environment)  # noqa: S606 - our interpreter
