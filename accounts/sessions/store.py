"""Where sessions are kept: one row each, which also tells whose it is, from where, and since when.

Django's own store with more columns (its documented way), instead of a second table beside it: what a request
reads anyway tells all, and nothing can disagree (docs/decisions/0022).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Session
from core.prepared import Prepared
from core.time import clock_now

SINCE = "signed_in_at"
# In the session of somebody who must set up a second factor before anything else (SECURITY SE-4).
FACTOR_DUE = "second_factor_due"
STAMP_EVERY = dt.timedelta(minutes=1)
MAX_AGENT = 300
_KEY = "?"  # the place of the key that the prepared query is asked for


def living() -> QuerySet[Session]:
    """Sessions that are neither too old nor unused for too long."""
    return Session.objects.filter(
        expire_date__gt=Now(), last_active_at__gt=Now() - settings.SESSION_IDLE
    ).order_by("-last_active_at", "session_key")


class SessionStore(DatabaseStore):
    """The session of one request. ``comes_from`` says where the request came from, for its owner to see."""

    def __init__(self, session_key: str | None = None, *, quiet: bool = False) -> None:
        super().__init__(session_key)
        self.must_renew = False
        self._quiet = quiet  # reading it is no use of it
        self._address: str | None = None
        self._user_agent = ""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our table."""
        return Session

    def comes_from(self, address: str, user_agent: str) -> None:
        """What is written beside the session at its next write, at most once a minute."""
        self._address, self._user_agent = address or None, user_agent[:MAX_AGENT]

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Write it; a session that lost its row meanwhile was ended and stays so."""
        if self.session_key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if data.get(SESSION_KEY) and SINCE not in data:
            data[SINCE] = clock_now().isoformat()
        values = self._values(data)
        with transaction.atomic():
            if must_create:
                self._insert(values)
            elif not Session.objects.filter(session_key=self.session_key).update(**values):
                raise UpdateError

    async def asave(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """The same."""
        await sync_to_async(self.save)(must_create)

    def cycle_key(self) -> None:
        """Another id for the same session."""
        super().cycle_key()
        self.must_renew = False

    def _insert(self, values: dict[str, Any]) -> None:
        try:
            Session(session_key=self.session_key or "", **values).save(force_insert=True)
        except IntegrityError as error:
            raise CreateError from error

    def _values(self, data: dict[str, Any]) -> dict[str, Any]:
        since = dt.datetime.fromisoformat(data[SINCE]) if data.get(SESSION_KEY) else None
        age = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        values: dict[str, Any] = {
            "session_data": self.encode(data),
            "user_id": data.get(SESSION_KEY),
            "signed_in_at": since,
            "expire_date": (since or Now()) + age,
        }
        if self._address is not None or self._user_agent:
            values |= {"address": self._address, "user_agent": self._user_agent}
        return values

    def _get_session_from_db(self) -> Session | None:
        found: Any = next(iter(_kept().read(self.session_key)), None)
        if found is None:
            self._session_key = None
            return None
        self.must_renew = found.must_renew
        if found.is_stale and not self._quiet:
            where = {"address": self._address, "user_agent": self._user_agent} if self._address else {}
            Session.objects.filter(session_key=found.session_key).update(last_active_at=Now(), **where)
        return found

    async def _aget_session_from_db(self) -> Session | None:
        return await sync_to_async(self._get_session_from_db)()


@cache
def _kept() -> Prepared[Session]:
    """A living session, and whether its last use is to be written down."""
    stale = ExpressionWrapper(Q(last_active_at__lt=Now() - STAMP_EVERY), output_field=BooleanField())
    return Prepared(living().filter(session_key=_KEY).order_by().annotate(is_stale=stale), _KEY)
