"""Each table is recorded, or somebody has decided that it is not (SECURITY AU-2)."""

from __future__ import annotations

from django.apps import apps

from core.trail.tracking import tracked

# Tables of the engines: bookkeeping of the platform, with a history of their own or none to keep.
ENGINE = {
    "core": {
        "OutboxEvent": "a fact, handed over", "Delivery": "its handing over", "AuditLog": "the trail itself",
        "RowChange": "the trail itself", "Seal": "the trail itself",
        "IdempotencyKey": "the answer to a repeat, for a day",
        "ScheduleTick": "a run of a periodic job", "ProcessHeartbeat": "a live process",
        "Revision": "a stamp that triggers write",
    },
    "accounts": {
        "Session": "comes and goes with a browser",
        "Attempt": "a guess that was counted",
    },
    "tickets": {
        "Activity": "append-only, the ticket's own story", "Draft": "typed and not sent",
        "HeldReply": "said within seconds: then it is the ticket's own story",
        "TicketText": "made from the ticket and what was said on it",
    },
    "incidents": {"CallerWait": "when to remind; the reminders are in the ticket's story"},
    "approvals": {"DecisionLink": "a mailed key, used once", "ReceivedMail": "a mail as it came"},
    "problems": {
        "Candidate": "a proposal of the detection; what people decide is audited",
        "CandidateMember": "what it proposes",
    },
    "desk": {"BulkChange": "what was asked for; what it did is in the tickets' own stories"},
    "connectors": {
        "ConnectorCall": "a log of calls", "Breaker": "how a destination does",
        "CallSlot": "a place while calling",
    },
    "workflows": {
        "FlowTrigger": "made from the published version",
        "FlowRun": "a run; what operators do to it is audited", "FlowStep": "a step of a run",
        "FlowJoin": "a place where branches meet", "FlowSignal": "a message in transit",
    },
    "sla": {
        "Clock": "has its own ledger", "ClockEvent": "append-only", "ClockSegment": "append-only",
        "ClockEscalation": "append-only", "WhatIf": "a question and its answer",
    },
    "notifications": {
        "Notification": "a notice that was sent", "Digest": "a mail that was sent",
        "OnCallPage": "a call that climbs",
        "PagedPerson": "who was called",
    },
    "webhooks": {
        "WebhookPulse": "how a target does", "WebhookDelivery": "a message",
        "WebhookAttempt": "a try to send it",
    },
    "scheduled": {"Occurrence": "a log of what came due"},
    "handovers": {"HandOverNote": "append-only, part of its hand-over"},
    "api": {"Job": "many calls in one", "JobItem": "one of them"},
}  # fmt: skip
# Apps that are not ours: sessions come and go, second factors are audited, the rest is written by migrations.
FOREIGN = {"auth", "contenttypes", "sessions", "account", "django_celery_beat", "pgtrigger", "mfa"}


def test_every_table_is_recorded_or_listed_with_the_reason_why_not():
    recorded = {model._meta.label for model, _trigger in tracked().values()}
    listed = {f"{app}.{name}" for app, names in ENGINE.items() for name in names}
    ours = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in FOREIGN and model._meta.managed and not model._meta.proxy
    }
    assert ours - recorded - listed == set(), "add RowHistory() to Meta.triggers, or a reason to this list"
    assert recorded & listed == set()
    assert listed - ours == set()


def test_a_column_that_looks_like_a_secret_is_kept_as_one():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model, trigger in tracked().values()
        for field in model._meta.local_concrete_fields
        if any(word in field.name for word in ("password", "secret", "hash", "sealed", "token"))
        and field.name not in {*trigger.secret, "token_url", "tokens"}
    ]
    assert wrong == []
