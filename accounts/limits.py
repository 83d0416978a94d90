"""How often a secret may be guessed: per account and per address, in PostgreSQL (SECURITY SE-6, API A-44).

In the database because a cache that is away or emptied must not give anybody another thousand guesses.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from accounts.models import Attempt


@dataclass(frozen=True)
class Limit:
    """At most ``amount`` guesses in ``window``."""

    name: str
    amount: int
    window: dt.timedelta

    def key(self, value: str) -> str:
        """What the guesses are counted under; addresses and names are not readable in it."""
        return salted_hmac("accounts.limits", f"{self.name}:{value}", algorithm="sha256").hexdigest()


ACCOUNT = Limit("account", 5, dt.timedelta(minutes=5))
ADDRESS = Limit("address", 10, dt.timedelta(minutes=1))
CODE = Limit("code", 5, dt.timedelta(minutes=5))
LONGEST = dt.timedelta(hours=1)


def take(*counted: tuple[Limit, str]) -> list[int] | None:
    """Count one guess under each limit and value: what to give back when it was right, None for too many.

    A guess beyond a limit is not counted: who is refused waits no longer than the window. Each guess is
    written before it is counted, so that guesses side by side see each other.
    """
    pairs = [(limit, limit.key(value)) for limit, value in counted if value]
    rows = Attempt.objects.bulk_create([Attempt(key=key) for _limit, key in pairs])
    taken = [row.pk for row in rows]
    for limit, key in pairs:
        if Attempt.objects.filter(key=key, at__gt=Now() - limit.window).count() > limit.amount:
            give_back(taken)
            return None
    return taken


def give_back(taken: list[int] | None) -> None:
    """The guess was right: it does not count."""
    if taken:
        Attempt.objects.filter(pk__in=taken).delete()


def forget_old() -> None:
    """Remove what no window reaches any more; once an hour."""
    Attempt.objects.filter(at__lt=Now() - LONGEST).delete()
