"""Secrets at rest, and masked wherever they could be read."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import secrets
from core.secrets import Mask, SecretKeyError

KEYS = ["a" * 40, "b" * 40]


def test_what_is_stored_is_not_what_was_said(settings):
    settings.FIELD_KEYS = KEYS[:1]
    stored = secrets.encrypt("canary-비밀", context="connector:1:token")
    assert "canary" not in stored
    assert stored != secrets.encrypt("canary-비밀", context="connector:1:token"), "each time another nonce"
    assert secrets.decrypt(stored, context="connector:1:token") == "canary-비밀"


def test_a_value_of_another_place_is_refused(settings):
    settings.FIELD_KEYS = KEYS[:1]
    stored = secrets.encrypt("canary", context="connector:1:token")
    with pytest.raises(SecretKeyError):
        secrets.decrypt(stored, context="connector:2:token")


@pytest.mark.parametrize("damage", ["", "1:", "2:abc:AAAA", "1:abc:!!", "plain text"])
def test_damaged_data_is_refused(settings, damage):
    settings.FIELD_KEYS = KEYS[:1]
    with pytest.raises(SecretKeyError):
        secrets.decrypt(damage, context="x")


def test_one_altered_letter_is_noticed(settings):
    settings.FIELD_KEYS = KEYS[:1]
    stored = secrets.encrypt("canary", context="x")
    head, _colon, body = stored.rpartition(":")
    raw = bytearray(base64.b64decode(body))
    raw[-1] ^= 1
    with pytest.raises(SecretKeyError):
        secrets.decrypt(f"{head}:{base64.b64encode(raw).decode()}", context="x")


@pytest.mark.parametrize("keys", [[], ["short"], KEYS[1:]])
def test_without_the_key_there_is_no_secret(settings, keys):
    settings.FIELD_KEYS = KEYS[:1]
    stored = secrets.encrypt("canary", context="x")
    settings.FIELD_KEYS = keys
    with pytest.raises(SecretKeyError) as caught:
        secrets.decrypt(stored, context="x")
    assert "ITSM_FIELD_KEY" in str(caught.value.detail)
    assert caught.value.status == 503


@pytest.mark.parametrize("keys", [[], ["short"]])
def test_without_a_key_nothing_is_stored(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(SecretKeyError):
        secrets.encrypt("canary", context="x")


def test_a_key_is_changed_in_three_steps(settings):
    settings.FIELD_KEYS = KEYS[:1]
    old = secrets.encrypt("canary", context="x")
    settings.FIELD_KEYS = [KEYS[1], KEYS[0]]
    assert secrets.decrypt(old, context="x") == "canary"
    assert not secrets.is_current(old)
    new = secrets.encrypt("canary", context="x")
    assert secrets.is_current(new)
    settings.FIELD_KEYS = KEYS[1:]
    assert secrets.decrypt(new, context="x") == "canary"


SECRET = 'hunter2 "+/&비밀\\n'


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        f"Bearer {SECRET}",
        "Basic " + base64.b64encode(f"maru:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{SECRET}".encode()).decode(),
        f"https://erp.example/?key={quote_plus(SECRET)}",
        json.dumps({"token": SECRET}),
        json.dumps({"token": SECRET}, ensure_ascii=False),
    ],
)
def test_a_secret_is_masked_in_what_was_made_of_it(shown):
    masked = Mask([SECRET]).text(shown)
    assert "•••" in masked
    assert not any(part in masked for part in ("hunter2", "aHVudGVyM", "h1bnRlcj", "odW50ZXIy"))


def test_names_and_depths_are_masked_too():
    data: Any = {"a": ["x", {"canary-1": "is canary-1", "n": 3, "t": ("canary-1", None)}]}
    assert Mask(["canary-1"]).data(data) == {"a": ["x", {"•••": "is •••", "n": 3, "t": ["•••", None]}]}


def test_a_short_word_is_left_alone():
    assert Mask(["abc", ""]).text("abc is no secret") == "abc is no secret"


@given(secret=st.text(min_size=6, max_size=30), before=st.text(max_size=20), after=st.text(max_size=20))
def test_no_text_around_it_brings_a_secret_through(secret, before, after):
    text = before + secret + after
    assert secret not in Mask([secret]).text(text) or secret in secrets.MASKED * 3


@given(
    secret=st.text(alphabet=st.characters(codec="utf-8"), min_size=6, max_size=30),
    before=st.text(st.characters(codec="utf-8"), max_size=9),
    after=st.text(st.characters(codec="utf-8"), max_size=9),
)
def test_no_base64_around_it_brings_a_secret_through(secret, before, after):
    text = base64.b64encode((before + secret + after).encode()).decode()
    masked = Mask([secret]).text(text)
    assert "•••" in masked
