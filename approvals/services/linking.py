"""Decision links: a mail's way to decide without signing in (PROCESSES APR-13, SECURITY SE-7)."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction

from accounts.models import User
from approvals.models import Approval, ApprovalRequest, DecisionLink
from approvals.policies import stands_for
from approvals.selectors import hash_of, link_of
from approvals.services.deciding import decide
from core.cause import name_actor
from core.errors import NotAllowedError
from core.settings_store import value
from core.time import db_now


@transaction.atomic
def link_for(approval_id: int, *, user: User | None = None) -> str:
    """The path ``/a/<token>/`` that opens and decides this approval as ``user`` (the approver when left out).

    Made for one mail: each call makes a new token, works once and for ``approval.link_days`` days; only its
    hash is stored. Raises NotAllowedError for a person who may not decide it.
    """
    row = Approval.objects.select_related("approver").get(pk=approval_id)
    person = user or row.approver
    if not stands_for(person, row):
        raise NotAllowedError
    token = secrets.token_urlsafe(32)
    DecisionLink.objects.create(
        approval=row,
        user=person,
        token_hash=hash_of(token),
        expires_at=db_now() + dt.timedelta(days=value("approval.link_days")),
    )
    return f"/a/{token}/"


@transaction.atomic
def accept_reply(approval_id: int, *, user: User, token: str) -> None:
    """From now on a mail by ``user`` that answers the mail with this token may decide this approval, once.

    ``token`` is made from the mail's key, the same on every attempt to send it; run twice it adds nothing.
    Works for ``approval.link_days`` days. Raises NotAllowedError for a person who may not decide it.
    """
    row = Approval.objects.select_related("approver").get(pk=approval_id)
    if not stands_for(user, row):
        raise NotAllowedError
    link = DecisionLink(
        approval=row,
        user=user,
        token_hash=hash_of(token),
        by_reply=True,
        expires_at=db_now() + dt.timedelta(days=value("approval.link_days")),
    )
    DecisionLink.objects.bulk_create([link], ignore_conflicts=True)


@transaction.atomic
def decide_by_link(token: str, *, decision: str, comment: str = "") -> ApprovalRequest:
    """The request after the link's person answered through it; only a POST may come here.

    Raises NotVisibleError (no such link), LinkExpiredError, and as ``decide``: a second use or a decided
    request is AlreadyDecidedError with who decided and when.
    """
    link = link_of(token)
    name_actor(link.user_id)
    return decide(
        link.approval_id, actor=link.user, decision=decision, comment=comment, channel="mail", via_link=link
    )
