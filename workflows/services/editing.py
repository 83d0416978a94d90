"""Drafts, publishing and retiring: flows are versioned data (DOMAIN DR-7, DF-30)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit, outbox
from core.errors import (
    FieldError,
    NotAllowedError,
    NotVisibleError,
    StaleVersionError,
    WrongStateError,
    invalid,
)
from core.text import clean
from core.time import db_now
from core.versions import VersionStatus
from workflows import published
from workflows.choices import TriggerKind
from workflows.models import Flow, FlowTrigger, FlowVersion
from workflows.policies import may
from workflows.services.scenarios import check_green
from workflows.starts import make_trigger
from workflows.validate import KEY, BadFlowError, check_flow

MAX_GRAPH_BYTES = 512 * 1024


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    key: str,
    graph: dict[str, Any],
    name_ko: str = "",
    name_en: str = "",
    notes: str = "",
    expected_version: int | None = None,
) -> FlowVersion:
    """The flow's one draft with this graph, made where it is missing; mistakes are found by ``publish``.

    ``expected_version`` 0 says that there is no draft yet. Raises NotAllowedError, StaleVersionError,
    RuleRefusedError (key, names, size).
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    _check_draft(key, graph)
    flow = _flow(key, graph, name_ko, name_en)
    draft = FlowVersion.objects.filter(flow=flow, status=VersionStatus.DRAFT).first()
    if draft is None:
        newest = FlowVersion.objects.filter(flow=flow).aggregate(no=Max("no"))["no"] or 0
        draft = FlowVersion(flow=flow, no=newest + 1)
    elif expected_version is not None and draft.lock_version != expected_version:
        raise StaleVersionError(current_version=draft.lock_version)
    else:
        draft.lock_version += 1
    draft.graph, draft.graph_sha256 = graph, digest(graph)
    draft.notes = clean("notes", notes, max_length=300)
    draft.save()
    _record(draft, actor, "draft_saved")
    return draft


@transaction.atomic
def publish(version_id: int, *, actor: Actor, expected_version: int | None = None) -> FlowVersion:
    """The draft, published; the version before is retired, its runs go on unchanged.

    Publishes ``flow.published``. Raises NotVisibleError, NotAllowedError, WrongStateError (no draft),
    StaleVersionError, BadFlowError with every mistake, RuleRefusedError with every point in which a scenario
    differs when the graph says ``require_green`` (DOMAIN DF-34).
    """
    if not may(actor, "publish"):
        raise NotAllowedError
    version = _locked(version_id)
    if version.status != VersionStatus.DRAFT:
        raise WrongStateError(_("Only a draft can be published."), current_state=version.status, allowed=[])
    if expected_version is not None and version.lock_version != expected_version:
        raise StaleVersionError(current_version=version.lock_version)
    check_flow(version.graph, key=version.flow.key)
    if version.graph.get("require_green"):
        check_green(version.flow.key, version.graph, actor=actor)
    _retire_published(version.flow)
    version.status, version.published_by, version.published_at = VersionStatus.PUBLISHED, actor, db_now()
    version.lock_version += 1
    version.save(update_fields=["status", "published_by", "published_at", "lock_version"])
    make_trigger(version, now=db_now())
    _record(version, actor, "published")
    published.forget()
    transaction.on_commit(published.forget)
    body = {"flow": version.flow.key, "version": version.no}
    outbox.publish("flow.published", body, actor=actor)
    return version


@transaction.atomic
def retire(flow_key: str, *, actor: Actor) -> None:
    """No new runs of this flow; open ones go on. Raises NotVisibleError, NotAllowedError."""
    if not may(actor, "retire"):
        raise NotAllowedError
    flow = Flow.objects.select_for_update(no_key=True).filter(key=flow_key).first()
    if flow is None:
        raise NotVisibleError
    for version in _retire_published(flow):
        _record(version, actor, "retired")
        outbox.publish("flow.retired", {"flow": flow.key, "version": version.no}, actor=actor)
    published.forget()
    transaction.on_commit(published.forget)


def digest(graph: dict[str, Any]) -> str:
    """The fingerprint of a graph, whatever the order of its keys."""
    text = json.dumps(graph, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _check_draft(key: str, graph: Any) -> None:
    if not isinstance(graph, dict) or graph.get("key") != key or not KEY.fullmatch(key):
        raise BadFlowError(errors=[FieldError("key", "key", _("The key does not fit this flow."))])
    text = json.dumps(graph, ensure_ascii=False)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_GRAPH_BYTES:
        raise invalid("graph", _("This flow is too large."))
    if "\\u0000" in json.dumps(graph) or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise invalid("graph", _("This text holds a character that cannot be stored. Please remove it."))
    trigger = graph.get("trigger")
    kind = trigger.get("kind") if isinstance(trigger, dict) else None
    if kind not in TriggerKind.values:
        raise invalid("trigger.kind", _("Say what starts this flow."), code="choice")


def _flow(key: str, graph: dict[str, Any], name_ko: str, name_en: str) -> Flow:
    """The flow, locked; new with these names, or with new ones when they are given."""
    names = {
        "name_ko": clean("name_ko", name_ko, max_length=120, multiline=False),
        "name_en": clean("name_en", name_en, max_length=120, multiline=False),
    }
    kind = graph["trigger"]["kind"]
    made = {name: value or key for name, value in names.items()} | {"trigger_kind": kind}
    _row, _made = Flow.objects.get_or_create(key=key, defaults=made)
    flow = Flow.objects.select_for_update(no_key=True).get(key=key)
    changed = {name: value for name, value in names.items() if value} | {"trigger_kind": kind}
    if any(getattr(flow, name) != value for name, value in changed.items()):
        Flow.objects.filter(pk=flow.pk).update(**changed, lock_version=flow.lock_version + 1)
        flow.refresh_from_db()
    return flow


def _locked(version_id: int) -> FlowVersion:
    flow_id = FlowVersion.objects.filter(pk=version_id).values_list("flow_id", flat=True).first()
    if flow_id is None:
        raise NotVisibleError
    Flow.objects.select_for_update(no_key=True).get(pk=flow_id)
    return FlowVersion.objects.select_related("flow").get(pk=version_id)


def _retire_published(flow: Flow) -> list[FlowVersion]:
    rows = list(FlowVersion.objects.filter(flow=flow, status=VersionStatus.PUBLISHED))
    for row in rows:
        FlowVersion.objects.filter(pk=row.pk).update(status=VersionStatus.RETIRED)
        FlowTrigger.objects.filter(flow_version=row).update(next_at=None)
    return rows


def _record(version: FlowVersion, actor: Actor, action: str) -> None:
    audit.write(
        actor=actor,
        table="workflows_flowversion",
        object_ref=f"{version.flow.key} v{version.no}",
        action=action,
        diff={"graph_sha256": [None, version.graph_sha256]},
    )
