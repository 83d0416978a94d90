"""Dry runs, scenarios and replays over REST: try a flow before it is published."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import ConfigurationViewSet
from core.api.fields import refuse
from core.errors import NotAllowedError, NotVisibleError
from tickets.models import Ticket
from tickets.selectors import ticket_numbered
from workflows import services
from workflows.api import trying as out
from workflows.policies import may
from workflows.rehearsal import Script, Subject, rehearse
from workflows.replay import replay_runs
from workflows.selectors import flows_all, graph_of, scenarios_of
from workflows.services.scenarios import parse_subject


class TryingViewSet(ConfigurationViewSet):
    """What is tried about one flow; for who edits flows."""

    scope = "flows"
    versioned = False
    serializer_class: Any = out.RehearsalOut

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not edit flows."""
        super().initial(request, *args, **kwargs)
        if self.action and not may(self.actor, "edit"):
            raise NotAllowedError

    def get_queryset(self) -> Any:
        """All flows."""
        return flows_all()

    def graph(self, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The flow's key, and the graph the body gives or names; without either the draft or published one.

        Raises Http404 for no such flow, RuleRefusedError for no such version or a graph of another flow.
        """
        key = self.get_object().key
        if body.get("graph") is not None and body.get("version") is not None:
            raise refuse("version", _("Give a graph or name a version; not both."))
        found = body.get("graph") or graph_of(key, body.get("version"))
        if found is None:
            raise refuse("version", _("This flow has no such version."), "does_not_exist")
        if found.get("key") != key:
            raise refuse("graph", _("The key does not fit this flow."))
        return key, found


class RehearsalViewSet(TryingViewSet):
    """Dry runs: nothing remains of them."""

    @extend_schema(request=out.DryRunIn, responses=out.RehearsalOut)
    @action(detail=True, methods=["post"])
    def dry_run(self, request: Request, key: str) -> Response:
        """What a run would do: its path, what it would write and send, whom it would ask and until when."""
        body = self.body(out.DryRunIn)
        _key, graph = self.graph(body)
        subject = self._subject(body)
        company = subject.company_id if isinstance(subject, Ticket) else self.actor.company_id
        script = Script.parse(body["script"], company_id=company)
        found = rehearse(graph, ticket=subject, vars=body["vars"], script=script, actor=self.actor)
        return Response(out.RehearsalOut(found.data(), context=self.get_serializer_context()).data)

    def _subject(self, body: dict[str, Any]) -> Ticket | Subject | None:
        number, made = body.get("ticket"), body.get("subject")
        if number and made:
            raise refuse("subject", _("Name a ticket, or say which to open; not both."))
        if not number:
            return parse_subject(made)
        try:
            return ticket_numbered(self.actor, number)
        except NotVisibleError as missing:
            text = _("There is no “%(key)s” that you may use here.") % {"key": number[:60]}
            raise refuse("ticket", text, "does_not_exist") from missing


class ReplayViewSet(TryingViewSet):
    """Replays of old runs under another edition; nothing is written."""

    serializer_class: Any = out.ReplayOut

    @extend_schema(request=out.ReplayIn, responses=out.ReplayOut(many=True))
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, key: str) -> Response:
        """The last runs, newest first: the same path, another one from which node on, or not known."""
        body = self.body(out.ReplayIn)
        flow_key, graph = self.graph(body)
        return self.all_of(replay_runs(flow_key, graph, last=body["last"], actor=self.actor))


class ScenarioViewSet(TryingViewSet):
    """Saved rehearsals with what must come of them."""

    is_paged = False
    serializer_class: Any = out.ScenarioOut

    def list(self, request: Request, key: str) -> Response:
        """The flow's scenarios, by name."""
        return self.all_of(scenarios_of(self.get_object().key))

    @extend_schema(request=out.ScenarioIn, responses={201: out.ScenarioOut})
    def create(self, request: Request, key: str) -> Response:
        """Save a scenario; one of the same name is replaced."""
        body = self.body(out.ScenarioIn)
        parts = ("ticket", "subject", "vars", "script")
        setting = {name: body[name] for name in parts if body.get(name)}
        try:
            row = services.save_scenario(
                self.get_object().key,
                actor=self.actor,
                name=body["name"],
                setting=setting,
                expected=body["expected"],
            )
        except NotVisibleError as missing:
            text = _("There is no “%(key)s” that you may use here.") % {"key": str(body.get("ticket"))[:60]}
            raise refuse("ticket", text, "does_not_exist") from missing
        return self.made(row)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str, public_id: Any) -> Response:
        """Take a scenario away."""
        flow_key = self.get_object().key
        row = scenarios_of(flow_key).filter(public_id=public_id).first()
        if row is None:
            raise NotVisibleError
        services.delete_scenario(flow_key, row.name, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=out.RunScenariosIn, responses=out.ScenarioResultOut(many=True))
    @action(detail=True, methods=["post"])
    def run(self, request: Request, key: str) -> Response:
        """Rehearse all scenarios; each tells in which points it differs from what is expected."""
        body = self.body(out.RunScenariosIn)
        flow_key, graph = self.graph(body)
        self.serializer_class = out.ScenarioResultOut
        return self.all_of(services.run_scenarios(flow_key, graph, actor=self.actor))
