"""The engine's side of ``./run bench flows``: a process with the stack's environment that does one thing.

``prepare N`` publishes the flow and starts N runs; ``work`` takes every due step on until none is left;
``watch`` publishes a flow that incidents start; ``wait N`` makes N waiting steps; ``tick`` sweeps once and
tells what that took. Each prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - Django must be set up first

from core import sweep  # noqa: E402
from incidents.models import Incident  # noqa: E402
from workflows import executor, services  # noqa: E402
from workflows.models import Flow, FlowRun, FlowStep  # noqa: E402

KEY = "bench_fifteen"
WAITS = "bench_waiting"


def fifteen() -> dict[str, object]:
    """A flow of fifteen steps as they come: values, sums, choices, notes in the timeline, a notice."""
    nodes: dict[str, dict[str, object]] = {}
    for at in range(4):
        nodes[f"set{at}"] = {"kind": "set", "set": {f"x{at}": "{{ ticket.number }}"}, "next": f"sum{at}"}
        nodes[f"sum{at}"] = {"kind": "compute", "set": {"total": "vars.total + 100"}, "next": f"note{at}"}
        nodes[f"note{at}"] = {"kind": "log", "message": "{{ vars.total }}", "next": f"set{at + 1}"}
    nodes["note3"]["next"] = "choose"
    nodes["choose"] = {
        "kind": "branch",
        "cases": [{"if": {"f": "vars.total", "op": "gte", "v": 100}, "to": "tell"}],
        "default": "fin",
    }
    nodes["tell"] = {"kind": "notify", "template": "flow_note", "to": [{"path": "requester"}], "next": "fin"}
    nodes["fin"] = {"kind": "end", "outcome": "done"}
    return _graph(KEY, "set0", nodes, {"total": 0})


def waiting() -> dict[str, object]:
    """A flow that waits for a day."""
    nodes: dict[str, dict[str, object]] = {
        "wait": {"kind": "wait_duration", "for": {"after": "P9D"}, "next": "fin"},
        "fin": {"kind": "end", "outcome": "done"},
    }
    return _graph(WAITS, "wait", nodes, {})


def _graph(
    key: str, start: str, nodes: dict[str, dict[str, object]], given: dict[str, object]
) -> dict[str, object]:
    return {
        "schema": 1, "key": key, "trigger": {"kind": "manual"}, "start": start, "vars": given, "nodes": nodes,
    }  # fmt: skip


def publish(graph: dict[str, object]) -> None:
    """The flow, published once."""
    key = str(graph["key"])
    if not Flow.objects.filter(key=key).exists():
        draft = services.save_draft(actor=None, key=key, graph=graph, name_ko=key, name_en=key)
        services.publish(draft.pk, actor=None)


def prepare(count: int) -> dict[str, object]:
    """So many runs of the fifteen steps, not yet begun."""
    publish(fifteen())
    ticket = Incident.objects.order_by("pk").first()
    for first in range(0, count, 500):
        with transaction.atomic():
            for _number in range(first, min(first + 500, count)):
                services.start_run(KEY, ticket=ticket)
    return {"runs": count}


def work() -> dict[str, object]:
    """Every due step of the fifteen, taken on by this process; seconds and batches it took."""
    began, cpu, batches = time.perf_counter(), time.process_time(), 0
    while executor.run_batch():
        batches += 1
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "batches": batches,
        "left": FlowStep.objects.filter(status="ready", run__flow_version__flow__key=KEY).count(),
    }


def watch() -> dict[str, object]:
    """A flow that every opened incident starts, of one step."""
    nodes: dict[str, dict[str, object]] = {
        "bench_first": {"kind": "set", "set": {"x": 1}, "next": "fin"},
        "fin": {"kind": "end", "outcome": "done"},
    }
    trigger = {"kind": "record", "type": "incident", "on": "create", "if": {}}
    publish({**_graph("bench_watch", "bench_first", nodes, {}), "trigger": trigger})
    return {"flow": "bench_watch"}


def wait(count: int) -> dict[str, object]:
    """So many waiting steps, copied from one that the engine made."""
    publish(waiting())
    run = services.start_run(WAITS, ticket=None)
    while executor.run_batch():
        pass
    columns = [field.column for field in FlowRun._meta.concrete_fields if not field.primary_key]
    own = ["public_id"]
    kept = ", ".join(name for name in columns if name not in own)
    steps = [field.column for field in FlowStep._meta.concrete_fields if not field.primary_key]
    rest = ", ".join(name for name in steps if name != "run_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH made AS (INSERT INTO workflows_flowrun ({kept}, public_id)"
            f" SELECT {kept}, gen_random_uuid() FROM workflows_flowrun, generate_series(1, %s)"
            f" WHERE id = %s RETURNING id) INSERT INTO workflows_flowstep (run_id, {rest})"
            f" SELECT made.id, {rest} FROM made, workflows_flowstep WHERE run_id = %s",
            [count, run.pk, run.pk],
        )
        cursor.execute("ANALYZE workflows_flowrun; ANALYZE workflows_flowstep")
    return {"waiting": FlowStep.objects.filter(status="waiting").count()}


def tick() -> dict[str, object]:
    """Milliseconds of one idle sweep of the engine's own steps, the median of 30."""
    engine = [step for step in sweep.steps() if step.__module__.startswith("workflows.")]
    times = []
    for _turn in range(31):
        began = time.perf_counter()
        for step in engine:
            step(limit=50)
        times.append((time.perf_counter() - began) * 1000)
    return {"ms": sorted(times[1:])[15], "steps": len(engine)}


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    print(
        json.dumps(
            {"prepare": prepare, "work": work, "wait": wait, "tick": tick, "watch": watch}[what](
                *map(int, numbers)
            )
        )
    )
