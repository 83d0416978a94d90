"""The cache counts in the broker, and in this process while that is away."""

from __future__ import annotations

import secrets

import pytest
from django.conf import settings

from core.cache import FailSafeRedisCache


@pytest.fixture
def key() -> str:
    return f"count-{secrets.token_hex(6)}"


def test_two_processes_count_together_and_the_count_ends(key):
    assert settings.REDIS_URL, "This test needs the broker of the test run (REDIS_URL)."
    one, other = (FailSafeRedisCache(settings.REDIS_URL, {}) for _ in range(2))
    assert [one.count(key, 100), other.count(key, 100), one.count(key, 100)] == [1, 2, 3]
    client, name = one._redis._client, one._redis.make_key(key)
    assert 0 < client.ttl(name) <= 100
    client.expire(name, 50)
    other.count(key, 100)
    assert client.ttl(name) <= 50, "A later call does not make it last longer."
    client.delete(name)


def test_without_the_broker_this_process_counts_for_itself(key):
    cache = FailSafeRedisCache("redis://127.0.0.1:1/0", {})
    assert [cache.count(key, 100) for _ in range(3)] == [1, 2, 3]
