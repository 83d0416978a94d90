"""Flows, their runs, and the progress of a ticket."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import ConfigurationViewSet
from core.api.fields import refuse
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotVisibleError
from tickets.api.parts import PartViewSet
from workflows import services
from workflows.api import serializers as out
from workflows.api.selectors import runs_for
from workflows.choices import StepStatus
from workflows.filters import RunFilterSet
from workflows.models import Flow, FlowRun
from workflows.selectors import flows_all, progress_for, run_history, versions_of


class FlowViewSet(ConfigurationViewSet):
    """The flows there are; they are edited in the designer."""

    scope = "flows"
    serializer_class = out.FlowOut

    def get_queryset(self) -> QuerySet[Flow]:
        """All flows."""
        return flows_all()

    @extend_schema(responses=out.VersionOut(many=True))
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, key: str) -> Response:
        """The editions of a flow, newest first, with their graphs."""
        flow = self.get_object()
        self.serializer_class = out.VersionOut  # type: ignore[assignment] # what belongs to a flow
        return self.all_of(versions_of(flow.key))


class RunViewSet(ListMixin, RetrieveMixin, PartViewSet):
    """Runs of flows about tickets the caller may see. Agents read them."""

    scope = "flows"
    serializer_class = out.RunOut
    filterset_class = RunFilterSet  # type: ignore[assignment] # the other parts have none
    lookup_field = "public_id"
    ordering_fields = {"started_at": ("pk",)}
    default_ordering = "-started_at"

    def get_queryset(self) -> QuerySet[FlowRun]:  # type: ignore[override] # runs, not tickets
        """Runs the caller may read."""
        return runs_for(self.actor)

    def get_object(self) -> FlowRun:
        """The run of the address with its steps. Raises NotVisibleError."""
        row = self.get_queryset().filter(public_id=self.kwargs["public_id"]).first()
        if row is None or row.ticket is None:
            raise NotVisibleError
        found = next(view for view in run_history(row.ticket) if view.run.pk == row.pk)
        row.views = found.steps  # type: ignore[attr-defined]
        return row

    @extend_schema(request=out.RetryIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, public_id: Any) -> Response:
        """Try the failed step of a node again."""
        run: Any = self.get_object()
        node = self.body(out.RetryIn)["node"]
        failed = [step for step in run.views if step.node_id == node and step.status == StepStatus.FAILED]
        if not failed:
            raise refuse("node", _("No step of this node has failed."), "does_not_exist")
        services.retry_step(failed[-1].id, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=out.CancelIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: Any) -> Response:
        """Ask the run to end; the engine ends it in a moment."""
        run = self.get_object()
        services.cancel_run(run.pk, actor=self.actor, **self.body(out.CancelIn))
        return self.answer(self.get_object())


class TicketProgressViewSet(PartViewSet):
    """The stages of a ticket's flow, as its requester sees them."""

    serializer_class = out.StageOut

    def list(self, request: Request, number: str) -> Response:
        """Each stage: done, now or to do; who it waits for, since when and until when."""
        return self.all_of(progress_for(self.ticket))
