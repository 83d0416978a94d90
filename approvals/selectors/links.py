"""Decision links, and the refusal of a second decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.choices import DECISIONS, Status
from approvals.models import Approval, ApprovalRequest, DecisionLink
from core.errors import AlreadyDecidedError, DomainError, NotVisibleError
from core.time import db_now


class LinkExpiredError(DomainError):
    """The decision link is too old; the approval itself may still be open in the portal."""

    status = 410
    code = "link_expired"
    title = gettext_lazy("This link is no longer valid")


def link_of(token: str) -> DecisionLink:
    """The decision link that ``token`` is, with its approval and person; reading changes nothing.

    Raises NotVisibleError for no such link, LinkExpiredError after its time.
    """
    rows = DecisionLink.objects.select_related("user", "approval__request", "approval__decided_by")
    link = rows.filter(token_hash=hash_of(token), by_reply=False).first()
    if link is None:
        raise NotVisibleError
    if link.expires_at <= db_now():
        raise LinkExpiredError(_("This link has expired. Sign in to decide."))
    return link


def reply_link(tokens: Iterable[str]) -> DecisionLink | None:
    """What the first known of these tokens of replies stands for, expired or used as it may be."""
    wanted = [hash_of(token) for token in tokens]
    rows = DecisionLink.objects.select_related("user", "approval__request", "approval__decided_by")
    found = {row.token_hash: row for row in rows.filter(token_hash__in=wanted, by_reply=True)}
    return next((found[each] for each in wanted if each in found), None)


def hash_of(token: str) -> str:
    """What is stored of a link's secret."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def already_decided(request: ApprovalRequest, row: Approval) -> AlreadyDecidedError:
    """The refusal that says who decided what and when, as far as there was a person."""
    person = row.decided_by or request.decided_by
    at = row.decided_at or request.decided_at
    decision = row.status if row.status in DECISIONS else request.status
    if decision == Status.REQUESTED:
        decision = _seat_decision(row)
    label = str(Status(decision).label)
    text = _("Already decided: %(decision)s.") % {"decision": label}
    if person is not None:
        words = {"decision": label, "name": person.display_name}
        text = _("Already decided by %(name)s: %(decision)s.") % words
    return AlreadyDecidedError(
        text,
        decided_by=person.display_name if person else None,
        decided_at=at.isoformat() if at else None,
        decision=decision,
    )


def _seat_decision(row: Approval) -> str:
    """What the other holder of this seat answered, while the request as a whole is still open."""
    given = Approval.objects.filter(
        request=row.request_id, stage=row.stage, seats__overlap=row.seats, status__in=DECISIONS
    )
    return given.values_list("status", flat=True).first() or Status.NOT_REQUIRED
