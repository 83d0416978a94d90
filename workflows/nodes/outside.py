"""HTTP: call another system through a connector, at least once and recorded once (DOMAIN DF-12, DF-13)."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from connectors.selectors import connector_exists
from connectors.services import CallError, call
from core.values import resolve
from workflows import names
from workflows.graph import Node
from workflows.nodes.base import (
    Call,
    CallFailedError,
    Check,
    Context,
    Done,
    NodeError,
    NodeKind,
    Result,
    text_of,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MAX_BODY = 64 * 1024
MAX_KEPT = 16 * 1024
DEFAULT_TRIES, MAX_TRIES = 5, 20
DEFAULT_SECONDS, MAX_SECONDS = 20, 45  # a worker's task ends after 55 s
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SECRET = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9+/=._-]{8,}|(api[_-]?key|password|secret|token)=\S{6,}")


def _enter(ctx: Context) -> Result:
    """The call as it will be made on every attempt; secrets are added by the connector and never here."""
    node = ctx.node
    prepared = {
        "connector": node["connector"],
        "method": node.get("method", "GET"),
        "path": text_of(ctx, node.get("path", "")),
        "query": names.filled(node.get("query", {}), ctx.names),
        "body": names.filled(node.get("body"), ctx.names),
        "source": f"flow {ctx.graph.flow_key}, run {ctx.run.public_id}, step {ctx.step.node_id}"[:200],
        "seconds": _seconds(node),
    }
    if len(json.dumps(prepared).encode()) > MAX_BODY:
        raise NodeError(_("What this step sends is larger than 64 KB."), code="too_large")
    return Done(prepared)


def _send(prepared: dict[str, Any], key: str) -> dict[str, Any]:
    try:
        answer = call(
            prepared["connector"],
            method=prepared["method"],
            path=prepared["path"],
            query=prepared["query"],
            body=prepared["body"],
            idempotency_key=key,
            source=prepared["source"],
            timeout=prepared["seconds"],
        )
    except CallError as error:
        raise CallFailedError(
            error.message,
            code=error.code,
            retryable=error.retryable,
            retry_after=error.retry_after,
            counts=error.code not in ("busy", "breaker_open"),
        ) from error
    return {"status": answer.status, "body": answer.body, "elapsed_ms": answer.elapsed_ms}


def _resume(ctx: Context, answer: dict[str, Any]) -> Result:
    """The answer, cut to what is kept, and what the map takes out of it."""
    found = {
        name: names.plain(resolve(path, {"body": answer.get("body"), "status": answer.get("status")}))
        for name, path in ctx.node.get("map", {}).items()
    }
    body = answer.get("body")
    if len(json.dumps(body, ensure_ascii=False).encode()) > MAX_KEPT:
        body = None
    kept = {"status": answer.get("status"), "body": body, "elapsed_ms": answer.get("elapsed_ms")}
    return Done({"outcome": "ok", **found, **kept})


def _seconds(node: Node) -> float:
    return float(node.get("timeout", DEFAULT_SECONDS))


def _tries(node: Node) -> int:
    return int((node.get("retry") or {}).get("max", DEFAULT_TRIES))


def _check(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "connector")
    if node.get("connector") and not connector_exists(str(node["connector"])):
        text = _("There is no connection “%(key)s”.") % {"key": str(node["connector"])[:60]}
        check.say(f"{where}.connector", "unknown_connector", text)
    check.choice(f"{where}.method", node.get("method", "GET"), METHODS)
    check.text(f"{where}.path", node.get("path", ""))
    for name in ("query", "map"):
        if not isinstance(node.get(name, {}), dict):
            check.say(f"{where}.{name}", "type", _("Expected names and their values."))
    check.texts(f"{where}.query", node.get("query", {}))
    check.texts(f"{where}.body", node.get("body"))
    check.number(f"{where}.timeout", node.get("timeout", DEFAULT_SECONDS), 1, MAX_SECONDS)
    _check_retry(check, f"{where}.retry", node.get("retry"))
    _check_map(check, f"{where}.map", node.get("map"))
    if _SECRET.search(json.dumps([node.get("path"), node.get("query"), node.get("body")])):
        text = _("This looks like a secret. Keep it with the connection, not in the flow.")
        check.say(where, "literal_secret", text)
    if not isinstance(node.get("at_most_once", False), bool):
        check.say(f"{where}.at_most_once", "type", _("Say yes or no."))


def _check_retry(check: Check, where: str, retry: Any) -> None:
    if retry is None:
        return
    if not isinstance(retry, dict) or retry.keys() != {"max"}:
        check.say(where, "type", _('Say how often it is tried: {"max": 5}.'))
    else:
        check.number(f"{where}.max", retry["max"], 1, MAX_TRIES)


def _check_map(check: Check, where: str, given: Any) -> None:
    for name, path in (given or {}).items() if isinstance(given, dict) else ():
        known = isinstance(path, str) and path.split(".")[0] in ("body", "status")
        if not _NAME.fullmatch(name) or not known:
            check.say(f"{where}.{name[:40]}", "path", _("Name a value of the answer, such as body.id."))


KIND = NodeKind(
    key="http",
    fields=frozenset(
        {"connector", "method", "path", "query", "body", "map", "retry", "timeout", "at_most_once"}
    ),
    enter=_enter,
    resume=_resume,
    check=_check,
    call=Call(
        send=_send,
        seconds=_seconds,
        max_attempts=_tries,
        at_most_once=lambda node: bool(node.get("at_most_once")),
    ),
)
