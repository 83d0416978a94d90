"""The queues everybody has: what is mine, what waits for somebody, what is about to be late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policies import group_ids
from incidents.choices import HoldReason
from problems.trend_selectors import COUNTED
from sla.selectors import at_risk
from tickets import kinds
from tickets.choices import Phase

# The addresses of lists, and the kinds (by their own path) that each shows; none means all.
PATHS: dict[str, tuple[str, ...]] = {
    "all": (),
    "incidents": ("incidents",),
    "requests": ("requests", "request-items"),
    "problems": ("problems",),
    "tasks": ("catalog-tasks", "incident-tasks", "problem-tasks"),
}


@dataclass(frozen=True)
class Queue:
    """A named selection of tickets. ``path`` is the list it stands in when opened from the rail.

    ``sort`` is the order it has when the address names none.
    """

    key: str
    path: str
    label: str | Promise
    icon: str
    condition: Callable[[User], Q]
    empty: str | Promise = ""
    sort: str = "priority"


OPEN = Q(active=True, phase__in=[Phase.OPEN, Phase.WAITING])


def _mine(actor: User) -> Q:
    return OPEN & Q(assignee=actor)


def _unassigned(actor: User) -> Q:
    return OPEN & Q(assignee=None) & (Q(group__in=group_ids(actor)) | Q(group=None))


def _at_risk(actor: User) -> Q:
    return OPEN & at_risk()


def _open(actor: User) -> Q:
    return OPEN


def _waiting(actor: User) -> Q:
    return Q(active=True, phase=Phase.WAITING, incident__hold_reason=HoldReason.AWAITING_CALLER)


def _known_errors(actor: User) -> Q:
    return Q(active=True, problem__is_known_error=True)


def _counted(actor: User) -> Q:
    return Q(kind="incident") & COUNTED


def _resolved(actor: User) -> Q:
    return Q(active=True, phase=Phase.DONE)


MINE = Queue(
    "mine",
    "all",
    _("Assigned to me"),
    icon="user-check",
    condition=_mine,
    empty=_("Nothing is assigned to you at the moment."),
)
UNASSIGNED = Queue(
    "unassigned",
    "all",
    _("Unassigned"),
    icon="inbox",
    condition=_unassigned,
    empty=_("Every ticket of your groups has an owner."),
)
AT_RISK = Queue(
    "at_risk",
    "all",
    _("SLA at risk"),
    icon="flame",
    condition=_at_risk,
    empty=_("No promise is about to be broken."),
    sort="sla",
)
OPEN_INCIDENTS = Queue(
    "open", "incidents", _("Open incidents"), icon="list", condition=_open, empty=_("No incident is open.")
)
OPEN_REQUESTS = Queue(
    "open",
    "requests",
    _("Open requests"),
    icon="shopping-bag",
    condition=_open,
    empty=_("No request is open."),
)
OPEN_PROBLEMS = Queue(
    "open",
    "problems",
    _("Open problems"),
    icon="bug",
    condition=_open,
    empty=_("No problem is open."),
)
KNOWN_ERRORS = Queue(
    "known_errors",
    "problems",
    _("Known errors"),
    icon="book-open",
    condition=_known_errors,
    empty=_("There is no known error."),
)
TASKS = Queue(
    "open",
    "tasks",
    _("Tasks"),
    icon="list-checks",
    condition=_open,
    empty=_("There is no task to do."),
)
OPEN_ALL = Queue(
    "open", "all", _("Open tickets"), icon="list", condition=_open, empty=_("No ticket is open.")
)
WAITING = Queue(
    "waiting",
    "incidents",
    _("Waiting on user"),
    icon="hourglass",
    condition=_waiting,
    empty=_("You wait for nobody's answer."),
)
RESOLVED = Queue(
    "resolved",
    "all",
    _("Resolved"),
    icon="circle-check",
    condition=_resolved,
    empty=_("Nothing was resolved lately."),
)
COUNTED_INCIDENTS = Queue(
    "counted",
    "incidents",
    _("Incidents that trends count"),
    icon="trending-up",
    condition=_counted,
    empty=_("No such incident was opened in this time."),
    sort="newest",
)

RAIL: tuple[tuple[str | Promise, tuple[Queue, ...]], ...] = (
    (_("My work"), (MINE,)),
    (
        _("Service desk"),
        (UNASSIGNED, AT_RISK, OPEN_INCIDENTS, OPEN_PROBLEMS, OPEN_REQUESTS, TASKS, WAITING, RESOLVED),
    ),
)
QUEUES = (
    MINE,
    UNASSIGNED,
    AT_RISK,
    OPEN_ALL,
    OPEN_INCIDENTS,
    OPEN_PROBLEMS,
    KNOWN_ERRORS,
    OPEN_REQUESTS,
    TASKS,
    WAITING,
    RESOLVED,
    COUNTED_INCIDENTS,
)
DEFAULTS = {
    "all": MINE,
    "incidents": OPEN_INCIDENTS,
    "problems": OPEN_PROBLEMS,
    "requests": OPEN_REQUESTS,
    "tasks": TASKS,
}


def queue_at(path: str, key: str) -> Queue | None:
    """The queue of that key as the list at ``path`` shows it; without a key the list's own one."""
    if not key:
        return DEFAULTS[path]
    found = [queue for queue in QUEUES if queue.key == key]
    return next((queue for queue in found if queue.path == path), found[0] if found else None)


def kinds_at(path: str) -> list[str]:
    """The keys of the kinds that the list at ``path`` shows; empty for all."""
    specs = [kinds.with_path(own) for own in PATHS[path]]
    return [spec.key for spec in specs if spec is not None]


def narrowed(path: str) -> Q:
    """The filter for the kinds of a list."""
    return Q(kind__in=kinds_at(path)) if PATHS[path] else Q()


def path_of(kind: str) -> str:
    """The list that tickets of this kind stand in."""
    own = kinds.get(kind).path
    return next((path for path, shown in PATHS.items() if own in shown), "all")
