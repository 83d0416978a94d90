"""What a drill asks of the product's own services: ``python -m tests.faults.inside ACTION``, JSON in and out.

It runs in the environment of a private stack, in whichever copy of the code is the working directory, and
signs as the demo administrator.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import django
from django.apps import apps


def publish_flow(graph: dict[str, Any]) -> dict[str, Any]:
    """Publish a graph as the next version of its flow."""
    services = importlib.import_module("workflows.services")
    draft = services.save_draft(
        actor=_admin(), key=graph["key"], graph=graph, name_ko="훈련", name_en="Drill"
    )
    row = services.publish(draft.pk, actor=_admin())
    return {"version": row.pk, "no": row.no}


def publish_timer(body: dict[str, Any]) -> dict[str, Any]:
    """Publish a clock of ``seconds`` on incidents whose title begins with ``title``."""
    model, services = apps.get_model("sla", "SLADefinition"), importlib.import_module("sla.services")
    row = model.objects.create(
        key="drill_timer",
        name_ko="훈련",
        name_en="Drill",
        track="drill",
        kind="incident",
        target="custom",
        target_s=body["seconds"],
        calendar_source="none",
        start_cond={"f": "title", "op": "starts", "v": body["title"]},
        thresholds=[25, 50, 75],
    )
    return {"definition": services.publish_definition(row.pk, actor=_admin()).pk}


def make_connector(body: dict[str, Any]) -> dict[str, Any]:
    """A connection to ``base_url`` that flows may use."""
    row = importlib.import_module("connectors.services").create(
        actor=None, key=body["key"], name_ko="훈련", base_url=body["base_url"]
    )
    return {"connector": row.pk}


def _admin() -> Any:
    return apps.get_model("accounts", "User").objects.get(username="admin")


ACTIONS = {
    "make_connector": make_connector,
    "publish_flow": publish_flow,
    "publish_timer": publish_timer,
}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(ACTIONS[sys.argv[1]](json.load(sys.stdin))))
