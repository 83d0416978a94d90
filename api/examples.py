"""Examples for the OpenAPI document: bodies that the demo company accepts, and values for addresses."""

from __future__ import annotations

from typing import Any

_BY_NUMBER = {
    "catalog-tasks": "SCTASK0001001",
    "cis": "CI0001003",
    "incident-tasks": "ITASK0001001",
    "incidents": "INC0001002",
    "request-items": "RITM0001001",
    "problem-tasks": "PTASK0001001",
    "problems": "PRB0001001",
    "requests": "REQ0001002",
    "tickets": "INC0001005",
}
_BY_KEY = {
    "catalog": "laptop",
    "ci-classes": "server",
    "connectors": "directory",
    "departments": "it",
    "flows": "laptop_request",
    "groups": "network",
    "locations": "pangyo",
    "on-call": "service-desk",
    "roles": "agent",
    "schedules": "kr-office",
    "sla": "incident_resolution_p1",
    "ticket-schedules": "backups",
}
_MOVES = {
    "catalog-tasks": "complete",
    "incident-tasks": "start",
    "incidents": "start",
    "problem-tasks": "start",
    "problems": "fix",
    "request-items": "cancel",
    "requests": "cancel",
}
_SHARED: dict[str, Any] = {
    "username": "jimin",
    "flow_key": "laptop_request",
    "date": "2026-12-25",
    "bone": "process",
    "role": "scribe",
}
SOMETHING = "01a22400-0000-7000-8000-000000000001"

_PLANNED = {"title": "Checkout is slow", "description": "Since 9:10.", "impact": 2, "urgency": 2}
_GRAPH = {
    "schema": 1,
    "key": "laptop_request",
    "trigger": {"kind": "manual"},
    "start": "log",
    "nodes": {
        "log": {"kind": "log", "message": "{{ ticket.number }}", "next": "done"},
        "done": {"kind": "end", "outcome": "done"},
    },
}
_PRIORITY_1 = {"f": "priority", "op": "eq", "v": 1}
_SUBJECT = {"kind": "incident", "fields": {"title": "Checkout is slow", "priority": 1}}
_LAPTOP = {"model": "developer_14", "reason": "The old one is slow."}

