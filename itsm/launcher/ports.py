"""TCP ports for the two processes that listen on one."""

from __future__ import annotations

import socket

from itsm.launcher.errors import StartError

PREFERRED = 8000
LOOPBACK = "127.0.0.1"


def web_port(host: str, wanted: int | None) -> int:
    """The port for pages: the wanted one or an error; without a wish 8000 or, if taken, a free one."""
    if wanted is not None:
        if not is_free(host, wanted):
            raise StartError(f"Cannot listen on {host}:{wanted}: the address is taken or not this machine's.")
        return wanted
    return PREFERRED if is_free(host, PREFERRED) else free_port(host)


def neighbour_port(host: str, port: int) -> int:
    """A free port, the one after ``port`` if possible."""
    return port + 1 if port < 65535 and is_free(host, port + 1) else free_port(host)


def is_free(host: str, port: int) -> bool:
    """Whether one can listen on this address now."""
    try:
        with socket.socket(_family(host)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except (OSError, OverflowError):
        return False
    return True


def free_port(host: str = LOOPBACK) -> int:
    """A port nobody listens on, chosen by the kernel."""
    try:
        with socket.socket(_family(host)) as probe:
            probe.bind((host, 0))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise StartError(f"Cannot listen on {host}: {error.strerror}.") from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
