"""How many requests a credential or an address may make (API A-43, A-44)."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from core import client

WINDOW = 60


class CallerThrottle(BaseThrottle):
    """A counter per caller and minute in the cache; while that is away each process counts for itself."""

    def __init__(self) -> None:
        rates: dict[str, Any] = api_settings.DEFAULT_THROTTLE_RATES
        self.quota = int(str(rates["caller"]).split("/")[0])
        self.left = self.quota
        self.reset = WINDOW

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request; False when the minute's quota is used up."""
        now = int(time.time())
        self.reset = WINDOW - now % WINDOW
        used = self.count(self.caller(request), now // WINDOW)
        self.left = max(0, self.quota - used)
        request._request.throttle = self  # type: ignore[attr-defined] # read by the view for its headers
        return used <= self.quota

    @staticmethod
    def count(caller: str, minute: int) -> int:
        """How many requests the caller has made in this minute, this one included."""
        return int(cache.count(f"throttle:{caller}:{minute}", 2 * WINDOW))  # type: ignore[attr-defined] # core.cache

    @classmethod
    def seconds_until_free(cls, caller: str, *, share: float) -> int:
        """Seconds until work in the background may use the caller's limit again; 0 when it may now.

        It leaves the rest of the minute's quota, beyond ``share`` of it, to the caller.
        """
        now = int(time.time())
        used = cache.get(f"throttle:{caller}:{now // WINDOW}", 0)
        return WINDOW - now % WINDOW if int(used) >= share * cls().quota else 0

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return self.reset - 1

    def caller(self, request: Request) -> str:
        """What the limit is counted by: the token, else the person, else the address."""
        token = getattr(request.auth, "public_part", "")
        if token:
            return f"token:{token}"
        if request.user.is_authenticated:
            return f"user:{request.user.pk}"
        return f"address:{client.address_of(request._request)}"

    def headers(self) -> dict[str, str]:
        """What the answer tells about the limit."""
        return {
            "RateLimit-Policy": f'"default";q={self.quota};w={WINDOW}',
            "RateLimit": f'"default";r={self.left};t={self.reset}',
        }
