"""The one door outwards: who may be called, how long it takes, how much is read (SECURITY section 5)."""

from __future__ import annotations

import socket
import time
from typing import Any
from urllib.parse import quote

import httpcore
import pytest

from core import outbound
from core.outbound import OutboundError, Request, send
from tests.sinks import Sink, certificate


@pytest.fixture
def sink(settings: Any):
    with Sink() as made:
        settings.OUTBOUND_ALLOW = [made.place]
        yield made


def call(sink: Sink, path: str, method: str = "GET", **more: Any) -> outbound.Answer:
    return send(Request(method, sink.url + path, [sink.place], **more))


def refused(request: Request) -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        send(request)
    return caught.value


def test_an_answer_has_status_headers_body_and_time(sink):
    answer = call(sink, "/ok?a=1", headers={"X-Mine": "yes"})
    assert (answer.status, answer.body) == (200, b'{"ok": true}')
    assert answer.headers["content-type"] == "application/json"
    assert 0 <= answer.elapsed_ms < 5000
    method, path, headers, body = sink.requests[0]
    assert (method, path, body) == ("GET", "/ok?a=1", b"")
    assert headers["host"] == sink.place
    assert headers["x-mine"] == "yes"


def test_a_body_is_sent_with_its_length(sink):
    call(sink, "/ok", "POST", body=b"{}" * 100_000)
    assert sink.requests[0][3] == b"{}" * 100_000


def test_a_refusal_is_an_answer(sink):
    answer = call(sink, "/status/503")
    assert (answer.status, answer.headers["retry-after"], answer.body) == (503, "7", b"it does not work")


def test_a_packed_answer_is_unpacked(sink):
    assert call(sink, "/gzip").body == b'{"packed": true}'


