"""Dry runs, scenarios and replays: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.fields import Body, Line, Moment, Out, Whole
from workflows.replay import MAX_RUNS


class _Object(serializers.DictField):
    """An object of any names and values; what they must be is checked where they are used."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=kwargs.pop("required", False), **kwargs)


class _WithGraph(Body):
    """A graph, or the number of a version; without either the draft, else the published version."""

    graph = _Object(allow_null=True)
    version = Whole(low=1, required=False, allow_null=True)


class DryRunIn(_WithGraph):
    """The flow, the ticket it is about (or one to be opened for it), variables, and the answers."""

    ticket = Line(max_length=20, required=False)
    subject = _Object(allow_null=True)
    vars = _Object(default=dict)
    script = _Object(default=dict)


class ReplayIn(_WithGraph):
    """The flow, and how many of its last runs."""

    last = Whole(low=1, high=MAX_RUNS, required=False, default=50)


class RunScenariosIn(_WithGraph):
    """The flow."""


class ScenarioIn(Body):
    """A rehearsal, and some of status, outcome, path, approvals and vars that must come of it."""

    name = Line(max_length=120, allow_blank=False)
    ticket = Line(max_length=20, required=False)
    subject = _Object(allow_null=True)
    vars = _Object(default=dict)
    script = _Object(default=dict)
    expected = _Object(required=True)


class StoppedOut(Out):
    """Why it went no further, and at which nodes."""

    reason = serializers.CharField()
    text = serializers.CharField()
    nodes = serializers.ListField(child=serializers.CharField())


class PathStepOut(Out):
    """One step that would be made."""

    node = serializers.CharField()
    path = serializers.CharField()
    iter = serializers.IntegerField()
    kind = serializers.CharField()
    status = serializers.CharField()
    outcome = serializers.CharField()
    flow = serializers.CharField()
    entered_at = serializers.CharField()
    done_at = serializers.CharField(allow_null=True)
    error = serializers.DictField(allow_null=True)


class RehearsalOut(Out):
    """All that would happen. Times are those of the dry run's own clock; DRY numbers do not exist."""

    status = serializers.CharField()
    outcome = serializers.CharField()
    stage = serializers.CharField()
    vars = serializers.DictField()
    error = serializers.DictField(allow_null=True)
    stopped = StoppedOut()
    steps = serializers.IntegerField()
    ticket = serializers.CharField()
    began_at = serializers.CharField()
    ended_at = serializers.CharField()
    path = PathStepOut(many=True)
    stages = serializers.ListField(child=serializers.DictField())
    approvals = serializers.ListField(child=serializers.DictField())
    opened = serializers.ListField(child=serializers.DictField())
    changes = serializers.ListField(child=serializers.DictField())
    words = serializers.ListField(child=serializers.DictField())
    items = serializers.ListField(child=serializers.DictField())
    notices = serializers.ListField(child=serializers.DictField())
    calls = serializers.ListField(child=serializers.DictField())
    flows = serializers.ListField(child=serializers.DictField())


class ScenarioOut(Out):
    """A saved rehearsal."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    setting = serializers.DictField(source="script")
    expected = serializers.DictField()
    created_at = Moment()


class DifferenceOut(Out):
    """One point in which it was not as expected."""

    point = serializers.CharField()
    expected = serializers.JSONField()
    found = serializers.JSONField()


class ScenarioResultOut(Out):
    """How one scenario went; ``rehearsal`` is null when it could not begin, and ``error`` says why."""

    name = serializers.CharField()
    green = serializers.BooleanField(source="is_green")
    error = serializers.CharField()
    differences = DifferenceOut(many=True)
    rehearsal = serializers.SerializerMethodField()

    def get_rehearsal(self, result: Any) -> dict[str, Any] | None:
        """All that happened."""
        return result.rehearsal.data() if result.rehearsal is not None else None


class ReplayOut(Out):
    """One old run under the other edition: same, different, unknown or untold."""

    run = serializers.UUIDField()
    ticket = serializers.CharField()
    version = serializers.IntegerField()
    verdict = serializers.ChoiceField(choices=["same", "different", "unknown", "untold"])
    node = serializers.CharField()
    old_next = serializers.ListField(child=serializers.CharField())
    new_next = serializers.ListField(child=serializers.CharField())
    unknown_from = serializers.CharField()
    assumed = serializers.ListField(child=serializers.CharField())
    old_status = serializers.CharField()
    new_status = serializers.CharField()
    old_outcome = serializers.CharField()
    new_outcome = serializers.CharField()
