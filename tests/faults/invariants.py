"""What must hold after every drill (RELIABILITY section 9), read from database and mail folder."""

from __future__ import annotations

import email
import email.policy
import re
import subprocess
import time
from collections import Counter

from tests.faults.drill import Drill
from tests.faults.load import Load
from tests.faults.stack import PrivateStack
from tests.faults.story import Story, until

# On a quiet machine half a minute is enough (RL-42 allows a minute); a busy one shows in the figures.
SETTLED_SECONDS = TOLD_SECONDS = 180


def check(drill: Drill, story: Story, load: Load | None = None, *, given_up: int = 0) -> None:
    """Fail the drill unless nothing was lost and nothing happened twice; ``given_up`` runs were to fail."""
    nothing_lost(drill, story)
    nothing_twice(drill, story)
    if load is not None:
        ledger_kept(drill, load)
        load.check(drill)
    nothing_orphaned(drill, story, given_up=given_up)
    everyone_told(drill, story)
    every_mark_once(drill, story.stack)
    audit_whole(drill, story.stack)


def settle(drill: Drill, story: Story) -> None:
    """Finish every acknowledged order after the fault."""
    began = time.monotonic()
    drill.require(story.finish(SETTLED_SECONDS), f"not everything was finished: {story.states()}")
    drill.figures["settled_seconds"] = round(time.monotonic() - began, 1)


def nothing_lost(drill: Drill, story: Story) -> None:
    """I1: each acknowledged order exists with its activity, audit row and event."""
    sql = story.stack.sql
    for name, query in {
        "requests": "SELECT count(*) FROM tickets_ticket WHERE number = ANY(%s)",
        "activities": "SELECT count(DISTINCT t.number) FROM tickets_activity a"
        " JOIN tickets_ticket t ON t.id = a.ticket_id WHERE a.verb = 'opened' AND t.number = ANY(%s)",
        "audit rows": "SELECT count(DISTINCT object_ref) FROM core_auditlog"
        " WHERE action = 'opened' AND object_ref = ANY(%s)",
    }.items():
        found = sql(query, (story.orders,))[0][0]
        drill.require(found == len(story.orders), f"{len(story.orders) - found} {name} are missing")
    drill.figures["acked"] = len(story.orders)
    drill.figures["missing"] = 0


def ledger_kept(drill: Drill, load: Load) -> None:
    """I1, I2: what the clients were told is there, with activity and audit row, once."""
    queries = {
        "incidents": "SELECT count(*) FROM tickets_ticket WHERE number = ANY(%s)",
        "activities": "SELECT count(DISTINCT t.id) FROM tickets_activity a"
        " JOIN tickets_ticket t ON t.id = a.ticket_id WHERE a.verb = 'opened' AND t.number = ANY(%s)",
        "audit rows": "SELECT count(DISTINCT object_ref) FROM core_auditlog"
        " WHERE action = 'opened' AND object_ref = ANY(%s)",
        "titles": "SELECT count(*) FROM tickets_ticket WHERE title = ANY(%s)",
        "comments": "SELECT count(*) FROM tickets_activity WHERE body = ANY(%s)",
    }
    for name, query in queries.items():
        wanted = {"titles": load.titles, "comments": load.comments}.get(name, load.incidents)
        found = load.story.stack.sql(query, (wanted,))[0][0]
        drill.require(found == len(wanted), f"{found} {name} for {len(wanted)} that were acknowledged")
    drill.figures["acked"] = load.acked


def every_mark_once(drill: Drill, stack: PrivateStack) -> None:
    """I4: each clock that is past its due instant has its breach, stamped with that instant; none is late."""
    overdue = stack.sql(
        "SELECT c.id FROM sla_clock c WHERE c.stage = 'in_progress' AND c.due_at < now() - interval '30 s'"
        " AND NOT EXISTS (SELECT 1 FROM sla_clockevent e"
        " WHERE e.clock_id = c.id AND e.gen = c.gen AND e.kind = 'breach' AND e.at = c.due_at)"
    )
    drill.require(not overdue, f"{len(overdue)} clocks did not breach at the instant they were due")
    twice = stack.sql(
        "SELECT clock_id FROM sla_clockevent WHERE kind IN ('warn', 'breach')"
        " GROUP BY clock_id, gen, kind, pct HAVING count(*) > 1"
    )
    drill.require(not twice, f"{len(twice)} marks were fired twice")
    late = stack.sql("SELECT count(*) FROM sla_clock WHERE next_fire_at < now() - interval '30 s'")[0][0]
    drill.require(late == 0, f"{late} clocks are still to fire")


