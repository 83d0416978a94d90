"""Where a call may go: the address as somebody wrote it, taken apart, and the addresses nobody may reach.

Nothing here opens a connection or asks a name server; ``core.outbound`` does, and mail and directory clients
use ``is_reachable`` for what they resolve (SECURITY OUT-1 … OUT-5).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 4000
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_BAD_CHARACTERS = re.compile(r"[\x00-\x20\x7f-\xa0\\^`{}|<>\"]")
_KEPT = "/:?#[]@!$&'()*+,;=%-._~"

# Neither the world's lists of special addresses nor Python's agree in every release, so ours are written out.
_INNER_4 = [
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_INNER_6 = [ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class BadTargetError(ValueError):
    """An address that is no address of a web service; ``detail`` says what is wrong with it, to people."""

    def __init__(self, detail: str | Promise) -> None:
        super().__init__(detail)
        self.detail = detail


OUTSIDE_BASE = _("This path does not lead below the connector's address.")
BAD_HOST = _("The name of the host cannot be read.")


@dataclass(frozen=True)
class Target:
    """A web address taken apart. ``host`` is in ASCII, lower case, without brackets or a last dot."""

    scheme: str
    host: str
    port: int
    path: str  # with the query, as sent

    @property
    def place(self) -> str:
        """``host:port``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """What ``Host`` says: without the port where it is the scheme's own."""
        if self.port != DEFAULT_PORTS[self.scheme]:
            return self.place
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def origin(self) -> str:
        """Scheme, host and port: what breakers and redirects go by."""
        return f"{self.scheme}://{self.place}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.host_header}{self.path}"


def parse(url: str) -> Target:
    """The address taken apart. Raises BadTargetError for what is no plain http or https address (OUT-2)."""
    if len(url) > MAX_URL or _BAD_CHARACTERS.search(url):
        raise BadTargetError(_("The address is too long or holds a character that none may hold."))
    try:
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname
    except ValueError as error:
        raise BadTargetError(_("The address cannot be read.")) from error
    if parts.scheme not in DEFAULT_PORTS:
        raise BadTargetError(_("Only http and https are possible."))
    if "@" in parts.netloc:
        raise BadTargetError(_("The address must not hold a name or password."))
    if not name or port == 0:
        raise BadTargetError(_("The address names no host."))
    path = quote(parts.path or "/", safe=_KEPT) + (
        f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    )
    return Target(parts.scheme, host_of(name), port or DEFAULT_PORTS[parts.scheme], path)


def host_of(name: str) -> str:
    """A host name or address literal as we compare it. Raises BadTargetError."""
    text = name.strip().removeprefix("[").removesuffix("]").lower()
    if ":" in text and "%" not in text:
        try:
            return str(ipaddress.IPv6Address(text))
        except ValueError as error:
            raise BadTargetError(BAD_HOST) from error
    try:
        plain = text.encode("idna").decode("ascii") if not text.isascii() else text
    except UnicodeError as error:
        raise BadTargetError(BAD_HOST) from error
    plain = plain.removesuffix(".")
    if len(plain) > 253 or not _HOST.fullmatch(plain):
        raise BadTargetError(BAD_HOST)
    return plain


def place_of(text: str) -> tuple[str, int | None]:
    """``host`` or ``host:port`` as (host, port or None). Raises BadTargetError."""
    found = re.fullmatch(
        r"(\[[^\]]+\]|[^:\[\]]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*)(?::(\d{1,5}))?", text
    )
    if found is None or (found[2] and not 1 <= int(found[2]) <= 65535):
        raise BadTargetError(_("Write a host, or a host and a port: erp.example or erp.example:8443."))
    return host_of(found[1]), int(found[2]) if found[2] else None


def literal(host: str) -> Address | None:
    """The address that ``host`` writes out, None for a name.

    Raises BadTargetError for the old spellings of an address, such as 2130706433, 0x7f.1 and 0177.0.0.1:
    resolvers read them, people do not.
    """
    if ":" in host:
        return ipaddress.IPv6Address(host)
    if not re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]):
        return None
    try:
        return ipaddress.IPv4Address(host)
    except ValueError as error:
        raise BadTargetError(BAD_HOST) from error


def is_written_inner(target: Target, allow: Exceptions) -> bool:
    """Whether the address itself says that it leads inside, asking no name server, and nothing opens that.

    Raises BadTargetError for an address in an old spelling.
    """
    if allow.names(target):
        return False
    address = literal(target.host)
    if address is not None:
        return is_inner(address)
    return target.host == "localhost" or target.host.endswith(".localhost")


def is_listed(target: Target, allowed: Iterable[str]) -> bool:
    """Whether the list names the target: ``host`` for ports 80 and 443, ``host:port`` for that port alone."""
    for text in allowed:
        host, port = place_of(text)
        if host == target.host and (target.port in (80, 443) if port is None else port == target.port):
            return True
    return False


def join(base: str, path: str) -> str:
    """``path`` below ``base``. Raises BadTargetError for one that would lead out of it."""
    if (
        len(path) > MAX_URL
        or re.search(r"[\x00-\x1f\x7f\\?#]", path)
        or "://" in path
        or path.startswith("//")
    ):
        raise BadTargetError(OUTSIDE_BASE)
    plain = path
    for _turn in range(3):  # what a server decodes twice must not become a step upwards either
        if any(part in {".", ".."} for part in re.split(r"[/\\]", plain)):
            raise BadTargetError(OUTSIDE_BASE)
        plain = unquote(plain)
    joined = base.rstrip("/")
    return f"{joined}/{quote(path.lstrip('/'), safe=_KEPT)}" if path.strip("/") else (joined or base)


def carried(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped or NAT64 one, else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_inner(address: Address) -> bool:
    """Whether the address is not one of the open internet (OUT-3); what is not known to be open is inner."""
    plain = carried(address)
    if isinstance(plain, ipaddress.IPv4Address):
        return any(plain in network for network in _INNER_4)
    return plain not in _UNICAST_6 or any(plain in network for network in _INNER_6)


@dataclass(frozen=True)
class Exceptions:
    """What ``ITSM_OUTBOUND_ALLOW`` opens: single places by name and port, and networks (OUT-5)."""

    places: frozenset[tuple[str, int]]
    networks: tuple[Network, ...]

    def names(self, target: Target) -> bool:
        """Whether this very place is opened, as it is written. Raises BadTargetError for an old spelling."""
        address = literal(target.host)
        if address is not None:
            return self.open(address, target)
        return (target.host, target.port) in self.places

    def open(self, address: Address, target: Target) -> bool:
        """Whether this inner address may be reached for this target."""
        plain = carried(address)
        return (target.host, target.port) in self.places or any(
            plain.version == network.version and plain in network for network in self.networks
        )


def exceptions(words: Collection[str]) -> Exceptions:
    """The exceptions that ``words`` name. Raises BadTargetError for a word that is neither kind."""
    places, networks = set(), []
    for word in words:
        if "/" in word:
            try:
                networks.append(ipaddress.ip_network(word))
            except ValueError as error:
                raise BadTargetError(f"{word} is no network") from error
            continue
        host, port = place_of(word)
        if port is None:
            raise BadTargetError(f"{word} is neither a host with a port nor a network")
        places.add((host, port))
    return Exceptions(frozenset(places), tuple(networks))


def is_reachable(addresses: Iterable[str], target: Target, allow: Exceptions) -> bool:
    """Whether **every** one of the addresses that the name stands for may be reached."""
    return all(
        not is_inner(address) or allow.open(address, target)
        for address in (ipaddress.ip_address(text.partition("%")[0]) for text in addresses)
    )
