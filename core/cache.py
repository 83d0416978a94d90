"""A Redis cache that never fails a request: a breaker, then a per-process fallback (RELIABILITY RL-5)."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property

OPEN_SECONDS = 5.0
FAILURES = 2


class MemoryCache(LocMemCache):
    """This process's memory, with a counter."""

    def count(self, key: str, timeout: int) -> int:
        """See ``FailSafeRedisCache.count``."""
        self.add(key, 0, timeout)
        return self.incr(key)


class CountingRedisCache(RedisCache):
    """Django's, with a counter that asks once: its ``incr`` asks first whether the key is there."""

    @cached_property
    def _client(self) -> Any:
        """One client for all threads; Django makes a new one for each call."""
        return self._cache.get_client(None, write=True)

    def count(self, key: str, timeout: int) -> int:
        """See ``FailSafeRedisCache.count``."""
        client = self._client
        made = self.make_and_validate_key(key)
        number = int(client.incr(made))
        if number == 1:
            client.expire(made, timeout)
        return number


class FailSafeRedisCache(BaseCache):
    """Answers from Redis or Valkey, or from this process's memory while that is away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", 0.25)
        options.setdefault("socket_connect_timeout", 0.25)
        self._redis = CountingRedisCache(server, params)
        self._memory = MemoryCache("fallback", {})
        self._failures = 0
        self._open_until = 0.0

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._open_until:
            try:
                answer = getattr(self._redis, method)(*args, **kwargs)
            except Exception:  # noqa: BLE001 - every client error means the same: use the fallback
                self._failures += 1
                if self._failures >= FAILURES:
                    self._open_until = time.monotonic() + OPEN_SECONDS
            else:
                self._failures = 0
                return answer
        return getattr(self._memory, method)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """See BaseCache."""
        return bool(self._ask("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """See BaseCache."""
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """See BaseCache."""
        self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """See BaseCache."""
        return bool(self._ask("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """See BaseCache."""
        return bool(self._ask("delete", *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """See BaseCache."""
        return int(self._ask("incr", *args, **kwargs))

    def count(self, key: str, timeout: int) -> int:
        """How often this was called for ``key``, now included; forgotten ``timeout`` seconds later."""
        return int(self._ask("count", key, timeout))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """See BaseCache."""
        return bool(self._ask("has_key", *args, **kwargs))

    def clear(self) -> None:
        """See BaseCache."""
        self._ask("clear")
