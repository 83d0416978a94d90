"""The one place that reads the process environment.

``settings`` and the launcher both need it; the launcher before Django is loaded, so this module imports
nothing of ours. Names: ``DATABASE_URL``, ``REDIS_URL``, ``EMAIL_URL`` and ``ITSM_*``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent

_NOT_INHERITED = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP"})


def _flag(name: str, *, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]


@dataclass(frozen=True)
class Environment:
    """What the environment says, with the defaults that make a plain ``./run`` work."""

    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    migrate_database_url: str = field(default_factory=lambda: os.environ.get("ITSM_MIGRATE_DATABASE_URL", ""))
    redis_url: str = field(default_factory=lambda: os.environ.get("REDIS_URL", ""))
    email_url: str = field(default_factory=lambda: os.environ.get("EMAIL_URL", ""))
    imap_url: str = field(default_factory=lambda: os.environ.get("ITSM_IMAP_URL", ""))
    data_dir: Path = field(default_factory=lambda: Path(os.environ.get("ITSM_DATA_DIR") or BASE_DIR / "var"))
    static_root: str = field(default_factory=lambda: os.environ.get("ITSM_STATIC_ROOT", ""))
    secret_key: str = field(default_factory=lambda: os.environ.get("ITSM_SECRET_KEY", ""))
    # The first key encrypts, the others still decrypt: how a key is changed.
    field_keys: list[str] = field(default_factory=lambda: _words("ITSM_FIELD_KEY"))
    # What outbound calls may reach though it is inside: host:port or a network (SECURITY OUT-5).
    outbound_allow: list[str] = field(default_factory=lambda: _words("ITSM_OUTBOUND_ALLOW"))
    outbound_ca: str = field(default_factory=lambda: os.environ.get("ITSM_OUTBOUND_CA", ""))
    base_url: str = field(default_factory=lambda: os.environ.get("ITSM_BASE_URL", "http://127.0.0.1:8000"))
    live_url: str = field(default_factory=lambda: os.environ.get("ITSM_LIVE_URL", ""))
    allowed_hosts: list[str] = field(
        default_factory=lambda: _words("ITSM_ALLOWED_HOSTS", "127.0.0.1 localhost [::1]")
    )
    # Who may read /metrics: addresses and networks of the monitoring system; nobody where empty (RL-45).
    metrics_from: list[str] = field(default_factory=lambda: _words("ITSM_METRICS_FROM"))
    # Who keeps the daily hash of the audit chain, outside of this machine (SECURITY AU-4).
    audit_mail: str = field(default_factory=lambda: os.environ.get("ITSM_AUDIT_MAIL", ""))
    # How many proxies stand in front, each of which adds to X-Forwarded-For (SECURITY SE-10).
    trusted_proxies: int = field(default_factory=lambda: int(os.environ.get("ITSM_TRUSTED_PROXIES", "0")))
    # How long a session lives unused, and at most (SECURITY SE-2).
    session_idle_minutes: int = field(
        default_factory=lambda: int(os.environ.get("ITSM_SESSION_IDLE_MINUTES", "240"))
    )
    session_hours: int = field(default_factory=lambda: int(os.environ.get("ITSM_SESSION_HOURS", "12")))
    debug: bool = field(default_factory=lambda: _flag("ITSM_DEBUG"))
    demo: bool = field(default_factory=lambda: _flag("ITSM_DEMO"))
    mail_caught: bool = field(default_factory=lambda: _flag("ITSM_MAIL_CAUGHT"))
    testing: bool = field(default_factory=lambda: _flag("ITSM_TESTING"))
    test_database: str = field(default_factory=lambda: os.environ.get("ITSM_TEST_DATABASE", "test_maru"))
    api_requests_per_minute: int = field(
        default_factory=lambda: int(os.environ.get("ITSM_API_REQUESTS_PER_MINUTE", "600"))
    )
    failpoint: str = field(default_factory=lambda: os.environ.get("ITSM_FAILPOINT", ""))
    role: str = field(default_factory=lambda: os.environ.get("ITSM_ROLE", "manage"))
    web_workers: int = field(default_factory=lambda: int(os.environ.get("ITSM_WEB_WORKERS", "2")))
    web_threads: int = field(default_factory=lambda: int(os.environ.get("ITSM_WEB_THREADS", "4")))
    worker_children: int = field(default_factory=lambda: int(os.environ.get("ITSM_WORKER_CHILDREN", "2")))
    log_json: bool = field(default_factory=lambda: _flag("ITSM_LOG_JSON", default=True))


def inherited() -> dict[str, str]:
    """The environment for child processes: ours, less what would slow them down or confuse them.

    ``PYTHONDONTWRITEBYTECODE`` would make every start compile all of Django again.
    """
    return {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}


def explicit(name: str) -> str:
    """One variable as the user set it; the launcher must tell a default from a wish."""
    return os.environ.get(name, "")


def database_settings(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for a ``postgres://`` URL; ``?host=`` may name a unix socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgres:// (PostgreSQL 18 is the only database).")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"connect_timeout": int(query.pop("connect_timeout", 10))}
    host = query.pop("host", "") or (parts.hostname or "")
    port = query.pop("port", "") or (str(parts.port) if parts.port else "")
    options.update(query)
    return {
        "ENGINE": "core.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "maru",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": options,
    }


def database_url(found: dict[str, Any], name: str) -> str:
    """The address of the database ``name`` on the server that a DATABASES entry leads to."""
    place = {"host": found["HOST"], "port": str(found["PORT"] or "")}
    query = urlencode({key: value for key, value in place.items() if value})
    return f"postgres://{quote(found['USER'], safe='')}:{quote(found['PASSWORD'], safe='')}@/{name}?{query}"


def email_settings(url: str) -> dict[str, object]:
    """Django's e-mail settings for ``smtp://user:password@host:port?tls=1&from=…``; without a URL mail waits.

    ``from`` is the sender, an address or ``Name <address>``, percent-encoded. Raises ValueError for
    another scheme.
    """
    if not url:
        return {"EMAIL_HOST": "", "EMAIL_PORT": 25}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError("EMAIL_URL must start with smtp:// or smtps://.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    sender = {"DEFAULT_FROM_EMAIL": query["from"]} if "from" in query else {}
    return sender | {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": query.get("tls") == "1",
    }


def imap_settings(url: str) -> dict[str, Any]:
    """The mailbox for replies of ``imaps://user:password@host/INBOX?reply=it@corp.example``; without, empty.

    ``reply`` is the mailbox's own address; its server must deliver ``it+anything@corp.example`` there too.
    ``trusted=1`` says that this server lets no forged sender in. ``imap+tls`` begins plain and then encrypts;
    ``imap`` never does. Raises ValueError for another scheme or an address that is none.
    """
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in {"imap", "imaps", "imap+tls"} or not parts.hostname:
        raise ValueError("ITSM_IMAP_URL must start with imaps://, imap+tls:// or imap:// and name a host.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    reply = query.get("reply", "")
    if reply.count("@") != int(bool(reply)) or "+" in reply:
        raise ValueError("ITSM_IMAP_URL: reply is the address of the mailbox, such as it@corp.example.")
    return {
        "scheme": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or (993 if parts.scheme == "imaps" else 143),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "folder": unquote(parts.path.strip("/")) or "INBOX",
        "is_trusted": query.get("trusted") == "1",
        "reply_to": reply,
    }