def test_no_proxy_of_the_environment_is_asked(sink, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert call(sink, "/ok").status == 200


@pytest.mark.parametrize(
    ("path", "code", "retryable"),
    [
        ("/hang", "timeout", True),
        ("/drip", "timeout", True),
        ("/drip-head", "timeout", True),
        ("/big", "too_large", False),
        ("/endless", "too_large", False),
        ("/bomb", "too_large", False),
        ("/cut", "protocol", True),
        ("/noise", "protocol", True),
    ],
)
def test_a_bad_target_ends_in_time_and_in_size(sink, path, code, retryable):
    began = time.monotonic()
    error = refused(Request("GET", sink.url + path, [sink.place], seconds=1.2))
    assert time.monotonic() - began < 2.5
    assert (error.code, error.retryable, error.was_sent) == (code, retryable, True)


def test_no_more_is_read_than_the_limit(sink, monkeypatch):
    """What leaves the socket, whatever the other side pours in."""
    taken = []
    read = httpcore._backends.sync.SyncStream.read

    def counted(self: Any, most: int, timeout: float | None = None) -> bytes:
        piece = read(self, most, timeout)
        taken.append(len(piece))
        return piece

    monkeypatch.setattr(httpcore._backends.sync.SyncStream, "read", counted)
    assert (
        refused(Request("GET", sink.url + "/endless", [sink.place], max_body=64 * 1024)).code == "too_large"
    )
    assert sum(taken) <= 64 * 1024 + 1024  # the head and the sizes of chunks


def test_a_reader_that_takes_nothing_does_not_hold_the_call(settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        place = f"127.0.0.1:{deaf.getsockname()[1]}"
        settings.OUTBOUND_ALLOW = [place]
        began = time.monotonic()
        error = refused(Request("POST", f"http://{place}/", [place], body=b"x" * 30_000_000, seconds=1))
    assert (error.code, error.retryable) == ("timeout", True)
    assert time.monotonic() - began < 2


def test_nobody_listens(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        place = f"127.0.0.1:{closed.getsockname()[1]}"
    settings.OUTBOUND_ALLOW = [place]
    error = refused(Request("GET", f"http://{place}/", [place]))
    assert (error.code, error.retryable, error.was_sent) == ("connect", True, False)


def test_a_name_server_that_is_silent_costs_the_connect_time(monkeypatch):
    monkeypatch.setattr(outbound, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: time.sleep(2) or [])
    began = time.monotonic()
    error = refused(Request("GET", "http://erp.example/", ["erp.example"]))
    assert (error.code, error.retryable) == ("dns", True)
    assert time.monotonic() - began < 1


def test_a_header_cannot_be_smuggled(sink):
    error = refused(Request("GET", sink.url, [sink.place], headers={"X-A": "1\r\nX-Evil: 1"}))
    assert (error.code, error.retryable) == ("bad_url", False)
    assert not sink.requests


# TLS


def test_an_unknown_certificate_is_refused_and_a_known_one_is_not(settings, tmp_path):
    context, pem = certificate(tmp_path)
    with Sink(context) as sink:
        settings.OUTBOUND_ALLOW = [sink.place]
        error = refused(Request("GET", sink.url + "/ok", [sink.place]))
        assert (error.code, error.retryable, error.was_sent) == ("tls", False, False)
        assert send(Request("GET", sink.url + "/ok", [sink.place], ca=pem)).status == 200
        assert len(sink.requests) == 1


def test_a_certificate_must_be_one():
    with pytest.raises(ValueError, match="PEM"):
        outbound.check_ca("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")


# Redirects


def redirect(sink: Sink, url: str, **more: Any) -> Request:
    return Request("GET", f"{sink.url}/redirect/{quote(url, safe='')}", [sink.place], **more)


def test_a_redirect_is_not_followed_unless_asked(sink):
    error = refused(redirect(sink, "/ok"))
    assert (error.code, error.retryable) == ("redirect", False)
    assert len(sink.requests) == 1


def test_a_redirect_on_the_same_host_is_followed_with_credentials(sink):
    answer = send(redirect(sink, "/echo", redirects=3, credentials={"Authorization": "Bearer canary"}))
    assert b"canary" in answer.body


def test_a_redirect_to_another_port_loses_the_credentials(sink, settings):
    with Sink() as other:
        settings.OUTBOUND_ALLOW = [sink.place, other.place]
        hosts = [sink.place, other.place]
        url = f"{sink.url}/redirect/{quote(other.url + '/echo', safe='')}"
        answer = send(Request("GET", url, hosts, redirects=1, credentials={"Authorization": "Bearer canary"}))
        assert answer.status == 200
        assert b"canary" not in answer.body


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest/meta-data/", "//evil.example/", "file:///etc/passwd", "gopher://x/"],
)
def test_a_redirect_to_elsewhere_is_refused(sink, url):
    assert refused(redirect(sink, url, redirects=3)).code == "redirect"
    assert sink.connections == 1


def test_a_circle_of_redirects_ends(sink):
    sink.answers["/turn"] = (302, {"Location": "/turn"}, b"")
    assert refused(Request("GET", sink.url + "/turn", [sink.place], redirects=3)).code == "redirect"
    assert len(sink.requests) == 4


def test_a_change_is_not_repeated_elsewhere_by_a_302(sink):
    sink.answers["/turn"] = (302, {"Location": "/ok"}, b"")
    assert refused(Request("POST", sink.url + "/turn", [sink.place], redirects=3)).code == "redirect"


# Addresses


def test_a_host_outside_the_list_is_not_called(sink):
    assert refused(Request("GET", sink.url, ["erp.example"])).code == "not_allowed_host"
    assert refused(Request("GET", sink.url, ["127.0.0.1"])).code == "not_allowed_host", "not on that port"
    assert sink.connections == 0


def test_the_name_is_resolved_once_and_the_checked_address_is_called(monkeypatch):
    """DNS rebinding: the second answer would be loopback."""
    answers = iter([["93.184.216.34", "2606:2800:220:1::1"], ["127.0.0.1"]])
    asked: list[str] = []
    dialled: list[str] = []

    def lookup(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in next(answers)]

    def dial(self: Any, host: str, port: int, timeout: float) -> Any:
        dialled.append(host)
        raise httpcore.ConnectError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", dial)
    assert refused(Request("GET", "https://ERP.Example./x", ["erp.example"])).code == "connect"
    assert asked == ["erp.example"]
    assert dialled == ["93.184.216.34", "2606:2800:220:1::1"]


def test_one_inner_address_among_others_is_enough_to_refuse(monkeypatch):
    rows = [(0, 0, 0, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows)
    assert refused(Request("GET", "http://erp.example/", ["erp.example"])).code == "blocked_address"
