"""One search over tickets, people and configuration items (API A-27), as the caller sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.selectors import people_for
from cmdb.selectors import cis_for
from core import searching
from core.api.fields import Line, Out
from core.api.views import ApiViewSet
from core.errors import BadInputError, BusyError, FieldError
from tickets import kinds
from tickets.finding import Found, find
from tickets.policies import reads_internal
from tickets.selectors import tickets_for

MOST, USUAL = 50, 10
# Articles join with a line here and a function below.
SORTS = ("ticket", "person", "item")


class HitOut(Out):
    """One thing that was found; ``kind`` is of a ticket or the class of an item, ``key`` number or name."""

    type = serializers.ChoiceField(choices=SORTS)
    kind = serializers.CharField()
    key = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()


class SearchOut(Out):
    """What was found, by sort in the order of ``type``, the best of each first.

    ``meant`` is what else was looked for when no ticket holds the words: what the same keys write on the
    other layout. ``more``: there are more tickets than ``limit``.
    """

    query = Line()
    meant = serializers.CharField()
    results = HitOut(many=True)
    more = serializers.BooleanField()


class SearchViewSet(ApiViewSet):
    """Search. Each caller finds what they may see; notes among agents are looked into for who reads them."""

    scope = "search"
    serializer_class = SearchOut
    versioned = False
    read_parameters = frozenset({"q", "type", "limit"})

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q", str, description="Words, initial consonants, a number or a name; without it, nothing."
            ),
            OpenApiParameter("type", str, many=True, enum=SORTS, description="These alone; all unless told."),
            OpenApiParameter("limit", int, description=f"Of each type, 1 to {MOST}; {USUAL} unless told."),
        ],
        responses=SearchOut,
    )
    def retrieve(self, request: Request) -> Response:
        """The best hits of each sort."""
        given = request.query_params
        text, limit = searching.cleaned(given.get("q", "")), _limit(given.get("limit"))
        chosen = set(given.getlist("type")) or set(SORTS)
        if not chosen <= set(SORTS):
            raise _refused("type", _("Choose ticket, person or item."))
        found = self._tickets(text, limit) if text and "ticket" in chosen else Found([])
        results = [_ticket(row) for row in found.rows]
        for sort, read in _READ.items():
            if text and sort in chosen:
                results += read(self.actor, text, limit)
        answer = {"query": text, "meant": found.meant, "results": results, "more": found.more}
        return Response(self.represent(answer))

    def _tickets(self, text: str, limit: int) -> Found:
        internal, rows = reads_internal(self.actor), tickets_for(self.actor)
        rows = rows if internal else rows.exclude(kind__in=kinds.work_orders())
        found = find(rows, text, internal=internal, most=limit)
        if found.too_slow:
            raise BusyError(_("This search takes too long. Search for a longer or a rarer word."))
        return found


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST and len(text) < 4):
        raise _refused("limit", _("This must be a whole number from 1 to %(most)s.") % {"most": MOST})
    return int(text)


def _refused(name: str, told: str) -> BadInputError:
    return BadInputError(told, errors=[FieldError(f"?{name}", "invalid", told)])


def _ticket(row: Any) -> dict[str, str]:
    resource = kinds.get(row.kind).path
    return _hit("ticket", row.kind, row.number, row.title, f"/api/v1/{resource}/{row.number}/")


def _people(actor: Any, text: str, limit: int) -> list[dict[str, str]]:
    return [
        _hit("person", "person", row.username, row.display_name, f"/api/v1/users/{row.username}/")
        for row in people_for(actor, query=text)[:limit]
    ]


def _items(actor: Any, text: str, limit: int) -> list[dict[str, str]]:
    return [
        _hit("item", row.ci_class.key, row.number, row.name, f"/api/v1/cis/{row.number}/")
        for row in cis_for(actor, query=text)[:limit]
    ]


def _hit(sort: str, kind: str, key: str, title: str, url: str) -> dict[str, str]:
    return {"type": sort, "kind": kind, "key": key, "title": title, "url": url}


_READ: dict[str, Callable[[Any, str, int], list[dict[str, str]]]] = {"person": _people, "item": _items}
