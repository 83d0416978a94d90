"""Every event that the code publishes is told by the event log, or stands here with the reason why not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from api.event_rules import rule_for
from itsm.environment import BASE_DIR
from tickets import kinds

# What only our own handlers need; who may know hears of the same by another event.
SILENT = {
    "approval.reply_answered": "the answer itself is told",
    "flow.notice": "the notice reaches its people",
    "hand_over.accepted": "a team's own affairs",
    "hand_over.written": "a team's own affairs",
    "incident.caller_reminded": "a reminder to the caller, who has its notice",
    "incident.children_resolved": "each child's own move is told",
    "incident.parent_commented": "the comment of each child is told",
    "incident.parent_moved": "each child's own move is told",
    "incident.tasks_done": "the move of the last task is told",
    "problem.settled": "the problem's own move is told",
    "problem.tasks_done": "the move of the last task is told",
    "problem.told": "the comment of each incident is told",
    "role.changed": "roles are read where they are kept",
    "role.created": "roles are read where they are kept",
    "ticket_schedule.failed": "a schedule's own affairs",
    "webhook.dead": "a webhook's own affairs",
    "webhook.switched_off": "a webhook's own affairs",
}
# Where the last word of a name is put together when it happens: those that it can be.
PUT_TOGETHER = {
    "calendar.": ["changed"],
    "catalog.": ["published"],
    "connector.": ["changed"],
    "delegation.": ["created"],
    "flow.": ["published"],
    "oncall.": ["rota_created"],
    "role.": ["given", "taken"],
    "sla.definition_": ["published"],
    "ticket.": ["merged", "unmerged"],
    "ticket_schedule.": [],
    "user.": ["disabled", "enabled"],
    "webhook.": [],
    ".tasks_done": ["incident", "problem"],
}
_NAME = re.compile(r"[a-z_]+\.[a-z_]*[a-z]")


def published() -> Iterator[str]:
    """The names in calls of ``outbox.publish`` and ``publish_many`` all over our code."""
    for top in sorted(BASE_DIR.iterdir()):
        if not (top / "apps.py").exists():
            continue
        for path in top.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                    "outbox.publish",
                    "outbox.publish_many",
                ):
                    yield from _names(node.args[0])


def _names(argument: ast.expr) -> Iterator[str]:
    for node in ast.walk(argument):
        if isinstance(node, ast.JoinedStr):
            known = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            yield from (
                f"{known}{word}" if known.endswith((".", "_")) else f"{word}{known}"
                for word in PUT_TOGETHER[known]
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
            yield node.value


def test_every_event_is_told_or_silent_on_purpose() -> None:
    names = set(published())
    names |= {f"{kind.key}.{verb}" for kind in kinds.all_kinds() for verb in ("opened", "moved", "updated")}
    assert {"ticket.commented", "problem.told", "delegation.created"} <= names
    assert {name for name in names if rule_for(name) is None} <= set(SILENT)


def test_what_is_called_silent_is_silent() -> None:
    assert [name for name in SILENT if rule_for(name) is not None] == []
