"""Signatures, against the algorithm of Standard Webhooks written down anew here."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from webhooks import signing


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver does, by the specification: any of the signatures may fit."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    found = [part.split(",", 1) for part in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(text, wanted) for version, text in found)


def test_a_secret_is_whsec_and_32_bytes_of_base64():
    first, second = signing.new_secret(), signing.new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32


def test_a_message_verifies_and_a_tampered_one_does_not():
    secret, body = signing.new_secret(), '{"한글":1}'.encode()
    headers = signing.headers([secret], "0198-id", 1_767_225_600, body)
    assert verified(secret, headers, body)
    assert not verified(secret, headers, body + b" ")
    assert not verified(secret, headers | {"webhook-id": "other"}, body)
    assert not verified(secret, headers | {"webhook-timestamp": "1767225601"}, body)
    assert not verified(signing.new_secret(), headers, body)


@pytest.mark.parametrize("number", [0, 1])
def test_during_a_rotation_both_secrets_verify(number):
    secrets = [signing.new_secret(), signing.new_secret()]
    headers = signing.headers(secrets, "id", 1, b"{}")
    assert headers["webhook-signature"].count(" ") == 1
    assert verified(secrets[number], headers, b"{}")