def audit_whole(drill: Drill, stack: PrivateStack) -> None:
    """I7: everything that was written is sealed within the minute, and the chain verifies."""
    waits = (
        "SELECT count(*) FROM core_rowchange WHERE at < now() - interval '10 s'"
        " AND id NOT IN (SELECT unnest(ids) FROM core_seal WHERE \"table\" = 'core_rowchange')"
    )
    quiet = until(lambda: stack.sql(waits)[0][0] == 0, TOLD_SECONDS)
    drill.require(quiet, f"{stack.sql(waits)[0][0]} rows of the history are not sealed")
    try:
        told = stack.manage("audit_verify").stdout
    except subprocess.CalledProcessError as broken:
        drill.require(holds=False, otherwise=f"the audit chain is broken: {broken.stdout!r}")
        return
    drill.say(told.strip().splitlines()[-1])
    drill.figures["sealed_rows"] = stack.sql("SELECT coalesce(sum(cardinality(ids)), 0) FROM core_seal")[0][0]


def nothing_twice(drill: Drill, story: Story) -> None:
    """I2: per order one decision, one purchase task, one laptop; no step done twice."""
    sql = story.stack.sql
    doubles = {
        "decided approvals": "SELECT t.id FROM approvals_approval a"
        " JOIN approvals_approvalrequest r ON r.id = a.request_id JOIN tickets_ticket t ON t.id = r.ticket_id"
        " WHERE a.status IN ('approved', 'rejected') GROUP BY t.id HAVING count(*) > 1",
        "purchase tasks": "SELECT t.parent_id FROM tickets_ticket t WHERE t.kind = 'sctask'"
        " AND t.parent_id IS NOT NULL GROUP BY t.parent_id HAVING count(*) > 1",
        "laptops": "SELECT serial FROM cmdb_ci WHERE serial LIKE 'SN-%' GROUP BY serial HAVING count(*) > 1",
        "closings": "SELECT ticket_id FROM tickets_activity WHERE kind = 'state' AND verb = 'complete'"
        " GROUP BY ticket_id HAVING count(*) > 1",
    }
    for name, query in doubles.items():
        found = sql(query)
        drill.require(not found, f"{len(found)} orders have two {name}")
    laptops = sql("SELECT count(*) FROM cmdb_ci WHERE serial LIKE 'SN-%'")[0][0]
    drill.require(laptops == len(story.orders), f"{laptops} laptops for {len(story.orders)} orders")
    drill.figures["doubles"] = 0


def nothing_orphaned(drill: Drill, story: Story, *, given_up: int = 0) -> None:
    """I5: every open run has an open step."""
    orphans = story.stack.sql(
        "SELECT r.id FROM workflows_flowrun r WHERE r.status IN ('running', 'waiting') AND NOT EXISTS"
        " (SELECT 1 FROM workflows_flowstep s WHERE s.run_id = r.id AND s.status IN ('ready', 'waiting'))"
    )
    drill.require(not orphans, f"{len(orphans)} runs without a next step")
    ended = story.stack.sql("SELECT count(*) FROM workflows_flowrun WHERE status IN ('suspended', 'failed')")
    bad = ended[0][0] - given_up
    drill.require(bad == 0, f"{bad} runs ended badly")


def everyone_told(drill: Drill, story: Story) -> None:
    """I3: every queued mail was sent, and every copy of one message has the same Message-ID."""
    began = time.monotonic()
    until(lambda: waiting_mails(story) == 0, TOLD_SECONDS)
    drill.figures["told_seconds"] = round(time.monotonic() - began, 1)
    left = waiting_mails(story)
    drill.require(left == 0, f"{left} mails are still waiting")
    ids = Counter(message_ids(story))
    dead = story.stack.sql("SELECT count(*) FROM core_delivery WHERE dead_at IS NOT NULL")[0][0]
    drill.require(dead == 0, f"{dead} dead letters")
    sent = story.stack.sql(
        "SELECT count(*) FROM core_delivery WHERE channel = 'email' AND done_at IS NOT NULL"
    )[0][0]
    drill.require(len(ids) <= sent, f"{len(ids)} messages for {sent} deliveries")
    drill.figures["mails"] = len(ids)
    drill.figures["raw_duplicates"] = sum(ids.values()) - len(ids)


def waiting_mails(story: Story) -> int:
    """Deliveries that nobody has sent yet."""
    return int(
        story.stack.sql("SELECT count(*) FROM core_delivery WHERE done_at IS NULL AND dead_at IS NULL")[0][0]
    )


def message_ids(story: Story) -> list[str]:
    """The Message-ID of each caught mail."""
    found = []
    for path in story.stack.mail.glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        found.append(re.sub(r"\s", "", str(message["Message-ID"])))
    return found
