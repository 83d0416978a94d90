"""Turns for calendar programs: files for who is signed in, secret addresses for programs that cannot be."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.time import db_now
from schedules import rota_files, services
from schedules.models import Rota
from schedules.selectors import calendar_link, next_turns, read, rota_keyed
from schedules.selectors.rotas import MARGIN
from schedules.views.on_call import for_agents, page

MOST_PER_MINUTE = 30  # fetches of one address; programs come once an hour


@require_safe
@for_agents
def rota(request: HttpRequest, key: str) -> HttpResponse:
    """The turns of a rota as a file."""
    actor: Any = request.user
    return _answer(_rota_file(rota_keyed(actor, key), db_now()), f"{key}.ics")


@require_safe
@for_agents
def my_turns(request: HttpRequest) -> HttpResponse:
    """The reader's own turns as a file."""
    actor: Any = request.user
    return _answer(_own_file(actor, db_now()), "on-call.ics")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program fetches: the secret in the address is the credential, and reads this only.

    It begins no session. Raises NotVisibleError for one that was ended, or whose owner may no longer read it.
    """
    who = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    if cache.count(f"feed:{who}", 60) > MOST_PER_MINUTE:  # type: ignore[attr-defined] # core.cache
        return _hidden(HttpResponse(status=429, headers={"Retry-After": "60"}))
    link = calendar_link(token)
    services.stamp_use(link)
    with override(link.owner.language):
        now = db_now()
        data = _own_file(link.owner, now) if link.rota is None else _rota_file(link.rota, now)
    return _hidden(_answer(data, "on-call.ics"))


@require_POST
@for_agents
def make_link(request: HttpRequest) -> HttpResponse:
    """Make a secret address, which is shown this once; ``rota`` is a key, empty for one's own turns."""
    actor: Any = request.user
    key = request.POST.get("rota", "")
    _row, token = services.make_link(actor=actor, rota=rota_keyed(actor, key) if key else None)
    address = settings.BASE_URL + reverse("on_call:feed", args=[token])  # never from the Host header
    return page(request, made=address)


@require_POST
@for_agents
def end_link(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """The address ends at once."""
    actor: Any = request.user
    services.revoke_link(feed_id, actor=actor)
    messages.success(request, _("The address no longer works."))
    return redirect("on_call:now")


def _rota_file(row: Rota, now: dt.datetime) -> bytes:
    since, until = now - rota_files.BACK, now + rota_files.AHEAD
    duties = [
        duty
        for found in read([row] if row.is_active else [], since - MARGIN, until + MARGIN)
        for duty in found.whole_turns(since, until)
    ]
    return rota_files.calendar_of(duties, name=row.name, tz=row.tz, own=False)


def _own_file(person: User, now: dt.datetime) -> bytes:
    duties = next_turns(person, now - rota_files.BACK, now + rota_files.AHEAD)
    return rota_files.calendar_of(duties, name=_("On call"), tz=person.time_zone, own=True)


def _answer(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=rota_files.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _hidden(answer: HttpResponse) -> HttpResponse:
    """No index, no referrer; nothing that a shared cache keeps."""
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    return answer
