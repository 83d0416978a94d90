"""Asking people for a decision and answering; the one way to write approvals."""

from approvals.services.asking import cancel_request, request_approval
from approvals.services.deciding import decide
from approvals.services.delegating import come_back, delegate, end_delegation, go_away
from approvals.services.due import fire, fire_due
from approvals.services.linking import accept_reply, decide_by_link, link_for
from approvals.services.mailing import store_mail
from approvals.services.reasking import fields_changed
from approvals.services.stages import NoApproverError

__all__ = [
    "NoApproverError",
    "accept_reply",
    "cancel_request",
    "come_back",
    "decide",
    "decide_by_link",
    "delegate",
    "end_delegation",
    "fields_changed",
    "fire",
    "fire_due",
    "go_away",
    "link_for",
    "request_approval",
    "store_mail",
]
