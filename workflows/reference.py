"""The seed flows; published after each migration where they are missing, never changed afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tickets import kinds
from workflows.models import Flow
from workflows.services import publish, save_draft

SEED = Path(__file__).parent / "seed"


def load(**_kwargs: Any) -> None:
    """Publish the flows of ``workflows/seed`` that no flow with their key exists for.

    A flow that opens tickets of a kind which is not installed is left out.
    """
    for path in sorted(SEED.glob("*.json")):
        bundle = json.loads(path.read_text(encoding="utf-8"))
        graph = bundle["graph"]
        if Flow.objects.filter(key=graph["key"]).exists() or not _is_possible(graph):
            continue
        draft = save_draft(
            actor=None,
            key=graph["key"],
            graph=graph,
            name_ko=bundle["name"]["ko"],
            name_en=bundle["name"]["en"],
            notes=bundle.get("notes", ""),
        )
        publish(draft.pk, actor=None)


def _is_possible(graph: dict[str, Any]) -> bool:
    wanted = {node["type"] for node in graph["nodes"].values() if node["kind"] == "create_task"}
    return wanted <= {spec.key for spec in kinds.all_kinds()}
