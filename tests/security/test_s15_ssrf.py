"""S-15: 25 ways to write or reach an inner address; none opens a connection."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from core.outbound import OutboundError, Request, send
from tests.sinks import Sink

# {port} is where a real listener waits on loopback.
URLS = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433:{port}/",
    "http://017700000001:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://localhost.:{port}/",
    "http://LOCALHOST:{port}/",
    "http://inner.example:{port}/",
    "http://both.example:{port}/",
    "http://\uff11\uff12\uff17.0.0.1:{port}/",  # full-width digits
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "http://erp.example@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@erp.example/",
    "http://erp.example:22/",
]
NAMES = {
    "inner.example": ["127.0.0.1"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
    "erp.example": ["93.184.216.34"],
    "localhost": ["127.0.0.1", "::1"],
}
_real_lookup = socket.getaddrinfo


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of tests; literals are read by the system's own resolver, as they would be."""

    def lookup(host: str, port: int, *args: Any, **more: Any) -> Any:
        if host in NAMES:
            return [(0, 0, 0, "", (address, port)) for address in NAMES[host]]
        return _real_lookup(host, port, *args, **more, **({} if args else {"flags": socket.AI_NUMERICHOST}))

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def hosts(url: str, port: int) -> list[str]:
    """An allow list that an administrator wrote without thinking: the host of the URL itself."""
    name = urlsplit(url.replace("\\", "/")).hostname or "erp.example"
    plain = f"[{name}]" if ":" in name else name
    return [f"{plain}:{port}", plain, f"127.0.0.1:{port}"]


@pytest.mark.pitfall("S-15")
@pytest.mark.parametrize("url", URLS)
def test_no_way_of_writing_it_reaches_loopback(url, names, settings):
    settings.OUTBOUND_ALLOW = []
    with Sink() as sink:
        address = url.format(port=sink.port)
        with pytest.raises(OutboundError) as caught:
            send(Request("GET", address, hosts(address, sink.port), seconds=2, redirects=3))
        assert caught.value.code in {"bad_url", "blocked_address", "not_allowed_host", "dns"}
        assert not caught.value.was_sent
        assert sink.connections == 0


@pytest.mark.pitfall("S-15")
@pytest.mark.parametrize(
    "place", ["http://169.254.169.254/latest/meta-data/", "http://[::1]:{port}/", "http://localhost:{port}/"]
)
def test_a_redirect_is_no_way_in(place, names, settings):
    with Sink() as outside, Sink() as inside:
        settings.OUTBOUND_ALLOW = [outside.place]
        where = quote(place.format(port=inside.port), safe="")
        allowed = [outside.place, "169.254.169.254", f"[::1]:{inside.port}", f"localhost:{inside.port}"]
        with pytest.raises(OutboundError) as caught:
            send(Request("GET", f"{outside.url}/redirect/{where}", allowed, redirects=3))
        assert caught.value.code == "redirect"
        assert inside.connections == 0
