"""Approvals: what is asked of the caller, and the answer."""

from __future__ import annotations

from typing import Any

from maru_client.pages import Listing
from maru_client.records import Record
from maru_client.session import Session, name


class Approval(Record):
    """One person's part in a question. ``get`` gives all one needs to decide: ``what``, ``cost`` …"""

    __slots__ = ()

    def approve(self, comment: str = "", *, idempotency_key: str = "") -> Approval:
        """Say yes. Raises ConflictError ``already_decided`` that names who was faster."""
        return self._decide("approve", comment, idempotency_key)

    def reject(self, comment: str, *, idempotency_key: str = "") -> Approval:
        """Say no, with the reason that the requester reads."""
        return self._decide("reject", comment, idempotency_key)

    def refresh(self) -> Approval:
        """Read it again."""
        self.data, self.etag = self.session.get(f"/approvals/{name(self.id)}/")
        return self

    def _decide(self, decision: str, comment: str, key: str) -> Approval:
        # What was read in full is what is decided: the version goes along, when there is one.
        self.data, self.etag = self.session.post(
            f"/approvals/{name(self.id)}/decision/",
            {"decision": decision, "comment": comment},
            key=key,
            if_match=self.etag,
        )
        return self


class Approvals:
    """``maru.approvals``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def mine(self) -> Listing[Approval]:
        """What waits for the caller, and for people the caller stands in for."""
        return self.list(mine="pending")

    def list(self, **filters: Any) -> Listing[Approval]:
        """Approvals the caller may read: ``mine``, ``status``, ``ticket``."""
        return Listing(self._session, "/approvals/", filters, lambda row: Approval(self._session, row))

    def get(self, approval_id: str) -> Approval:
        """One approval with its sheet."""
        return Approval(self._session, *self._session.get(f"/approvals/{name(approval_id)}/"))
