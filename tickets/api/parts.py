"""What belongs to a ticket, under the ticket's own address (API A-10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import PersonRef
from accounts.selectors import person_named
from core import attachments
from core.api.errors import TooLargeError
from core.api.views import ListMixin
from core.errors import NotVisibleError, RuleRefusedError
from core.models import Attachment
from tickets.api import serializers as out
from tickets.api.selectors import activity_for, files_by_activity, further_cis
from tickets.api.views import TicketsViewSet
from tickets.choices import ActivityKind
from tickets.models import Activity, Survey
from tickets.selectors import (
    attachment_for,
    attachments_of,
    belongs_to,
    links_for,
    survey_asked,
    watchers_of,
)
from tickets.services import (
    add_comment,
    add_work_note,
    answer_survey,
    attach,
    link,
    unlink,
    unwatch,
    watch,
)

# Room for the parts of a multipart body beside the file itself.
ENVELOPE = 64 * 1024
OF_FILES = ["Accept-Ranges", "Content-Disposition", "ETag", "Repr-Digest"]


class PartViewSet(TicketsViewSet):
    """The base of a ticket's parts."""

    versioned = False
    filterset_class = None
    expandable: ClassVar[dict[str, Any]] = {}

    @cached_property
    def ticket(self) -> Any:
        """The visible ticket of the address. Raises NotVisibleError."""
        return self.get_object()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A ticket that is not there is told before anything about what was sent to it."""
        super().initial(request, *args, **kwargs)
        if "number" in self.kwargs and request.method != "GET":
            _ = self.ticket

    def get_serializer_context(self) -> dict[str, Any]:
        """Representations of files need the ticket's address."""
        context = super().get_serializer_context()
        if "number" in getattr(self, "kwargs", {}) and self.request is not None:
            context["ticket_url"] = (
                self.request.path.split(self.kwargs["number"])[0] + f"{self.kwargs['number']}/"
            )
        return context

    def changed_fields(self, row: Any, writes: int) -> None:
        """Of a part nothing is told: the activity is the ticket's, and its key is not the part's."""

    def still_visible(self, headers: dict[str, str]) -> None:
        """A stored answer is given again only while the ticket is visible."""
        self.get_object()


class ActivityViewSet(ListMixin, PartViewSet):
    """What happened: state changes, comments, and for agents also notes and field changes."""

    serializer_class = out.ActivityOut
    only = ""

    @cached_property
    def ticket(self) -> Any:
        """Of the visible ticket no more than its activity is found by. Raises NotVisibleError."""
        return self.seen()

    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = {"at": ("pk",)}
    default_ordering = "at"

    def get_queryset(self) -> QuerySet[Activity]:  # type: ignore[override] # rows of the ticket, not tickets
        """The rows the caller may read."""
        return activity_for(self.actor, self.ticket, kind=self.only)

    def prepare(self, page: list[Activity]) -> list[Activity]:
        """The page with its files: one query."""
        files = files_by_activity(self.actor, page)
        for row in page:
            row.files = files.get(row.pk, [])  # type: ignore[attr-defined]
        return page


class CommentViewSet(ActivityViewSet):
    """Public words: requester and agents read them."""

    only = ActivityKind.COMMENT
    say = staticmethod(add_comment)

    @extend_schema(request=out.WordsIn, responses={201: out.ActivityOut})
    def create(self, request: Request, number: str) -> Response:
        """Say something on the ticket."""
        row = self.say(self.ticket.pk, actor=self.actor, **self.body(out.WordsIn))
        return self.made(self.prepare([activity_for(self.actor, self.ticket).get(pk=row.pk)])[0])


