"""Reading approvals: what waits, what was decided, decision sheets and links."""

from approvals.selectors.links import LinkExpiredError, already_decided, hash_of, link_of, reply_link
from approvals.selectors.lists import (
    approval_for,
    approvals_for,
    count_waiting,
    delegation_for,
    delegations_for,
    history_for,
    newest_round,
    open_requests,
    recipients,
    requests_by_public_id,
    requests_of,
    stand_ins,
    waiting_for,
)
from approvals.selectors.sheets import Voice, localized, sheet_by_link, sheet_for, title_of

__all__ = [
    "LinkExpiredError",
    "Voice",
    "already_decided",
    "approval_for",
    "approvals_for",
    "count_waiting",
    "delegation_for",
    "delegations_for",
    "hash_of",
    "history_for",
    "link_of",
    "localized",
    "newest_round",
    "open_requests",
    "recipients",
    "reply_link",
    "requests_by_public_id",
    "requests_of",
    "sheet_by_link",
    "sheet_for",
    "stand_ins",
    "title_of",
    "waiting_for",
]
