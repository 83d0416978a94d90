"""What is a web address, which addresses are inside, and what an exception opens."""

from __future__ import annotations

import ipaddress

import pytest

from core import targets
from core.targets import BadTargetError


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://ERP.example", "https://erp.example:443", "/"),
        ("http://erp.example.:8080/a b".replace(" ", "%20"), "http://erp.example:8080", "/a%20b"),
        ("https://[2001:DB8::1]/x?y=1#z", "https://[2001:db8::1]:443", "/x?y=1"),
        ("https://결재.example/승인", "https://xn--p89at52c.example:443", "/%EC%8A%B9%EC%9D%B8"),
    ],
)
def test_an_address_is_taken_apart(url, origin, path):
    target = targets.parse(url)
    assert (target.origin, target.path) == (origin, path)


@pytest.mark.parametrize(
    "url",
    [
        "", "erp.example", "//erp.example", "ftp://erp.example", "file:///etc/passwd", "gopher://127.0.0.1",
        "http://", "http:///x",
        "http://user@erp.example", "http://user:pw@erp.example", "http://erp.example:0",
        "http://erp.example:99999", "http://erp.example:x", "http://erp.example\\@evil", "http://a b/",
        "http://erp.example/\r\nX: y", "http://[::1",
        "http://[fe80::1%25eth0]/", "http://-.-/", "http://a..b/",
        "http://" + "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(BadTargetError):
        targets.parse(url)


@pytest.mark.parametrize(
    ("address", "inner"),
    [
        ("8.8.8.8", False), ("127.0.0.1", True),
        ("127.255.255.254", True), ("0.0.0.0", True), ("10.1.2.3", True),
        ("172.15.0.1", False), ("172.16.0.1", True), ("172.31.255.255", True), ("172.32.0.1", False),
        ("192.168.0.1", True), ("169.254.169.254", True), ("100.63.255.255", False), ("100.64.0.1", True),
        ("100.127.255.255", True), ("100.128.0.1", False), ("224.0.0.1", True), ("239.255.255.255", True),
        ("240.0.0.1", True), ("255.255.255.255", True), ("192.0.2.1", True), ("198.18.0.1", True),
        ("::", True), ("::1", True), ("::127.0.0.1", True), ("fe80::1", True), ("fec0::1", True),
        ("fc00::1", True), ("fd12::1", True), ("ff02::1", True),
        ("2001:db8::1", True), ("2002:7f00:1::", True), ("2001::1", True),
        ("::ffff:127.0.0.1", True), ("::ffff:10.0.0.1", True), ("::ffff:8.8.8.8", False),
        ("64:ff9b::7f00:1", True), ("64:ff9b::a9fe:a9fe", True), ("64:ff9b::808:808", False),
        ("64:ff9b:1::7f00:1", True), ("2606:4700::1111", False),
    ],
)  # fmt: skip
def test_what_is_inside(address, inner):
    assert targets.is_inner(ipaddress.ip_address(address)) is inner


def test_an_exception_opens_a_place_or_a_network_and_nothing_else():
    allow = targets.exceptions(["erp.local:8080", "10.20.0.0/16"])
    erp, other = targets.parse("http://erp.local:8080/"), targets.parse("http://erp.local:8081/")
    assert targets.is_reachable(["192.168.1.1"], erp, allow)
    assert not targets.is_reachable(["192.168.1.1"], other, allow)
    assert targets.is_reachable(["10.20.3.4", "::ffff:10.20.3.4"], other, allow)
    assert not targets.is_reachable(["10.20.3.4", "10.21.0.1"], other, allow)


@pytest.mark.parametrize("word", ["erp.local", "10.0.0.0/33", "a:b:c", "erp.local:0", ""])
def test_an_exception_that_says_nothing_is_refused(word):
    with pytest.raises(BadTargetError):
        targets.exceptions([word])


@pytest.mark.parametrize(
    ("listed", "url", "known"),
    [
        ("erp.example", "https://erp.example/", True), ("erp.example", "http://erp.example/", True),
        ("erp.example", "http://erp.example:8080/", False),
        ("erp.example:8080", "http://erp.example:8080/", True),
        ("erp.example:8080", "http://erp.example/", False), ("ERP.example.", "https://erp.example/", True),
        ("example", "https://erp.example/", False),
        ("erp.example", "https://erp.example.evil.example/", False),
        ("[::1]:8080", "http://[::1]:8080/", True), ("2606:4700::1111", "http://[2606:4700::1111]/", True),
    ],
)  # fmt: skip
def test_who_is_in_the_list(listed, url, known):
    assert targets.is_listed(targets.parse(url), [listed]) is known


@pytest.mark.parametrize(
    ("base", "path", "joined"),
    [
        ("https://erp.example/api/", "/assets", "https://erp.example/api/assets"),
        ("https://erp.example/api",
        "assets/노트북 1", "https://erp.example/api/assets/%EB%85%B8%ED%8A%B8%EB%B6%81%201"),
        ("https://erp.example", "", "https://erp.example"),
        ("https://erp.example/api/", "/", "https://erp.example/api"),
        ("https://erp.example/api", "a..b/c.", "https://erp.example/api/a..b/c."),
    ],
)  # fmt: skip
def test_a_path_is_put_below_the_base(base, path, joined):
    assert targets.join(base, path) == joined


@pytest.mark.parametrize(
    "path",
    [
        "..", "/../admin", "a/../../b", "%2e%2e/admin",
        "a/%2E%2e/b", "%252e%252e/x", "a/..%2fb", "..%5cb", "//evil.example/",
        "https://evil.example/", "a?b=c", "a#b", "a\\..\\b", "a\r\nX: y", ".", "x" * 5000,
    ],
)  # fmt: skip
def test_a_path_does_not_lead_out_of_the_base(path):
    with pytest.raises(BadTargetError):
        targets.join("https://erp.example/api", path)
