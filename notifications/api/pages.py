"""The pages about a ticket to who is on call, and answering them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.addresses import Address
from core.errors import NotVisibleError
from notifications import paging
from notifications.api.serializers import PageOut
from notifications.selectors import pages_of
from tickets.api.parts import PartViewSet


class TicketPageViewSet(PartViewSet):
    """The pages about a ticket. Agents read and answer them."""

    serializer_class = PageOut

    def list(self, request: Request, number: str) -> Response:
        """The pages, newest first."""
        ticket = self.ticket
        if not self.reads_internal():
            raise NotVisibleError
        return self.all_of(pages_of(ticket))

    @extend_schema(request=None, responses=PageOut(many=True))
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, number: str) -> Response:
        """Answer what waits for an answer: it climbs no further. 409 when nothing does."""
        ticket = self.ticket
        if not self.reads_internal():
            raise NotVisibleError
        paging.acknowledge(ticket.pk, actor=self.actor)
        return self.all_of(pages_of(ticket))


_PAGES = "tickets/<key:number>/pages/"
_OF_ALL = {"kind": "", "scope": "tickets"}
addresses = [
    Address(_PAGES, TicketPageViewSet, {"get": "list"}, "tickets-pages-list", _OF_ALL),
    Address(
        f"{_PAGES}acknowledge/", TicketPageViewSet, {"post": "acknowledge"}, "tickets-pages-ack", _OF_ALL
    ),
]
