"""Checklist and time spent, under the ticket's own address: for who reads what is internal."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotAllowedError, NotVisibleError
from tickets import services
from tickets.api import serializers as out
from tickets.api.parts import PartViewSet
from tickets.models import ChecklistItem, TimeEntry
from tickets.policies import NOT_THEIRS, why_correct_time
from tickets.worklog import checklist_of, time_of


class _WorkViewSet(PartViewSet):
    versioned = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Not there for who may not read it."""
        super().initial(request, *args, **kwargs)
        if not self.reads_internal():
            raise NotVisibleError

    @cached_property
    def ticket(self) -> Any:
        """Of the visible ticket no more than its parts are found by. Raises NotVisibleError."""
        return self.seen()

    def key_of(self, row: Any) -> str:
        """The id of the part, not the ticket's number."""
        return str(row.public_id)


class ChecklistViewSet(_WorkViewSet):
    """What is to be ticked off on the ticket. For a requester it does not exist."""

    serializer_class = out.ChecklistItemOut

    def list(self, request: Request, number: str) -> Response:
        """The lines in their order; at most 100."""
        return self.all_of(checklist_of(self.actor, self.ticket.pk))

    @extend_schema(request=out.ChecklistItemIn, responses={201: out.ChecklistItemOut})
    def create(self, request: Request, number: str) -> Response:
        """Put a line at the end of the checklist."""
        texts = [self.body(out.ChecklistItemIn)["text"]]
        row = services.add_checklist_items(self.ticket.pk, actor=self.actor, texts=texts)[0]
        return self.answer(row, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, number: str, part_id: Any) -> Response:
        """One line, with its ETag."""
        return self.answer(self._item(part_id))

    @extend_schema(request=out.ChecklistItemChangeIn, responses=out.ChecklistItemOut)
    def partial_update(self, request: Request, number: str, part_id: Any) -> Response:
        """Reword a line, tick it or not, or move it to another place."""
        version = self.expected_version(self._item(part_id))
        values = self.body(out.ChecklistItemChangeIn)
        services.change_checklist_item(
            self.ticket.pk, part_id, actor=self.actor, expected_version=version, **values
        )
        return self.answer(self._item(part_id))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, part_id: Any) -> Response:
        """Take a line away."""
        version = self.expected_version(self._item(part_id))
        services.remove_checklist_item(self.ticket.pk, part_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _item(self, part_id: Any) -> ChecklistItem:
        row = checklist_of(self.actor, self.ticket.pk).filter(public_id=part_id).first()
        if row is None:
            raise NotVisibleError
        return row


class TimeViewSet(_WorkViewSet):
    """Time spent on the ticket. For a requester it does not exist."""

    serializer_class = out.TimeEntryOut

    def list(self, request: Request, number: str) -> Response:
        """What was spent on the ticket and on those merged into it, the latest day first."""
        return self.all_of(time_of(self.actor, self.ticket.pk))

    @extend_schema(request=out.TimeEntryIn, responses={201: out.TimeEntryOut})
    def create(self, request: Request, number: str) -> Response:
        """Note the time that the caller spent; also on a closed ticket."""
        row = services.add_time(self.ticket.pk, actor=self.actor, **self.body(out.TimeEntryIn))
        return self.answer(row, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, number: str, part_id: Any) -> Response:
        """One entry, with its ETag."""
        return self.answer(self._entry(part_id))

    @extend_schema(request=out.TimeEntryChangeIn, responses=out.TimeEntryOut)
    def partial_update(self, request: Request, number: str, part_id: Any) -> Response:
        """Correct an entry: one's own, or as who leads the team."""
        version = self.expected_version(self._correctable(part_id))
        values = self.body(out.TimeEntryChangeIn)
        services.change_time(self.ticket.pk, part_id, actor=self.actor, expected_version=version, **values)
        return self.answer(self._entry(part_id))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, part_id: Any) -> Response:
        """Take an entry away; the ticket's activity tells of it."""
        version = self.expected_version(self._correctable(part_id))
        services.remove_time(self.ticket.pk, part_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _entry(self, part_id: Any) -> TimeEntry:
        """An entry of the ticket itself: those of merged ones are changed where they were made."""
        rows = time_of(self.actor, self.ticket.pk).filter(ticket=self.ticket.pk, public_id=part_id)
        row = rows.first()
        if row is None:
            raise NotVisibleError
        return row

    def _correctable(self, part_id: Any) -> TimeEntry:
        """The same for who may correct it: others are told so before they are asked for a version."""
        row = self._entry(part_id)
        if not why_correct_time(self.actor, self.get_object(), row.person_id):
            raise NotAllowedError(NOT_THEIRS)
        return row
