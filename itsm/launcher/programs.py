"""Our own processes: command line and environment of each."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from itsm.environment import BASE_DIR, Environment, explicit, inherited
from itsm.launcher.children import Spec
from itsm.launcher.layout import Layout
from itsm.launcher.ports import LOOPBACK
from itsm.launcher.resolver import Servers


def web_command(host: str, port: int) -> list[str]:
    """WSGI, with threads for requests that wait on the database."""
    env = Environment()
    return [
        *("-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"),
        *("--workers", str(env.web_workers), "--blocking-threads", str(env.web_threads)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"),
        *("--log-level", "warning", "itsm.wsgi:application"),
    ]


def live_command(host: str, port: int) -> list[str]:
    """ASGI, for server-sent events only; open streams end at once when it stops."""
    return [
        *("-m", "granian", "--interface", "asgi", "--host", host, "--port", str(port), "--no-ws"),
        *("--workers", "1", "--respawn-failed-workers", "--respawn-interval", "0.5"),
        *("--workers-kill-timeout", "1", "--log-level", "warning", "itsm.live:application"),
    ]


def worker_command() -> list[str]:
    """Celery without the chatter among workers, which nothing here needs."""
    children = str(Environment().worker_children)
    return [
        *("-m", "celery", "-A", "itsm.celery", "worker", "--pool", "prefork", "--concurrency", children),
        *("--without-mingle", "--without-gossip", "--loglevel", "INFO"),
    ]


def beat_command(schedule: Path) -> list[str]:
    """Celery's beat. Its file is a cache: every tick is claimed in the database."""
    return [
        *("-m", "celery", "-A", "itsm.celery", "beat", "--schedule", str(schedule), "--pidfile", ""),
        *("--loglevel", "WARNING"),
    ]


@dataclass(frozen=True)
class Programs:
    """Builds the children of one installation."""

    layout: Layout
    servers: Servers
    keys: dict[str, str]
    static_root: Path
    host: str
    port: int
    live_port: int
    mail_port: int
    demo: bool

    @property
    def url(self) -> str:
        """Where people find the pages."""
        return explicit("ITSM_BASE_URL").rstrip("/") or f"http://{_dialled(self.host)}:{self.port}"

    @property
    def local_url(self) -> str:
        """Where this machine finds them, whatever stands in front."""
        return f"http://{_dialled(self.host)}:{self.port}"

    @property
    def live_url(self) -> str:
        """Where a browser finds the live stream: another port here, the pages' own address behind a proxy."""
        return explicit("ITSM_LIVE_URL").rstrip("/") or self.local_live_url

    @property
    def local_live_url(self) -> str:
        return f"http://{_dialled(self.host)}:{self.live_port}"

    @property
    def hosts(self) -> list[str]:
        """The names that a request may ask for; the first one is used when the launcher asks itself."""
        return explicit("ITSM_ALLOWED_HOSTS").replace(",", " ").split() or [
            *("127.0.0.1", "localhost", "[::1]"),
            _dialled(self.host),
        ]

    @property
    def email_url(self) -> str:
        return self.servers.email_url or f"smtp://{LOOPBACK}:{self.mail_port}"

    def environment(self, role: str, *, owner: bool = False) -> dict[str, str]:
        """What a process of this role needs to know; ``owner`` connects as the owner of the tables."""
        database = self.servers.owner_database_url if owner else self.servers.database_url
        ours = {
            "DJANGO_SETTINGS_MODULE": "itsm.settings",
            "DATABASE_URL": database,
            "ITSM_MIGRATE_DATABASE_URL": self.servers.owner_database_url,
            "REDIS_URL": self.servers.redis_url,
            "EMAIL_URL": self.email_url,
            "ITSM_ROLE": role,
            "ITSM_BASE_URL": self.url,
            "ITSM_LIVE_URL": self.live_url,
            "ITSM_STATIC_ROOT": str(self.static_root),
            "ITSM_DATA_DIR": str(self.layout.data),
            "ITSM_DEMO": "1" if self.demo else "0",
            "ITSM_MAIL_CAUGHT": "0" if self.servers.email_url else "1",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            # Threads would otherwise each get an arena of the allocator: 20 MB per process for nothing.
            "MALLOC_ARENA_MAX": "2",
        }
        return inherited() | self.keys | ours | {"ITSM_ALLOWED_HOSTS": " ".join(self.hosts)}

    def web(self) -> Spec:
        """Pages and API."""
        return self._python("web", web_command(self.host, self.port))

    def live(self) -> Spec:
        """Server-sent events."""
        return self._python("live", live_command(self.host, self.live_port))

    def worker(self) -> Spec:
        """Celery, with the sweep thread in its main process."""
        return self._python("worker", worker_command())

    def beat(self) -> Spec:
        """The ticks."""
        return self._python("beat", beat_command(self.layout.run / "beat"))

    def mail(self) -> Spec:
        """The catcher that stands in for a mail server."""
        return self._python(
            "mail",
            ["-m", "itsm", "mailcatcher", "--port", str(self.mail_port), "--folder", str(self.layout.mail)],
        )

    def _python(self, name: str, arguments: list[str]) -> Spec:
        return Spec(
            name=name,
            argv=[sys.executable, *arguments],
            env=self.environment(name),
            cwd=BASE_DIR,
            log=self.layout.log / f"{name}.log",
        )


def _dialled(host: str) -> str:
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return LOOPBACK
    return f"[{host}]" if ":" in host else host
