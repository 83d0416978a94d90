"""Flows and their versions, and the progress of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.api.views import ConfigurationViewSet
from core.api.fields import refuse
from core.errors import FieldError, NotVisibleError, RuleRefusedError, StaleVersionError, WrongStateError
from core.versions import VersionStatus
from tickets.api.parts import PartViewSet
from workflows import services
from workflows.api import serializers as out
from workflows.api.rights import NeedsRight
from workflows.api.selectors import draft_of, flows_shown, has_version, hook_of
from workflows.models import Flow
from workflows.selectors import progress_for, versions_of
from workflows.validate import BadFlowError


class FlowViewSet(NeedsRight, ConfigurationViewSet):
    """The flows there are."""

    scope = "flows"
    serializer_class = out.FlowOut
    needs: ClassVar[dict[str, str]] = {"retire": "retire", "migration": "operate"}

    def get_queryset(self) -> QuerySet[Flow]:
        """All flows."""
        return flows_shown()

    @extend_schema(responses=out.VersionOut(many=True))
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, key: str) -> Response:
        """The editions of a flow, newest first, with their graphs."""
        flow = self.get_object()
        self.serializer_class = out.VersionOut  # type: ignore[assignment] # what belongs to a flow
        return self.all_of(versions_of(flow.key))

    @extend_schema(request=None, responses=out.FlowOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, key: str) -> Response:
        """No new runs from now on; open ones go on. Done twice it is done once."""
        services.retire(self.get_object().key, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=out.MigrateIn, responses=out.VerdictOut(many=True), filters=False)
    @action(detail=True, methods=["post"])
    def migration(self, request: Request, key: str) -> Response:
        """What moving the open runs to a version would do; nothing is moved."""
        flow = self.get_object()
        values = self.body(out.MigrateIn)
        check_version(flow.key, values["version"])
        found = services.preview(flow.key, to_no=values["version"], plan=values["plan"], actor=self.actor)
        self.serializer_class = out.VerdictOut  # type: ignore[assignment] # what belongs to a flow
        return self.all_of(found)


def check_version(flow_key: str, number: int) -> None:
    """Raise the refusal of a body that names a version the flow does not have."""
    if not has_version(flow_key, number):
        raise refuse("version", _("The flow has no such version."), "does_not_exist")


class DraftViewSet(NeedsRight, ConfigurationViewSet):
    """The one draft of a flow: read, written over, published."""

    scope = "flows"
    serializer_class = out.VersionOut
    needs: ClassVar[dict[str, str]] = {"save": "edit", "publish": "publish"}
    matching: ClassVar[Mapping[str, bool]] = {"save": True, "publish": False}

    def get_object(self) -> Any:
        """The draft. Raises NotVisibleError."""
        row = draft_of(self.kwargs["key"])
        if row is None:
            raise NotVisibleError
        return row

    def still_visible(self, headers: dict[str, str]) -> None:
        """A repeat is answered after the draft was published too; the right was checked."""

    @extend_schema(request=out.DraftIn, responses=out.VersionOut)
    def save(self, request: Request, key: str) -> Response:
        """Keep this graph as the draft. It may have mistakes; publishing finds them."""
        row = draft_of(key)
        version = self._version_before(row)
        values = self.body(out.DraftIn)
        try:
            services.save_draft(actor=self.actor, key=key, expected_version=version, **values)
        except RuleRefusedError as refusal:
            raise BadFlowError(
                refusal.detail, errors=[_in_graph(each) for each in refusal.errors], code=refusal.code
            ) from refusal
        return self.answer(self.get_object())

    def _version_before(self, row: Any) -> int | None:
        if row is not None:
            return self.expected_version(row)
        if self.request.headers.get("If-Match"):  # nothing can match what is not there (RFC 9110)
            raise StaleVersionError(_("The draft that was read has been published or is not there."))
        return 0

    @extend_schema(request=out.PublishIn, responses=out.VersionOut)
    def publish(self, request: Request, key: str) -> Response:
        """Make the draft the version that new runs take. Every mistake is told with its place."""
        row = draft_of(key)
        wanted = self.body(out.PublishIn).get("version")
        if row is None:
            newest = versions_of(key).first()
            if newest is None:
                raise NotVisibleError
            text = _("There is no draft to publish.")
            raise WrongStateError(text, current_state=newest.status, allowed=[])
        if wanted is not None and wanted != row.no:
            raise refuse("version", _("The draft has another number."))
        version = self.expected_version(row, required=False)
        services.publish(row.pk, actor=self.actor, expected_version=version)
        found = versions_of(key).filter(status=VersionStatus.PUBLISHED).get()
        return self.answer(found)


def _in_graph(error: FieldError) -> FieldError:
    """The place of a mistake as the body has it."""
    if error.field.split(".")[0] in {"graph", "name_ko", "name_en", "notes"}:
        return error
    return FieldError(f"graph.{error.field}", error.code, error.detail)


class HookSecretViewSet(NeedsRight, ConfigurationViewSet):
    """What calls to ``/hooks/{flow_key}/`` are signed with."""

    scope = "flows"
    serializer_class = out.HookOut
    versioned = False
    secret_actions = frozenset({"make"})
    needs: ClassVar[dict[str, str]] = {"retrieve": "hook", "make": "hook", "end": "hook"}

    def get_object(self) -> Any:
        """The flow's hook. Raises NotVisibleError."""
        row = hook_of(self.kwargs["key"])
        if row is None:
            raise NotVisibleError
        return row

    def stored_body(self, data: Any) -> Any:
        """A repeat does not tell the secret again: it is kept nowhere."""
        return data | {"secret": None} if "secret" in data else data

    @extend_schema(request=None, responses={201: out.HookMadeOut})
    def make(self, request: Request, key: str) -> Response:
        """Make a secret. It is in this answer and nowhere else; the one before is good for 24 h more."""
        stepup.check(request)
        hook, secret = services.make_hook_secret(key, actor=self.actor)
        return Response(self.represent(hook) | {"secret": secret}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def end(self, request: Request, key: str) -> Response:
        """Forget the secrets at once: no call starts the flow any more."""
        services.end_hook(key, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TicketProgressViewSet(PartViewSet):
    """The stages of a ticket's flow, as its requester sees them."""

    serializer_class = out.StageOut

    def list(self, request: Request, number: str) -> Response:
        """Each stage: done, now or to do; who it waits for, since when and until when."""
        return self.all_of(progress_for(self.ticket))
