"""Where a request comes from, as far as the proxies in front can be believed (SECURITY SE-10)."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address; empty when it is unknown, as over a unix socket."""
    return believed(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def believed(peer: str, forwarded: str) -> str:
    """The address that the outermost proxy of ours saw: ``peer`` without one (``ITSM_TRUSTED_PROXIES``).

    ``forwarded`` is the header X-Forwarded-For. What stands left of the proxies' own entries can be
    written by anybody and is not looked at.
    """
    count = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    told = peer if not count else hops[-count] if len(hops) >= count else ""
    try:
        return str(ipaddress.ip_address(told.strip("[]")))
    except ValueError:
        return ""