class WorkNoteViewSet(CommentViewSet):
    """Internal notes. For a requester they do not exist."""

    only = ActivityKind.WORK_NOTE
    say = staticmethod(add_work_note)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Not there for who may not read them."""
        super().initial(request, *args, **kwargs)
        if not self.reads_internal():
            raise NotVisibleError


class AttachmentViewSet(PartViewSet):
    """Files on the ticket."""

    in_bulk = False
    serializer_class = out.FileOut
    parser_classes = [MultiPartParser]

    def list(self, request: Request, number: str) -> Response:
        """The files the caller may read, oldest first; at most 20."""
        return self.all_of(attachments_of(self.actor, self.ticket))

    @extend_schema(
        request={"multipart/form-data": out.UploadIn},
        responses={201: out.FileOut},
    )
    def create(self, request: Request, number: str) -> Response:
        """Put a file on the ticket; its type is told by its content."""
        ticket = self.ticket
        with transaction.atomic():
            row = attach(ticket.pk, actor=self.actor, attachment=take_in(request))
        return self.made(row)


class ContentViewSet(PartViewSet):
    """The content of one file."""

    in_bulk = False
    plain_actions = frozenset({"retrieve"})
    more_refusals: ClassVar[dict[str, str]] = {
        "412": "stale_version: If-Match names another content",
        "416": "range_not_satisfiable, with Content-Range: bytes */SIZE",
    }
    more_headers: ClassVar[dict[str, list[str]]] = {
        "200": OF_FILES,
        "206": [*OF_FILES, "Content-Range"],
        "304": OF_FILES,
        "412": ["ETag"],
        "416": ["Content-Range"],
    }

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "Range", str, "header", description="One part: bytes=0-99, bytes=100- or bytes=-50."
            ),
            OpenApiParameter("If-Range", str, "header", description="The ETag of what the part belongs to."),
            OpenApiParameter("If-None-Match", str, "header", description="The ETag of what the caller has."),
        ],
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="The caller has it."),
        },
    )
    def retrieve(self, request: Request, number: str, file_id: Any) -> HttpResponseBase:
        """The content of one file, or with Range a part of it; Repr-Digest is the checksum of the whole."""
        place = attachment_for(self.actor, file_id)
        if not belongs_to(self.ticket, place):
            raise NotVisibleError
        return attachments.download(request, place.attachment)


def take_in(request: Request) -> Attachment:
    """The file of a multipart body, stored. Raises TooLargeError, RuleRefusedError."""
    limit = settings.ATTACHMENT_MAX_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit + ENVELOPE:
        raise TooLargeError(_("This file is larger than %(mib)s MiB.") % {"mib": limit // (1024 * 1024)})
    body = out.UploadIn(data=dict(_single(request)))
    body.is_valid(raise_exception=True)
    file = body.validated_data["file"]
    try:
        return attachments.accept(uploader=request.user, name=file.name, chunks=file.chunks())
    except RuleRefusedError as refusal:
        if refusal.errors and refusal.errors[0].code == TooLargeError.code:
            raise TooLargeError(refusal.detail, errors=refusal.errors) from refusal
        raise


def _single(request: Request) -> Iterator[tuple[str, Any]]:
    form: Any = request.data
    for name, values in form.lists():
        yield name, values[0] if len(values) == 1 else values


class UploadViewSet(PartViewSet):
    """Files that are to be named in a later call: in a comment, or as an answer of an order form."""

    scope = "attachments"
    in_bulk = False
    serializer_class = out.UploadOut
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": out.UploadIn},
        responses={201: OpenApiResponse(out.UploadOut)},
    )
    def create(self, request: Request) -> Response:
        """Store a file; it belongs to the caller until it is put on a ticket."""
        return self.made(take_in(request))

    def still_visible(self, headers: dict[str, str]) -> None:
        """One's own upload always is."""


class WatcherViewSet(PartViewSet):
    """People who follow the ticket."""

    serializer_class = PersonRef

    def list(self, request: Request, number: str) -> Response:
        """The watchers, by name."""
        return self.all_of(watchers_of(self.ticket))

    @extend_schema(request=out.WatcherIn, responses={201: PersonRef})
    def create(self, request: Request, number: str) -> Response:
        """Let somebody follow the ticket; done twice it is done once."""
        user = self.body(out.WatcherIn)["user"]
        watch(self.ticket.pk, actor=self.actor, user=user)
        return self.made(user)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, username: str) -> Response:
        """Stop somebody's following."""
        user = person_named(self.actor, username)
        if user is None or not watchers_of(self.ticket).filter(pk=user.pk).exists():
            raise NotVisibleError
        unwatch(self.ticket.pk, actor=self.actor, user=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LinkViewSet(PartViewSet):
    """Ties to other tickets; a link whose other end the caller may not see is not there."""

    serializer_class = out.LinkOut

    def list(self, request: Request, number: str) -> Response:
        """The links, oldest first."""
        return self.all_of(links_for(self.actor, self.ticket))

    @extend_schema(request=out.LinkIn, responses={201: out.LinkOut})
    def create(self, request: Request, number: str) -> Response:
        """Say what the ticket is to another one."""
        return self.made(link(self.ticket.pk, actor=self.actor, **self.body(out.LinkIn)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, link_id: Any) -> Response:
        """Take a link away."""
        found = [row for row in links_for(self.actor, self.ticket) if row.public_id == link_id]
        if not found:
            raise NotVisibleError
        unlink(found[0].pk, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SurveyViewSet(PartViewSet):
    """How it went: for who was asked, and for agents."""

    serializer_class = out.SurveyOut

    def retrieve(self, request: Request, number: str) -> Response:
        """The question and the answer so far; nothing where nobody was asked."""
        return self.answer(self._survey())

    @extend_schema(request=out.SurveyIn, responses={201: out.SurveyOut})
    def create(self, request: Request, number: str) -> Response:
        """Answer; the last answer before the question closes counts."""
        answer_survey(self.ticket.pk, actor=self.actor, **self.body(out.SurveyIn))
        return self.made(self._survey())

    def _survey(self) -> Survey:
        row = survey_asked(self.actor, self.ticket)
        if row is None:
            raise NotVisibleError
        return row


class TicketCIViewSet(PartViewSet):
    """Configuration items the ticket touches beside its main one. Agents read them."""

    serializer_class = out.TicketCIOut

    def list(self, request: Request, number: str) -> Response:
        """The items and their roles."""
        if not self.reads_internal():
            raise NotVisibleError
        return self.all_of(further_cis(self.ticket))
