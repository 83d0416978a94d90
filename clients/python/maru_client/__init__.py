"""Python client for the REST API of Maru.

from maru_client import Maru

maru = Maru("https://maru.example", token="itsm_pat_…", language="ko")
incident = maru.incidents.create(title="VPN drops", impact=2, urgency=2)
incident.comment("Looking into it.")
"""

from __future__ import annotations

from maru_client.approvals import Approval
from maru_client.catalog import CatalogItem
from maru_client.client import Maru
from maru_client.errors import (
    AnswerError,
    BadInputError,
    ConflictError,
    ConnectionLostError,
    FieldProblem,
    LocalFileError,
    MaruError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    ProblemError,
    RateLimitedError,
    RuleRefusedError,
    ServerError,
    StaleVersionError,
)
from maru_client.pages import Listing, Page
from maru_client.records import ConfigurationItem, Record, User
from maru_client.session import Retries
from maru_client.stream import Event, EventStream
from maru_client.tickets import Attachment, Clock, Input, Ticket, Transition
from maru_client.times import duration, moment

__version__ = "0.1.0"
__all__ = [
    "AnswerError",
    "Approval",
    "Attachment",
    "BadInputError",
    "CatalogItem",
    "Clock",
    "ConfigurationItem",
    "ConflictError",
    "ConnectionLostError",
    "Event",
    "EventStream",
    "FieldProblem",
    "Input",
    "Listing",
    "LocalFileError",
    "Maru",
    "MaruError",
    "NotAllowedError",
    "NotFoundError",
    "NotSignedInError",
    "Page",
    "ProblemError",
    "RateLimitedError",
    "Record",
    "Retries",
    "RuleRefusedError",
    "ServerError",
    "StaleVersionError",
    "Ticket",
    "Transition",
    "User",
    "duration",
    "moment",
]
