"""One rehearsal from its beginning to the rollback."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import InternalError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import NotAllowedError
from core.rehearsing import Ledger, rehearsing
from core.versions import VersionStatus
from tickets.models import Ticket
from workflows.executor import acting
from workflows.graph import built, rehearsed
from workflows.models import Flow, FlowVersion
from workflows.policies import may
from workflows.rehearsal.moves import Moves
from workflows.rehearsal.people import StoppedError
from workflows.rehearsal.result import Rehearsal, Stopped, told
from workflows.rehearsal.script import Script
from workflows.rehearsal.subject import Subject, opened
from workflows.starting import begin
from workflows.validate import check_flow

log = structlog.get_logger(__name__)
# Beyond every real edition; with the connection's number two rehearsals never wait for each other.
FIRST_NO = 1_000_000_000
LOCK_TIMEOUT = "1s"


def rehearse(
    graph: dict[str, Any],
    *,
    ticket: Ticket | Subject | None,
    vars: dict[str, Any] | None = None,
    script: Script | None = None,
    actor: Actor,
) -> Rehearsal:
    """What a run of ``graph`` about ``ticket`` would do if everybody answered as in ``script``.

    ``graph`` need not be stored or published; it must pass the checks of publish. ``ticket`` is one the
    caller has found visible, or one to be opened inside. Nothing remains: no row, wake-up, mail, file or
    number. Rows it changes are locked for at most five seconds. Raises NotAllowedError, BadFlowError,
    RuleRefusedError (the subject cannot be opened).
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    key = str(graph.get("key", "")) if isinstance(graph, dict) else ""
    check_flow(graph, key=key)
    with transaction.atomic():
        token = _token()
        try:
            with rehearsing(token) as ledger:
                return _rehearse(graph, ticket, vars or {}, script or Script(), actor, ledger)
        finally:
            transaction.set_rollback(True)


def _rehearse(
    graph: dict[str, Any],
    subject: Ticket | Subject | None,
    vars: dict[str, Any],
    script: Script,
    actor: Actor,
    ledger: Ledger,
) -> Rehearsal:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    ticket = opened(subject, actor) if isinstance(subject, Subject) else subject
    version = _version(graph, ledger)
    with rehearsed(built(graph, key=version.flow.key, version_id=version.pk)):
        first = len(ledger.noted)
        run = begin(version, ticket=ticket, vars=vars, actor=actor, dedupe_key="")
        moves = Moves(run, script, ledger, first=first)
        stopped = _played(moves)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '5s'")
        with acting(run, ticket):
            return told(moves, stopped, ticket)


def _played(moves: Moves) -> Stopped:
    """Why it ended. A statement that took too long, or a row that somebody holds, ends it too."""
    try:
        moves.play()
    except StoppedError as stop:
        return Stopped(stop.reason, stop.text, stop.nodes)
    except (OperationalError, InternalError) as error:
        log.info("rehearsal_stopped", error=repr(error)[:200])
        return Stopped("busy", _("A record was held by somebody else, or took too long."), ())
    return Stopped("ended", "", ())


def _token() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return str(cursor.fetchone()[0])


def _version(graph: dict[str, Any], ledger: Ledger) -> FlowVersion:
    """A row for the run to refer to. Retired: it starts nothing and hides no published edition."""
    key = graph["key"]
    flow = Flow.objects.filter(key=key).first()
    if flow is None:
        flow = Flow.objects.create(
            key=key, name_ko=key, name_en=key, trigger_kind=graph["trigger"]["kind"], enabled=False
        )
    no = FIRST_NO + int(ledger.token)
    return FlowVersion.objects.create(
        flow=flow, no=no, status=VersionStatus.RETIRED, graph=graph, graph_sha256="rehearsal"
    )
