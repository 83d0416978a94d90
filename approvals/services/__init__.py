"""Asking people for a decision and answering; the one way to write approvals."""

from approvals.services.asking import NoApproverError, cancel_request, request_approval
from approvals.services.deciding import decide
from approvals.services.delegating import delegate, end_delegation
from approvals.services.due import fire, fire_due
from approvals.services.linking import decide_by_link, link_for

__all__ = [
    "NoApproverError",
    "cancel_request",
    "decide",
    "decide_by_link",
    "delegate",
    "end_delegation",
    "fire",
    "fire_due",
    "link_for",
    "request_approval",
]
