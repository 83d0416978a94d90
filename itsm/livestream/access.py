"""Who reads a stream, and who may know of a change: questions to the database, asked in threads.

Every answer holds for two seconds at most, so rights taken away end within four.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.choices import Grant
from accounts.models import User
from accounts.policies import has_grant
from accounts.selectors import living_secrets
from accounts.sessions.selectors import living_sessions
from accounts.sessions.store import FACTOR_DUE, SessionStore
from core.errors import NotAllowedError
from core.live import Message
from itsm.livestream.hub import Reader
from notifications.selectors import sees_queue
from tickets.policies import reads_internal
from tickets.selectors import readers_of

FRESH_SECONDS = 2.0
LARGEST_CACHE = 50_000
SCOPES = frozenset({"tickets:read", "tickets:write"})


def identify(cookie: str, authorization: str, address: str = "") -> Reader | None:
    """The reader whom a Bearer token or a session cookie names, or None; the token wins.

    ``address`` is where the request comes from: a token may be limited to networks. Raises NotAllowedError
    for a token whose scopes leave out reading tickets, or whose owner may not use the API (API A-40).
    """
    if authorization:
        return _by_token(authorization, address)
    key = parse_cookie(cookie).get(settings.SESSION_COOKIE_NAME, "")
    if not key:
        return None
    request = HttpRequest()
    request.session = SessionStore(key, quiet=True)
    user = get_user(request)
    if not isinstance(user, User) or request.session.get(FACTOR_DUE):
        return None
    return Reader(user.pk, session_key=key, auth_hash=user.get_session_auth_hash())


def _by_token(authorization: str, address: str) -> Reader | None:
    scheme, _space, plain = authorization.partition(" ")
    token = tokens.check(plain.strip(), address=address) if scheme.lower() == "bearer" else None
    if token is None:
        return None
    if not has_grant(token.owner, Grant.API_USE):
        raise NotAllowedError(_("The owner of this token may not use the API."))
    if token.scopes and not SCOPES & set(token.scopes):
        raise NotAllowedError(_("This token lacks the scope “%(scope)s”.") % {"scope": "tickets:read"})
    tokens.stamp_use(token)
    return Reader(token.owner_id, token_id=token.pk, token_hash=token.used_hash)


def still_valid(readers: Collection[Reader]) -> set[Reader]:
    """Those whose session or token lives and who are active; four queries at most, for any number."""
    people = User.objects.filter(is_active=True).in_bulk([reader.user_id for reader in readers])
    keys = [reader.session_key for reader in readers if reader.session_key]
    sessions = living_sessions(keys)
    ids = [reader.token_id for reader in readers if reader.token_id]
    living = living_secrets(ids)
    return {reader for reader in readers if _lives(reader, people, sessions, living)}


def _lives(reader: Reader, people: dict[int, User], sessions: set[str], living: set[tuple[int, str]]) -> bool:
    person = people.get(reader.user_id)
    if person is None:
        return False
    if reader.token_id:
        return (reader.token_id, reader.token_hash) in living
    return reader.session_key in sessions and person.get_session_auth_hash() == reader.auth_hash


class Access:
    """Answers which of some people may know of a message; remembers people and answers for two seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: dict[int, tuple[float, User]] = {}
        self._verdicts: dict[tuple[int, str], tuple[float, bool]] = {}

    def may_read(self, message: Message, user_ids: frozenset[int]) -> frozenset[int]:
        """The people among ``user_ids`` who may know of ``message`` now."""
        area, _slash, name = message.topic.partition("/")
        if area == "users":
            return frozenset(pk for pk in user_ids if str(pk) == name)
        people = self._present(user_ids)
        if message.internal:
            people = [person for person in people if reads_internal(person)]
        number = message.data.get("number")
        key = f"ticket:{number}" if number else f"queue:{name}"
        return frozenset(self._allowed(key, people))

    def _present(self, user_ids: Iterable[int]) -> list[User]:
        now = time.monotonic()
        with self._lock:
            found = {pk: row for pk in user_ids if (row := self._people.get(pk)) and row[0] > now}
        missing = [pk for pk in user_ids if pk not in found]
        if missing:
            until = now + FRESH_SECONDS
            read = User.objects.filter(is_active=True).in_bulk(missing)
            fresh = {pk: (until, person) for pk, person in read.items()}
            with self._lock:
                if len(self._people) > LARGEST_CACHE:
                    self._people.clear()
                self._people.update(fresh)
            found |= fresh
        return [person for _until, person in found.values()]

    def _allowed(self, key: str, people: list[User]) -> set[int]:
        now = time.monotonic()
        with self._lock:
            known = {
                p.pk: row[1] for p in people if (row := self._verdicts.get((p.pk, key))) and row[0] > now
            }
        unknown = [person for person in people if person.pk not in known]
        if unknown:
            allowed = _ask(key, unknown)
            with self._lock:
                if len(self._verdicts) > LARGEST_CACHE:
                    self._verdicts.clear()
                for person in unknown:
                    self._verdicts[person.pk, key] = (now + FRESH_SECONDS, person.pk in allowed)
            known |= {person.pk: person.pk in allowed for person in unknown}
        return {pk for pk, allowed in known.items() if allowed}


def _ask(key: str, people: list[User]) -> set[int]:
    kind, _colon, name = key.partition(":")
    if kind == "ticket":
        return readers_of(people, number=name)
    return {person.pk for person in people if sees_queue(person, name)}
