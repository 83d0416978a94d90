"""What people find out about the cause of a problem, under the problem's own address (PROCESSES PRB-11)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotVisibleError
from problems import services
from problems.api import serializers as out
from problems.models import Factor, Why
from problems.rootcause import Rib, ribs
from problems.selectors import MOST_STORY, bone_names_of, factors_of, story_of, whys_of
from tickets.api.parts import PartViewSet


class _ProblemPartViewSet(PartViewSet):
    @cached_property
    def ticket(self) -> Any:
        """Of the visible problem no more than its parts are found by. Raises NotVisibleError."""
        return self.seen()


class _VersionedViewSet(_ProblemPartViewSet):
    versioned = True

    def key_of(self, row: Any) -> str:
        """The id of the part, not the problem's number."""
        return str(row.public_id)


class WhyViewSet(_VersionedViewSet):
    """The tree of whys: each answer names the one that it explains."""

    serializer_class = out.WhyOut

    def list(self, request: Request, number: str) -> Response:
        """The answers in the order in which they were given; at most 100."""
        return self.all_of(whys_of(self.ticket.pk).select_related("above"))

    @extend_schema(request=out.WhyIn, responses={201: out.WhyOut})
    def create(self, request: Request, number: str) -> Response:
        """Answer why the problem is, or why another answer is so."""
        row = services.add_why(self.ticket.pk, actor=self.actor, **self.body(out.WhyIn))
        return self.answer(row, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, number: str, part_id: Any) -> Response:
        """One answer, with its ETag."""
        return self.answer(self._why(part_id))

    @extend_schema(request=out.WhyChangeIn, responses=out.WhyOut)
    def partial_update(self, request: Request, number: str, part_id: Any) -> Response:
        """Change an answer, or mark it as the root cause."""
        version = self.expected_version(self._why(part_id))
        values = self.body(out.WhyChangeIn)
        row = services.change_why(
            self.ticket.pk, part_id, actor=self.actor, expected_version=version, **values
        )
        return self.answer(row)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, part_id: Any) -> Response:
        """Take an answer away, with all below it."""
        version = self.expected_version(self._why(part_id))
        services.remove_why(self.ticket.pk, part_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _why(self, part_id: Any) -> Why:
        row = whys_of(self.ticket.pk).select_related("above").filter(public_id=part_id).first()
        if row is None:
            raise NotVisibleError
        return row


class FactorViewSet(_VersionedViewSet):
    """Possible causes in the cause-and-effect diagram."""

    serializer_class = out.FactorOut

    def list(self, request: Request, number: str) -> Response:
        """The possible causes, in the order in which they were given; at most 120."""
        return self.all_of(factors_of(self.ticket.pk))

    @extend_schema(request=out.FactorIn, responses={201: out.FactorOut})
    def create(self, request: Request, number: str) -> Response:
        """Put a possible cause into a category."""
        row = services.add_factor(self.ticket.pk, actor=self.actor, **self.body(out.FactorIn))
        return self.answer(row, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, number: str, part_id: Any) -> Response:
        """One possible cause, with its ETag."""
        return self.answer(self._factor(part_id))

    @extend_schema(request=out.FactorChangeIn, responses=out.FactorOut)
    def partial_update(self, request: Request, number: str, part_id: Any) -> Response:
        """Change a possible cause, confirm it or rule it out."""
        version = self.expected_version(self._factor(part_id))
        values = self.body(out.FactorChangeIn)
        row = services.change_factor(
            self.ticket.pk, part_id, actor=self.actor, expected_version=version, **values
        )
        return self.answer(row)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, part_id: Any) -> Response:
        """Take a possible cause away."""
        version = self.expected_version(self._factor(part_id))
        services.remove_factor(self.ticket.pk, part_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _factor(self, part_id: Any) -> Factor:
        row = factors_of(self.ticket.pk).filter(public_id=part_id).first()
        if row is None:
            raise NotVisibleError
        return row


class BoneViewSet(_ProblemPartViewSet):
    """The six categories of the cause-and-effect diagram."""

    serializer_class = out.BoneOut

    def list(self, request: Request, number: str) -> Response:
        """The whole diagram: each category with its possible causes."""
        return self.all_of(_diagram(self.ticket.pk))

    @extend_schema(request=out.BoneIn, responses=out.BoneOut)
    def partial_update(self, request: Request, number: str, bone: str) -> Response:
        """Call a category something else for this problem."""
        services.name_bone(self.ticket.pk, bone, actor=self.actor, **self.body(out.BoneIn))
        return self.answer(next(rib for rib in _diagram(self.ticket.pk) if rib.bone == bone))


def _diagram(problem_pk: int) -> list[Rib]:
    return ribs(bone_names_of(problem_pk), factors_of(problem_pk))


class StoryViewSet(_ProblemPartViewSet):
    """What happened around the problem."""

    serializer_class = out.StoryOut

    def list(self, request: Request, number: str) -> Response:
        """Moves of its incidents and of tickets on its items, oldest first; at most 200."""
        return self.all_of(story_of(self.actor, self.get_object())[:MOST_STORY])
