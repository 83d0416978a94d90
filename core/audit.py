"""The audit trail: one row beside each change."""

from __future__ import annotations

from typing import Any

from core import rows
from core.cause import current_chain, current_channel, current_request_id
from core.models import AuditLog


def write(
    *, actor: Any, table: str, object_ref: str, action: str, diff: dict[str, Any] | None = None
) -> None:
    """Add a row to the audit trail, in the caller's transaction; ``diff`` is ``{field: [old, new]}``."""
    rows.insert(
        [
            AuditLog(
                actor_id=getattr(actor, "pk", None),
                table=table,
                object_ref=object_ref,
                action=action,
                diff=diff or {},
                channel=current_channel(),
                cause_chain=current_chain(),
                request_id=current_request_id(),
            )
        ]
    )