# By component of the document, without what tells a request's body or a partial one.
BODIES: dict[str, dict[str, Any]] = {
    "BulkIn": {
        "operations": [
            {"ref": "a", "method": "POST", "path": "/api/v1/incidents/", "body": _PLANNED},
            {
                "ref": "b",
                "method": "POST",
                "path": "/api/v1/incidents/INC0001002/comments/",
                "body": {"body": "We are looking into it."},
            },
        ],
        "atomic": True,
    },
    "CIChangeIn": {"status": "maintenance", "environment": "prod", "support_group": "network"},
    "CIIn": {"name": "payment-api-02", "ci_class": "application", "status": "in_use", "owner": "minho"},
    "CalendarChangeIn": {
        "name_en": "Office hours",
        "hours": [{"day": 0, "start_minute": 540, "end_minute": 1080}],
    },
    "CalendarIn": {
        "key": "store",
        "name_ko": "매장",
        "name_en": "Store",
        "time_zone": "Asia/Seoul",
        "hours": [{"day": day, "start_minute": 600, "end_minute": 1320} for day in range(7)],
    },
    "CancelIn": {"reason": "Ordered twice by mistake."},
    "CatalogTaskChangeIn": {"assignee": "mingyu", "due_at": "2026-12-04T09:00:00Z"},
    "CatalogTaskMoveIn": {"serial": "SN-2026-0001", "work_note": "Handed over at the desk."},
    "CandidateAcceptIn": {"title": "The gateway drops calls"},
    "ChecklistItemChangeIn": {"is_done": True},
    "ChecklistItemIn": {"text": "Restart the gateway"},
    "ChosenIn": {"whose": "group", "reference": "network", "calendar": "24x7"},
    "ChildrenCommentIn": {"body": "The gateway is being restarted; it takes ten minutes."},
    "ConnectorChangeIn": {"auth": "bearer", "timeout_seconds": 10},
    "ConnectorIn": {
        "key": "assets",
        "name_ko": "자산 대장",
        "name_en": "Asset register",
        "base_url": "https://assets.example.com/api/",
        "allowed_hosts": ["assets.example.com"],
        "auth": "bearer",
    },
    "BoneIn": {"name": "Contracts"},
    "DayIn": {"date": "2026-12-25", "name": "Christmas", "hours": []},
    "DecisionIn": {"decision": "approve", "comment": "Go ahead."},
    "DefinitionChangeIn": {"target_duration": "PT2H", "warns_at_percent": [50, 80]},
    "DefinitionIn": {
        "key": "call_back",
        "name_ko": "콜백",
        "name_en": "Call back",
        "kind": "incident",
        "target_duration": "PT1H30M",
        "calendar": "kr-office",
        "start_condition": _PRIORITY_1,
        "warns_at_percent": [80],
    },
    "DelegationIn": {
        "delegate": "minho",
        "scope": "assignments",
        "start": "2026-12-21T00:00:00Z",
        "end": "2027-01-04T00:00:00Z",
    },
    "NoticePreferencesIn": {
        "topics": [{"topic": "watched", "mail": "digest"}, {"topic": "surveys", "mail": "off"}],
        "quiet": "hours",
        "quiet_from": "20:00",
        "quiet_until": "08:00",
        "quiet_days": [5, 6],
        "rhythm": "daily",
        "digest_hour": 9,
    },
    "DraftIn": {"graph": _GRAPH, "notes": "Says less."},
    "DryRunIn": {"subject": _SUBJECT, "script": {"approvals": {"ask": {"decision": "approve"}}}},
    "FactorChangeIn": {"standing": "confirmed"},
    "FactorIn": {"bone": "process", "text": "Renewals are nobody's task", "standing": "suspected"},
    "HolderIn": {"user": "doyun"},
    "IncidentChangeIn": {"group": "service-desk", "assignee": "seojin", "urgency": 1},
    "IncidentIn": {**_PLANNED, "category": "software", "ci": "CI0001003"},
    "IncidentMoveIn": {"work_note": "Looking at the gateway."},
    "IncidentTaskChangeIn": {"group": "network", "due_at": "2026-12-04T09:00:00Z"},
    "MergeIn": {"into": "INC0001003"},
    "SplitIn": {"message": "01890a5d-ac96-774b-bcce-b302099a8057", "title": "The printer is broken too"},
    "IncidentTaskIn": {"incident": "INC0001002", "title": "Check the switch", "group": "network"},
    "IncidentTaskMoveIn": {"work_note": "On my way to the room."},
    "JumpIn": {"node": "ask", "reason": "The manager answered by phone."},
    "LinkIn": {"type": "related", "target": "INC0001003"},
    "MajorAcceptIn": {"work_note": "All hands to the gateway.", "business_impact": "Nobody can pay."},
    "MajorActionChangeIn": {"is_done": True},
    "MajorActionIn": {"text": "Call the provider of the line", "owner": "seojin"},
    "MajorProposeIn": {"reason": "Every shop reports it.", "business_impact": "Nobody can pay."},
    "MajorReasonIn": {"reason": "It is one shop only."},
    "MajorReviewChangeIn": {"lessons": "Keep a spare line."},
    "MajorRoleIn": {"person": "seojin"},
    "MajorUpdateIn": {"audience": "public", "text_ko": "복구하고 있어요.", "text_en": "We are on it."},
    "MigrateIn": {"version": 1, "plan": {"ask": "ask"}},
    "OrderChangeIn": {"description": "Please by Friday."},
    "OrderIn": {"quantity": 1, "variables": _LAPTOP},
    "OverrideIn": {
        "person": "seojin",
        "start": "2026-12-24T09:00:00Z",
        "end": "2026-12-26T09:00:00Z",
        "reason": "Swapped for the holidays.",
    },
    "PersonIn": {"department": "it_net", "manager": "minho", "phone": "+82 2 555 0101"},
    "PreferencesIn": {"language": "en", "time_zone": "Asia/Seoul", "theme": "dark"},
    "ProblemChangeIn": {"workaround": "Use the other gateway.", "is_known_error": True},
    "ProblemIn": {"title": "Checkout runs out of connections", "incident": "INC0001002"},
    "ProblemMoveIn": {"cause_notes": "The pool of connections is too small."},
    "ProblemTaskChangeIn": {"due_at": "2026-12-04T09:00:00Z", "type": "root_cause"},
    "ProblemTaskIn": {"problem": "PRB0001001", "title": "Read the log of the pool", "type": "root_cause"},
    "ProblemTaskMoveIn": {"work_note": "The log is on the share."},
    "PublishIn": {"version": 2},
    "QuoteIn": {"quantity": 2, "variables": _LAPTOP},
    "ReasonIn": {"reason": "The directory is being moved."},
    "ReplayIn": {"last": 20},
    "RequestItemChangeIn": {"group": "purchasing"},
    "RequestItemMoveIn": {"reason_text": "Not needed any more."},
    "RequestMoveIn": {"reason_text": "Not needed any more."},
    "RetryIn": {"node": "call"},
    "RoleChangeIn": {"name_en": "Night shift", "needs_second_factor": True},
    "RoleIn": {
        "key": "night_shift",
        "name_ko": "야간",
        "name_en": "Night shift",
        "grants": ["ticket.read_all", "incident.write"],
    },
    "RunScenariosIn": {"version": 1},
    "ScenarioIn": {
        "name": "The manager says no",
        "subject": _SUBJECT,
        "script": {"approvals": {"ask": {"decision": "reject"}}},
        "expected": {"outcome": "rejected"},
    },
    "SecretIn": {"name": "token", "value": "what the other system gave you"},
    "ServiceAccountChangeIn": {"name_en": "Monitoring", "is_active": True},
    "ServiceAccountIn": {
        "username": "backup-robot",
        "name_ko": "백업 로봇",
        "name_en": "Backup robot",
        "roles": ["integrator"],
    },
    "SignOutIn": {"tokens": False},
    "SignalIn": {"name": "delivered", "key": "RITM0001001", "payload": {"carrier": "CJ"}},
    "SkipIn": {"node": "call", "output": {"id": "42"}, "reason": "Entered by hand."},
    "SurveyIn": {"score": 5, "comment": "Quick and friendly."},
    "StartIn": {"ticket": "INC0001002", "vars": {}},
    "TellIn": {"what": "workaround", "public": True},
    "TimeEntryChangeIn": {"minutes": 60},
    "TimeEntryIn": {"minutes": 90, "note": "On the phone with the vendor."},
    "HandOverIn": {
        "group": "service-desk",
        "text": "A quiet night. The lift to floor 9 is being repaired until noon.",
        "notes": [{"ticket": "INC0001002", "text": "Waits for the supplier, who calls at ten."}],
    },
    "MacroChangeIn": {"audience": "team", "group": "service-desk"},
    "MacroIn": {
        "name": "Ask and wait",
        "kinds": ["incident"],
        "says": "comment",
        "text": "Dear {requester}, which office are you in? We need it to go on with {number}.",
        "move": "hold",
        "inputs": {"hold_reason": "awaiting_caller"},
        "assign": "me",
    },
    "RunMacroIn": {"macro": "01a0d6a4-5a9c-7f3e-8b70-6f2f6a1f9b11"},
    "TicketScheduleChangeIn": {"time": "08:30", "urgency": 2},
    "TicketScheduleIn": {
        "key": "restore-test",
        "title": "Try to restore a backup",
        "description": "Restore last night's backup of the payment database into the test system.",
        "group": "network",
        "repeat": "monthly",
        "nth": 1,
        "nth_weekday": 0,
        "time": "09:00",
        "time_zone": "Asia/Seoul",
        "starts_on": "2026-12-01",
    },
    "TokenIn": {"name": "Reports", "days": 90, "scopes": ["tickets:read"]},
    "TokenRotateIn": {"days": 90, "overlap_hours": 24},
    "TrialIn": {"method": "GET", "path": "health"},
    "VariablesIn": {"values": {"cost": "1200000"}, "reason": "The quote was wrong."},
    "ViewChangeIn": {"name": "Payments, urgent", "audience": "team", "group": "payments"},
    "ViewIn": {
        "name": "Payments",
        "list": "incidents",
        "queue": "open",
        "filters": {"group": "payments", "priority": [1, 2]},
        "columns": ["state", "assignee"],
        "order": "sla",
        "density": "compact",
    },
    "WatcherIn": {"user": "seoyeon"},
    "WebhookChangeIn": {"events": ["incident.opened", "incident.resolved"], "enabled": True},
    "WebhookIn": {
        "name": "Chat",
        "url": "https://hooks.example.com/maru",
        "events": ["incident.opened"],
        "condition": {"f": "priority", "op": "lte", "v": 2},
        "payload": "thin",
    },
    "WebhookReplayIn": {"from": "2026-11-01T00:00:00Z", "states": ["dead"]},
    "WebhookRotateIn": {"overlap_hours": 24},
    "WhatIfIn": {"months": 3, "definition": "incident_resolution_p1", "changes": {"target_duration": "PT2H"}},
    "WhyChangeIn": {"is_root": True},
    "WhyIn": {"answer": "The certificate had expired.", "evidence": "Seen in the log of the gateway."},
    "WordsIn": {"body": "We are looking into it."},
}


def show(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """A hook of the document: put the examples where they belong."""
    for path, operations in result["paths"].items():
        resource = path.split("/")[3]
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["example"] = place_of(resource, parameter)
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            known = BODIES.get(name.removeprefix("Patched").removesuffix("Request"))
            if known is not None:
                content["examples"] = {"demo": {"value": known}}
    return result


def place_of(resource: str, parameter: dict[str, Any]) -> Any:
    """What may stand for a parameter of that resource's addresses."""
    if parameter["schema"].get("format") == "uuid":
        return SOMETHING
    if (resource, parameter["name"]) == ("service-accounts", "username"):
        return "monitor"
    known = {"number": _BY_NUMBER, "key": _BY_KEY, "name": _MOVES}.get(parameter["name"], {})
    return known.get(resource) or _SHARED[parameter["name"]]
