"""Decides which servers an installation uses: those named in the environment, else the embedded ones."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from itsm.environment import Environment
from itsm.launcher.embedded import APPLICATION, OWNER, SUPERUSER, Postgres, Valkey, address
from itsm.launcher.layout import Layout, socket_folder


@dataclass(frozen=True)
class Servers:
    """The addresses to use, and the servers to start for them."""

    database_url: str
    owner_database_url: str
    redis_url: str
    email_url: str
    postgres: Postgres | None
    valkey: Valkey | None

    @property
    def superuser_url(self) -> str:
        """The embedded cluster's administrator; only for making roles and the database."""
        return address(SUPERUSER, self.postgres.sockets, "postgres") if self.postgres else ""

    @property
    def application_role(self) -> str:
        """The role that pages and workers use."""
        return unquote(urlsplit(self.database_url).username or "")

    @property
    def embedded(self) -> list[str]:
        started = {"postgres": self.postgres, "valkey": self.valkey}
        return [name for name, server in started.items() if server is not None]


def resolve(layout: Layout, env: Environment, *, durable: bool = True) -> Servers:
    """``DATABASE_URL`` and ``REDIS_URL`` when set, else embedded servers; nothing else is searched (L-10)."""
    needs_sockets = not (env.database_url and env.redis_url)
    sockets = socket_folder(layout) if needs_sockets else layout.run
    postgres = None if env.database_url else Postgres(layout, sockets, durable=durable)
    valkey = None if env.redis_url else Valkey(layout, sockets, durable=durable)
    return Servers(
        database_url=address(APPLICATION, postgres.sockets) if postgres else env.database_url,
        owner_database_url=address(OWNER, postgres.sockets)
        if postgres
        else (env.migrate_database_url or env.database_url),
        redis_url=valkey.url if valkey else env.redis_url,
        email_url=env.email_url,
        postgres=postgres,
        valkey=valkey,
    )
