"""Runs: read, started by hand, mended; and the failed steps that wait for somebody."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import refuse
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotAllowedError, NotVisibleError
from tickets.api.parts import PartViewSet
from workflows import services
from workflows.api import serializers as out
from workflows.api.rights import NeedsRight
from workflows.api.selectors import dead_letters, runs_for
from workflows.api.views import check_version
from workflows.choices import StepStatus
from workflows.filters import DeadLetterFilterSet, RunFilterSet
from workflows.models import FlowRun, FlowStep
from workflows.policies import may
from workflows.selectors import steps_of

_OPERATE = ("retry", "skip", "jump", "park", "resume", "variables", "migrate", "cancel")


class RunsViewSet(NeedsRight, PartViewSet):
    """What every endpoint about runs knows of its caller and its run."""

    scope = "flows"
    serializer_class = out.RunOut
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[FlowRun]:  # type: ignore[override] # runs, not tickets
        """Runs the caller may read."""
        return runs_for(self.actor)

    def get_object(self) -> Any:
        """The run of the address with its steps. Raises NotVisibleError."""
        row: Any = self.get_queryset().filter(public_id=self.kwargs["public_id"]).first()
        if row is None:
            raise NotVisibleError
        row.views = steps_of(row)
        return row

    def get_serializer_context(self) -> dict[str, Any]:
        """Representations show operators more."""
        context = super().get_serializer_context()
        if self.request is not None:
            context["operates"] = may(self.actor, "operate")
        return context


class RunViewSet(ListMixin, RetrieveMixin, RunsViewSet):
    """Runs of flows: agents read those about tickets they see, operators mend all of their company."""

    filterset_class = RunFilterSet  # type: ignore[assignment] # the other parts have none
    ordering_fields = {"started_at": ("pk",)}
    default_ordering = "-started_at"
    needs: ClassVar[dict[str, str]] = dict.fromkeys(_OPERATE, "operate")

    def check_visible(self) -> None:
        """Raise NotVisibleError for a run the caller may not read."""
        if not self.get_queryset().filter(public_id=self.kwargs["public_id"]).exists():
            raise NotVisibleError

    @extend_schema(request=out.RetryIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, public_id: Any) -> Response:
        """Try the failed step of a node again."""
        step_id = self._failed(**self.body(out.RetryIn))
        services.retry_step(step_id, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=out.SkipIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, public_id: Any) -> Response:
        """Go on behind the failed step of a node as if it had found ``output``."""
        values = self.body(out.SkipIn)
        more = {name: values.pop(name) for name in ("output", "reason")}
        services.skip_step(self._failed(**values), actor=self.actor, **more)
        return self.answer(self.get_object())

    def _failed(self, node: str, path: str | None = None) -> int:
        """The step that failed last at this node. Raises the refusal that names the field."""
        steps = self.get_object().views
        failed = [
            step
            for step in steps
            if step.node_id == node
            and step.status == StepStatus.FAILED
            and not (step.error or {}).get("handled")
        ]
        if not failed:
            raise refuse("node", _("No step of this node has failed."), "does_not_exist")
        here = [step for step in failed if path is None or step.path == path]
        if not here:
            raise refuse("path", _("No step of this node has failed there."), "does_not_exist")
        step_id: int = here[-1].id
        return step_id

    @extend_schema(request=out.JumpIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def jump(self, request: Request, public_id: Any) -> Response:
        """Go back to a step the run has made before; what happened since stays in its history."""
        values = self.body(out.JumpIn)
        node_id = values.pop("node")
        services.jump_to(self.get_object().pk, node_id=node_id, actor=self.actor, **values)
        return self.answer(self.get_object())

    @extend_schema(request=out.ReasonIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def park(self, request: Request, public_id: Any) -> Response:
        """Stop the run until somebody resumes it; what it waits for goes on waiting."""
        services.park_run(self.get_object().pk, actor=self.actor, **self.body(out.ReasonIn))
        return self.answer(self.get_object())

    @extend_schema(request=None, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, public_id: Any) -> Response:
        """Let a parked run go on."""
        services.resume_run(self.get_object().pk, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=out.VariablesIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def variables(self, request: Request, public_id: Any) -> Response:
        """Change variables of the run."""
        services.set_variables(self.get_object().pk, actor=self.actor, **self.body(out.VariablesIn))
        return self.answer(self.get_object())

    @extend_schema(request=out.MigrateIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def migrate(self, request: Request, public_id: Any) -> Response:
        """Move the run to another version of its flow."""
        run = self.get_object()
        values = self.body(out.MigrateIn)
        check_version(run.flow_version.flow.key, values["version"])
        services.migrate_run(run.pk, to_no=values["version"], plan=values["plan"], actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=out.CancelIn, responses=out.RunOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: Any) -> Response:
        """Ask the run to end; the engine ends it in a moment."""
        services.cancel_run(self.get_object().pk, actor=self.actor, **self.body(out.CancelIn))
        return self.answer(self.get_object())


class StartViewSet(RunsViewSet):
    """Starting a manual flow."""

    needs: ClassVar[dict[str, str]] = {"create": "read_runs"}

    @extend_schema(request=out.StartIn, responses={201: out.RunOut})
    def create(self, request: Request, key: str) -> Response:
        """Start the flow about a ticket one may change; who edits configuration also about none."""
        run = services.start_manually(key, actor=self.actor, **self.body(out.StartIn))
        self.kwargs["public_id"] = run.public_id
        response = Response(self.represent(self.get_object()), status=status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/flow-runs/{run.public_id}/"
        return response

    def still_visible(self, headers: dict[str, str]) -> None:
        """The run that was started."""
        self.kwargs["public_id"] = uuid.UUID(headers["Location"].rstrip("/").rsplit("/", 1)[-1])
        self.get_object()


class DeadLetterViewSet(ListMixin, PartViewSet):
    """Failed steps that wait for an operator; they are mended through their runs."""

    scope = "flows"
    serializer_class = out.DeadLetterOut
    filterset_class = DeadLetterFilterSet  # type: ignore[assignment] # the other parts have none
    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = {"failed_at": ("done_at",)}
    default_ordering = "-failed_at"
    place_columns = ("run__public_id", "node_id", "path", "iter")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not act on them."""
        super().initial(request, *args, **kwargs)
        if self.action and not may(self.actor, "operate"):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[FlowStep]:  # type: ignore[override] # steps, not tickets
        """Failed steps of the caller's company."""
        return dead_letters(self.actor)
