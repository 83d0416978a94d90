"""Major incidents, under the incident's own address (PROCESSES INC-13 to INC-15). Agents read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotVisibleError
from incidents import services
from incidents.api import major_serializers as out
from incidents.choices import Part
from incidents.major_selectors import (
    Seat,
    major_facts,
    review_of,
    seats_of,
    todos_of,
    updates_of,
)
from incidents.models import Incident, MajorReview, MajorTodo
from tickets.api.parts import PartViewSet


class _MajorPartViewSet(PartViewSet):
    @cached_property
    def ticket(self) -> Any:
        """Of the visible incident no more than its parts are found by. Raises NotVisibleError."""
        return self.seen()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Not there for who reads nothing that is internal."""
        super().initial(request, *args, **kwargs)
        if not self.reads_internal():
            raise NotVisibleError


class MajorViewSet(_MajorPartViewSet):
    """Whether an incident is a major one, and what may be done about that."""

    serializer_class = out.MajorOut
    matching: ClassVar[Mapping[str, bool]] = dict.fromkeys(("propose", "accept", "reject", "demote"), False)

    def retrieve(self, request: Request, number: str) -> Response:
        """How the incident stands, with its proposals."""
        return self._told(self.get_object())

    @extend_schema(request=out.MajorProposeIn, responses=out.MajorOut)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, number: str) -> Response:
        """Say that it may be a major incident; who leads those is told."""
        return self._move(services.propose_major, out.MajorProposeIn)

    @extend_schema(request=out.MajorAcceptIn, responses=out.MajorOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, number: str) -> Response:
        """Make it a major incident; the answer is of a new one where a setting puts that above it."""
        return self._move(services.accept_major, out.MajorAcceptIn)

    @extend_schema(request=out.MajorReasonIn, responses=out.MajorOut)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, number: str) -> Response:
        """Say that a proposed one is none."""
        return self._move(services.reject_major, out.MajorReasonIn)

    @extend_schema(request=out.MajorReasonIn, responses=out.MajorOut)
    @action(detail=True, methods=["post"])
    def demote(self, request: Request, number: str) -> Response:
        """Say that it is none any more."""
        return self._move(services.demote_major, out.MajorReasonIn)

    def _move(self, act: Callable[..., Incident], kind: Any) -> Response:
        version = self.expected_version(self.ticket, required=False)
        values = self.body(kind)
        return self._told(act(self.ticket.pk, actor=self.actor, expected_version=version, **values))

    def _told(self, incident: Incident) -> Response:
        return self.answer(major_facts(self.actor, incident))


class MajorRoleViewSet(_MajorPartViewSet):
    """Who does what in the room of a major incident."""

    serializer_class = out.MajorRoleOut

    def list(self, request: Request, number: str) -> Response:
        """Every part, also those that nobody has."""
        return self.all_of(seats_of(self.ticket.pk))

    @extend_schema(request=out.MajorRoleIn, responses=out.MajorRoleOut)
    def partial_update(self, request: Request, number: str, role: str) -> Response:
        """Give a part to somebody, or to nobody."""
        if role not in Part.values:
            raise NotVisibleError
        services.seat_major(self.ticket.pk, role, actor=self.actor, **self.body(out.MajorRoleIn))
        return self.answer(self._seat(role))

    def _seat(self, role: str) -> Seat:
        return next(seat for seat in seats_of(self.ticket.pk) if seat.role == role)


class MajorUpdateViewSet(_MajorPartViewSet):
    """What was said of a major incident, and to whom."""

    serializer_class = out.MajorUpdateOut

    def list(self, request: Request, number: str) -> Response:
        """The updates, newest first; at most 200."""
        return self.all_of(updates_of(self.ticket.pk))

    @extend_schema(request=out.MajorUpdateIn, responses={201: out.MajorUpdateOut})
    def create(self, request: Request, number: str) -> Response:
        """Say how it stands; the next update is due from now on."""
        values = self.body(out.MajorUpdateIn)
        return self.made(services.send_major_update(self.ticket.pk, actor=self.actor, **values))


class MajorActionViewSet(_MajorPartViewSet):
    """What is to be done about a major incident."""

    serializer_class = out.MajorActionOut
    versioned = True

    def key_of(self, row: Any) -> str:
        """The id of the action, not the incident's number."""
        return str(row.public_id)

    def list(self, request: Request, number: str) -> Response:
        """The actions, oldest first; at most 100."""
        return self.all_of(todos_of(self.ticket.pk))

    @extend_schema(request=out.MajorActionIn, responses={201: out.MajorActionOut})
    def create(self, request: Request, number: str) -> Response:
        """Add something to be done."""
        row = services.add_major_todo(self.ticket.pk, actor=self.actor, **self.body(out.MajorActionIn))
        return self.answer(row, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, number: str, part_id: Any) -> Response:
        """One action, with its ETag."""
        return self.answer(self._todo(part_id))

    @extend_schema(request=out.MajorActionChangeIn, responses=out.MajorActionOut)
    def partial_update(self, request: Request, number: str, part_id: Any) -> Response:
        """Change an action, or say that it is done."""
        version = self.expected_version(self._todo(part_id))
        values = self.body(out.MajorActionChangeIn)
        row = services.change_major_todo(
            self.ticket.pk, part_id, actor=self.actor, expected_version=version, **values
        )
        return self.answer(row)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, part_id: Any) -> Response:
        """Take an action from the list."""
        version = self.expected_version(self._todo(part_id))
        services.remove_major_todo(self.ticket.pk, part_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _todo(self, part_id: Any) -> MajorTodo:
        row = todos_of(self.ticket.pk).filter(public_id=part_id).first()
        if row is None:
            raise NotVisibleError
        return row


class MajorReviewViewSet(_MajorPartViewSet):
    """What is learnt from a major incident; there from the moment it is resolved."""

    serializer_class = out.MajorReviewOut
    versioned = True
    matching: ClassVar[Mapping[str, bool]] = {"finish": False}

    def retrieve(self, request: Request, number: str) -> Response:
        """The review, with its ETag."""
        return self.answer(self._review())

    @extend_schema(request=out.MajorReviewChangeIn, responses=out.MajorReviewOut)
    def partial_update(self, request: Request, number: str) -> Response:
        """Change the texts of the review."""
        version = self.expected_version(self._review())
        values = self.body(out.MajorReviewChangeIn)
        row = services.change_review(self.ticket.pk, actor=self.actor, expected_version=version, **values)
        return self.answer(row)

    @extend_schema(request=None, responses=out.MajorReviewOut)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, number: str) -> Response:
        """Finish the review; it is not changed any more."""
        version = self.expected_version(self._review(), required=False)
        return self.answer(services.finish_review(self.ticket.pk, actor=self.actor, expected_version=version))

    def _review(self) -> MajorReview:
        row = review_of(self.ticket.pk)
        if row is None:
            raise NotVisibleError
        return row
