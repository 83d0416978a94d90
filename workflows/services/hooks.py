"""Flows that other systems start by a signed call: their secrets, and the calls (DOMAIN 3, API A-47)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import Actor
from core import audit, idempotency, outbox, secrets
from core.errors import DomainError, NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.time import clock_now, db_now
from workflows import signing
from workflows.choices import TriggerKind
from workflows.models import Flow, FlowHook, FlowRun, FlowTrigger
from workflows.nodes.variables import MAX_BYTES
from workflows.policies import may
from workflows.published import listening
from workflows.services.running import start_by_fact
from workflows.starts import fits

OVERLAP = dt.timedelta(hours=24)
MAX_SOURCE_ID = 80
log = structlog.get_logger(__name__)
# Unknown flows are checked against this, so that they take as long to refuse as known ones.
_DECOY = signing.new_secret()


class BadSignatureError(DomainError):
    """The call is not signed as it should be, is too old, or nobody listens there: one answer for all."""

    status = 401
    code = "bad_signature"
    title = gettext_lazy("This call is not signed as it should be")
    auth_header = "Webhook-Signature"


class TooMuchError(DomainError):
    """More came along than a run can hold."""

    status = 413
    code = "too_large"
    title = gettext_lazy("The request is too large")


@transaction.atomic
def make_hook_secret(flow_key: str, *, actor: Actor) -> tuple[FlowHook, str]:
    """The flow's hook with a new secret, which nothing tells again; the one before is good for 24 h more.

    Publishes ``flow.hook_secret_made``. Raises NotVisibleError, NotAllowedError, RuleRefusedError (calls do
    not start this flow), SecretKeyError.
    """
    flow = _locked(flow_key, actor)
    if flow.trigger_kind != TriggerKind.WEBHOOK:
        raise RuleRefusedError(_("This flow is not started by calls from other systems."), code="no_hook")
    secret = signing.new_secret()
    hook = FlowHook.objects.filter(flow=flow).first() or FlowHook(flow=flow)
    if hook.pk:
        hook.previous_sealed, hook.previous_until = hook.sealed, db_now() + OVERLAP
        hook.lock_version += 1
    hook.sealed = secrets.encrypt(secret, context=_context(flow))
    hook.changed_at = hook.updated_at = Now()
    hook.save()
    hook.refresh_from_db()
    _record(flow, actor, "hook_secret_made")
    return hook, secret


@transaction.atomic
def end_hook(flow_key: str, *, actor: Actor) -> None:
    """No call starts the flow from now on: both secrets are forgotten. Publishes ``flow.hook_ended``.

    Raises NotVisibleError (no flow, or it has no hook), NotAllowedError.
    """
    flow = _locked(flow_key, actor)
    gone, _kinds = FlowHook.objects.filter(flow=flow).delete()
    if not gone:
        raise NotVisibleError
    _record(flow, actor, "hook_ended")


def check_call(flow_key: str, call: signing.SignedCall) -> FlowHook:
    """The hook that this call is for. Raises BadSignatureError, whatever it is that does not fit."""
    hook = FlowHook.objects.select_related("flow").filter(flow__key=flow_key).first()
    now = clock_now()
    flaw = call.flaw(_live_secrets(hook, now) if hook else [_DECOY], now=now)
    if hook is None or flaw:
        log.warning("hook_refused", flow=flow_key[:60], flaw=flaw if hook else "no_hook")
        raise BadSignatureError
    return hook


def receive(hook: FlowHook, call: signing.SignedCall, body: dict[str, Any]) -> FlowRun | None:
    """The run that this checked call starts, once per message id; None when the flow's condition says no.

    The facts are ``id``, ``at`` and ``body``. Raises WrongStateError (nothing published listens),
    TooMuchError.
    """
    flow = hook.flow
    triggers = listening(TriggerKind.WEBHOOK).get(flow.key, [])
    if not triggers:
        raise WrongStateError(_("This flow takes no calls now."), current_state="retired", allowed=[])
    facts = {"id": call.message_id, "at": call.at.isoformat(), "body": body}
    if len(json.dumps({"trigger": facts}).encode()) > MAX_BYTES:
        raise TooMuchError(_("A run holds at most 64 KB, and this is more."))
    answer = idempotency.once(
        caller=f"hook:{flow.public_id}",
        scope="hook",
        key=call.message_id,
        body_hash=idempotency.fingerprint(call.message_id),
        action=lambda: _start(triggers[0], facts),
    ).answer
    return FlowRun.objects.filter(public_id=answer["run"]).first() if answer["run"] else None


def _start(trigger: FlowTrigger, facts: dict[str, Any]) -> dict[str, Any]:
    """The key is kept for a day; a message that comes again after that finds the run it made."""
    run = None
    if fits(trigger, facts, now=db_now()):
        run = start_by_fact(trigger, facts, ticket=None, source_id=_short(facts["id"]))
    return {"run": str(run.public_id) if run else None}


@secrets.holder
def reencrypt_hooks() -> int:
    """Encrypt what an older key encrypted with the present one; how many hooks there were.

    Each in its own transaction; run twice it does nothing the second time. Raises SecretKeyError.
    """
    changed = 0
    for pk in list(FlowHook.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = FlowHook.objects.select_for_update(no_key=True, of=("self",)).select_related("flow")
            hook = rows.filter(pk=pk).first()
            held = [each for each in (hook.sealed, hook.previous_sealed) if each] if hook else []
            if hook is None or all(secrets.is_current(each) for each in held):
                continue
            for name in ("sealed", "previous_sealed"):
                if getattr(hook, name):
                    plain = secrets.decrypt(getattr(hook, name), context=_context(hook.flow))
                    setattr(hook, name, secrets.encrypt(plain, context=_context(hook.flow)))
            hook.save(update_fields=["sealed", "previous_sealed"])
            changed += 1
    return changed


def _live_secrets(hook: FlowHook, now: dt.datetime) -> list[str]:
    sealed = [hook.sealed]
    if hook.previous_until is not None and hook.previous_until > now:
        sealed.append(hook.previous_sealed)
    return [secrets.decrypt(each, context=_context(hook.flow)) for each in sealed]


def _context(flow: Flow) -> str:
    """What binds a sealed secret to its flow."""
    return f"flow:{flow.public_id}:hook"


def _short(message_id: str) -> str:
    if len(message_id) <= MAX_SOURCE_ID:
        return message_id
    return hashlib.sha256(message_id.encode()).hexdigest()


def _locked(flow_key: str, actor: Actor) -> Flow:
    flow = Flow.objects.select_for_update(no_key=True).filter(key=flow_key).first()
    if flow is None:
        raise NotVisibleError
    if not may(actor, "hook"):
        raise NotAllowedError
    return flow


def _record(flow: Flow, actor: Actor, action: str) -> None:
    audit.write(actor=actor, table="workflows_flow", object_ref=flow.key, action=action, diff={})
    outbox.publish(f"flow.{action}", {"flow": flow.key}, actor=actor)
