"""What an agent's day begins with: own tickets, what is nearly late, mentions, decisions, loads of teams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Group, Membership, User
from accounts.policies import group_ids
from approvals.models import Approval
from approvals.selectors import title_of, waiting_for
from core.charts import Piece
from desk import paging, queues
from desk.filters import whole
from desk.selectors.lists import Row, as_rows
from handovers.models import HandOver
from handovers.selectors import waiting_for as hand_overs_waiting
from notifications.models import Notification
from notifications.selectors import notices_for
from notifications.texts import Rendered, rendered
from tickets.choices import Phase
from tickets.selectors import listed, seen_by

FEW, MOST_TEAMS = 8, 6
MENTIONED = "ticket_mentioned"


@dataclass(frozen=True)
class Mention:
    """Somebody wrote this person's name; as the list of notices shows it."""

    notice: Notification
    text: Rendered


@dataclass(frozen=True)
class Asked:
    """A decision that waits for this person."""

    approval: Approval
    title: str
    url: str


@dataclass(frozen=True)
class Load:
    """Open tickets of one group that one member works on; no person is those that nobody has."""

    person: User | None
    working: int
    waiting: int
    url: str

    @property
    def total(self) -> int:
        """All of them."""
        return self.working + self.waiting

    @property
    def name(self) -> str:
        """Who it is."""
        return self.person.display_name if self.person else _("Nobody yet")

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The bar, each part with its words."""
        shown = [(_("In work"), self.working, "accent"), (_("Waiting"), self.waiting, "neutral")]
        return tuple(Piece(f"{label}: {value}", value, tone) for label, value, tone in shown if value)

    @property
    def sentence(self) -> str:
        """The bar in words."""
        names = {"name": self.name, "working": self.working, "waiting": self.waiting}
        return _("%(name)s: %(working)s in work, %(waiting)s waiting") % names


@dataclass(frozen=True)
class Team:
    """The load of one group: first what nobody has, then its members, the least busy first."""

    group: Group
    loads: tuple[Load, ...]

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((load.total for load in self.loads), default=0)


@dataclass(frozen=True)
class Day:
    """What waits: ``hand_overs`` for somebody of the next shift of the reader's teams.

    ``mine`` and ``late`` are at most FEW rows, the next due first; ``more_…`` tells of others.
    """

    hand_overs: Sequence[HandOver]
    mine: Sequence[Row]
    more_mine: bool
    late: Sequence[Row]
    more_late: bool
    mentions: Sequence[Mention]
    asked: Sequence[Asked]
    teams: Sequence[Team]


def day_of(actor: User) -> Day:
    """What waits for ``actor`` now; a fixed number of queries for any number of tickets and people."""
    mine, more_mine = _first(actor, whole(queues.MINE).condition(actor))
    others = Q(group__in=group_ids(actor)) & ~Q(assignee=actor)
    late, more_late = _first(actor, whole(queues.AT_RISK).condition(actor) & others)
    rows = as_rows(listed([*mine, *late]), reader=actor)
    first = len([row for row in rows if row.ticket.pk in set(mine)])
    return Day(
        hand_overs=list(hand_overs_waiting(actor)[:FEW]),
        mine=rows[:first],
        more_mine=more_mine,
        late=rows[first:],
        more_late=more_late,
        mentions=_mentions(actor),
        asked=_asked(actor),
        teams=_teams(actor),
    )


def _first(actor: User, wanted: Q) -> tuple[list[int], bool]:
    """The keys of the visible tickets that are due next, and whether there are more."""
    rows = paging.ordered(seen_by(actor).filter(wanted), "sla")
    keys = list(rows.values_list("pk", flat=True)[: FEW + 1])
    return keys[:FEW], len(keys) > FEW


def _mentions(actor: User) -> list[Mention]:
    """The latest of those on tickets that the reader still sees; what was read comes after the rest."""
    notices = list(notices_for(actor).filter(template=MENTIONED).select_related("ticket")[:FEW])
    texts: dict[int, Any] = rendered(notices, actor) if notices else {}
    found = [Mention(notice, texts[notice.pk]) for notice in notices if texts[notice.pk]]
    return sorted(found, key=lambda each: each.notice.read_at is not None)


def _asked(actor: User) -> list[Asked]:
    return [
        Asked(row, title_of(row.request), reverse("portal:approval", args=[row.public_id]))
        for row in waiting_for(actor)[:FEW]
    ]


def _teams(actor: User) -> list[Team]:
    """The groups of the reader with open tickets, and who of them has how much; two queries."""
    members = Membership.objects.filter(group__in=group_ids(actor), user__is_active=True)
    people: dict[Group, list[User]] = defaultdict(list)
    for member in members.select_related("user", "group").order_by("group__name_ko", "group_id", "user_id"):
        people[member.group].append(member.user)
    rows = seen_by(actor).filter(queues.OPEN, group__in=[group.pk for group in people])
    counts = (
        rows.order_by()
        .values_list("group", "assignee")
        .annotate(all=Count("pk"), waiting=Count("pk", filter=Q(phase=Phase.WAITING)))
    )
    found = {(group, person): (total - waiting, waiting) for group, person, total, waiting in counts}
    busy = {group for group, _person in found}
    shown = [group for group in people if group.pk in busy][:MOST_TEAMS]
    return [Team(group, _loads(group, people[group], found)) for group in shown]


def _loads(
    group: Group, people: Sequence[User], found: dict[tuple[int, int | None], tuple[int, int]]
) -> tuple[Load, ...]:
    nobody = Load(None, *found.get((group.pk, None), (0, 0)), url=_list_of(group, "none"))
    each = [
        Load(person, *found.get((group.pk, person.pk), (0, 0)), url=_list_of(group, person.username))
        for person in people
    ]
    return (nobody, *sorted(each, key=lambda load: (load.total, load.name)))


def _list_of(group: Group, assignee: str) -> str:
    return f"{reverse('desk:all')}?view=open&group={group.key}&assignee={assignee}"
