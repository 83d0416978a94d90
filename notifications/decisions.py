"""Notices about decisions: who is asked, what the mail says, the link that decides (APR-13, APR-15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from approvals.choices import Status
from approvals.models import Approval
from approvals.selectors import approvals_for, localized, recipients
from approvals.services import accept_reply, link_for
from core import formats
from core.models import OutboxEvent
from notifications.audience import portal_url, requester_side
from notifications.choices import Channel, Side
from notifications.models import Notification
from notifications.services import Notice
from tickets.models import Activity, Ticket

OUTCOMES = {"approved": "request_approved", "rejected": "request_declined"}


@dataclass(frozen=True)
class Sheet:
    """What a notice tells of a decision; the sheet itself has the rest."""

    approval: Approval

    @property
    def is_open(self) -> bool:
        """Whether it can still be decided."""
        return self.approval.status == Status.REQUESTED

    def names(self) -> dict[str, str]:
        """The plain values that texts may name."""
        request = self.approval.request
        asking = request.ticket.requester if request.ticket else request.requested_by
        return {
            "title": request.title,
            "requester": asking.display_name if asking else "",
            "due": formats.exact(request.due_at) if request.due_at else "",
            "instead_of": self.approval.instead_of.display_name if self.approval.instead_of else "",
            "decided_by": self._decided_by(),
        }

    def _decided_by(self) -> str:
        """Who answered, or else who decided the whole; empty while it is open or when nobody did."""
        person = self.approval.decided_by or self.approval.request.decided_by
        return person.display_name if person else ""

    def facts(self) -> list[tuple[str, str]]:
        """Who asks for what, and until when."""
        names, request = self.names(), self.approval.request
        what = localized((request.summary or {}).get("what"))
        number = request.ticket.number if request.ticket else ""
        lines = [
            (_("Requester"), names["requester"]),
            (_("What"), what if isinstance(what, str) else ""),
            (_("Number"), number),
            (_("Due"), names["due"]),
            (_("Instead of"), names["instead_of"]),
        ]
        return [(label, value) for label, value in lines if value]


def sheets(notices: Iterable[Notification], reader: User) -> dict[int, Sheet]:
    """What the notices tell of decisions, by approval, as far as ``reader`` may read them."""
    ids = {pk for notice in notices if (pk := notice.title_params.get("approval"))}
    rows = approvals_for(reader).filter(pk__in=ids) if ids else ()
    return {row.pk: Sheet(row) for row in rows}


def decision_link(notice: Notification, reader: User) -> str:
    """The path that opens and decides this approval as ``reader``, made for one mail."""
    return link_for(notice.title_params["approval"], user=reader)


def take_reply(notice: Notification, reader: User, token: str) -> None:
    """Let an answer to this mail decide; ``token`` is of this mail and no other."""
    accept_reply(notice.title_params["approval"], user=reader, token=token)


def reply_answered(event: OutboxEvent) -> Iterator[Notice]:
    """Who wrote a mail that decided nothing hears why; the page says the rest (APR-13, NTF-07)."""
    approval = Approval.objects.get(pk=event.payload["approval_id"])
    yield Notice(
        f"reply_{event.payload['result']}",
        [event.payload["user_id"]],
        Side.PORTAL,
        f"/approvals/{approval.public_id}/",
        channels=(Channel.MAIL,),
        params={"approval": approval.pk},
    )


def asked(event: OutboxEvent) -> Iterator[Notice]:
    """Each open approval's approver, and who stands in for them today."""
    for approval, person in recipients(event.payload["approval_ids"]):
        yield Notice(
            "approval_requested",
            [person.pk],
            Side.APPROVAL,
            f"/approvals/{approval.public_id}/",
            params={"approval": approval.pk},
        )


def decided(event: OutboxEvent, ticket: Ticket) -> Iterator[Notice]:
    """The requester's side hears how it was decided; the flow says what follows from it."""
    template = OUTCOMES.get(event.payload["outcome"])
    if template:
        params = refusal(ticket) if template == "request_declined" else {}
        people, url = requester_side(ticket), portal_url(ticket)
        yield Notice(template, people, Side.PORTAL, url, channels=(Channel.INAPP,), params=params)


def refusal(ticket: Ticket) -> dict[str, int]:
    """Where the reason of the last refusal stands, as parameters of a notice; empty when there is none."""
    rows = Activity.objects.filter(ticket=ticket.pk, verb="approval_rejected", is_public=True)
    pk = rows.exclude(body="").order_by("-pk").values_list("pk", flat=True).first()
    return {"activity": pk} if pk else {}
