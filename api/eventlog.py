"""The event log by polling: what happened since a position, as far as the caller may know (API A-54)."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import serializers as out
from api.selectors import known_to
from core import eventlog
from core.api.positions import seal, unseal
from core.api.views import ApiViewSet
from core.errors import BadInputError, FieldError
from core.time import db_now

MOST = 200
MOST_TYPES = 20
NUMBERED_AT_ONCE = 1_000
LATEST = "latest"
_TYPE = re.compile(r"(\*\.)?[a-z_]{1,40}(\.[a-z_]{1,40})?(\.\*)?", re.ASCII)
_TYPES = OpenApiParameter("types", str, description="incident.opened,approval.*,*.moved: at most 20.")
_SIZE = OpenApiParameter("page_size", int, description="1 to 200, default 200.")


def _after(name: str) -> OpenApiParameter:
    told = "“next” or “position” of an answer; “latest” for the end of the log. Without it: 30 days ago."
    return OpenApiParameter(name, str, description=told)


class EventLogViewSet(ApiViewSet):
    """Events of the last 30 days, in the order in which they became visible."""

    scope = "event-log"
    versioned = False
    # The parameter that says where to go on.
    since = "after"
    read_parameters = frozenset({"after", "types", "page_size"})

    @extend_schema(parameters=[_after("after"), _TYPES, _SIZE], responses=out.EventPageOut)
    def poll(self, request: Request) -> Response:
        """The next events behind a position. Go on with ``next``: at once if ``more``, else after a while.

        No event is left out, and none comes twice; a page may be empty because all of it is hidden.
        """
        size, wanted = self._size(), self._wanted()
        eventlog.number_events(limit=NUMBERED_AT_ONCE)  # what the sweep has not come to yet
        start = self._start()
        found = eventlog.stretch_after(start, wanted)
        known = known_to(self.actor, found.events)
        shown = known[:size]
        is_cut = len(known) > size
        last = eventlog.place_of(shown[-1].event) if is_cut else found.last
        now = db_now()
        positions = {told.event.pk: seal(eventlog.place_of(told.event), now) for told in shown}
        context = self.get_serializer_context() | {"positions": positions}
        rows = out.EventOut(shown, many=True, context=context).data
        return Response({"results": rows, "next": seal(last, now), "more": is_cut or found.more})

    def _start(self) -> int:
        text = self.request.query_params.get(self.since)
        if text is None:
            return 0
        return eventlog.newest() if text == LATEST else unseal(text, parameter=self.since)

    def _size(self) -> int:
        text = self.request.query_params.get("page_size", str(MOST))
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
            raise _refused("page_size", _("A page has 1 to %(max)s rows.") % {"max": MOST})
        return int(text)

    def _wanted(self) -> Callable[[str], bool]:
        """Whether an event's name is one of the types asked for; all are when none is named."""
        text = self.request.query_params.get("types")
        if text is None:
            return lambda _name: True
        patterns = list(dict.fromkeys(text.split(",")))
        if len(patterns) > MOST_TYPES:
            raise _refused("types", _("At most %(max)s types.") % {"max": MOST_TYPES})
        strange = [each for each in patterns if not _TYPE.fullmatch(each)]
        if strange:
            told = _("“%(name)s” is no type of event. Write incident.opened, incident.* or *.opened.")
            raise _refused("types", told % {"name": strange[0][:60]})
        return lambda name: any(fnmatchcase(name, each) for each in patterns)


class ChangeFeedViewSet(EventLogViewSet):
    """The event log under the name of a change feed."""

    since = "since"
    read_parameters = frozenset({"since", "types", "page_size"})

    @extend_schema(parameters=[_after("since"), _TYPES, _SIZE], responses=out.EventPageOut)
    def poll(self, request: Request) -> Response:
        """As the event log; ``since`` says where to go on."""
        return super().poll(request)


def _refused(parameter: str, told: str) -> BadInputError:
    return BadInputError(told, errors=[FieldError(f"?{parameter}", "invalid", told)])
