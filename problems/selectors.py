"""Reading problems and what hangs on them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from accounts.policies import Actor, company_wall
from core.errors import NotVisibleError
from problems.choices import Resolution, Verdict
from problems.models import BoneName, Candidate, CandidateMember, Factor, Problem, ProblemTask, Why
from problems.policies import why_candidates
from problems.recurrence import Seen
from tickets.choices import ActivityKind, LinkType
from tickets.models import Activity, Ticket, TicketCI, TicketLink
from tickets.policies import visible_activity, visible_to
from tickets.selectors import seen_by

# Two titles are alike from here on: the share of three-letter pieces they have in common (pg_trgm).
LIKENESS = 0.5
# How long before the first incident the story of a problem begins (PROCESSES PRB-11).
STORY_BEGINS = dt.timedelta(hours=72)
MOST_STORY, _MOST_TICKETS = 200, 1000
_HEAVY = tuple(f"incident__{name}" for name in ("description", "bigram", "custom", "close_notes"))


def incidents_of(problem_pk: int) -> QuerySet[Ticket]:
    """The incidents that the problem causes, whoever may see them; oldest first."""
    links = TicketLink.objects.filter(target=problem_pk, type=LinkType.CAUSED_BY)
    return Ticket.objects.filter(kind="incident", pk__in=links.values("source")).order_by("pk")


def seen_incidents_of(actor: Actor, problem_pk: int) -> QuerySet[Ticket]:
    """The incidents that the problem causes, as far as ``actor`` sees them; oldest first."""
    return incidents_of(problem_pk).filter(visible_to(actor))


def open_tasks(problem_pk: int) -> QuerySet[ProblemTask]:
    """The tasks of the problem that have come to no end yet."""
    return ProblemTask.objects.filter(parent=problem_pk, active=True).order_by("pk")


def main_problem(problem: Problem) -> Problem:
    """The problem itself, or the one that it is a duplicate of, however long the chain."""
    known = {problem.pk}
    while problem.state == "closed" and problem.close_code == "duplicate":
        link = TicketLink.objects.filter(source=problem.pk, type=LinkType.DUPLICATE).order_by("-pk").first()
        if link is None or link.target_id in known:
            return problem
        known.add(link.target_id)
        problem = Problem.objects.get(pk=link.target_id)
    return problem


def whys_of(problem_pk: int) -> QuerySet[Why]:
    """The answers of a problem's tree of whys, in the order in which they were given."""
    return Why.objects.filter(problem=problem_pk).order_by("pk")


def bone_names_of(problem_pk: int) -> QuerySet[BoneName]:
    """The names of its own that a problem's diagram gives categories."""
    return BoneName.objects.filter(problem=problem_pk).order_by("pk")


def factors_of(problem_pk: int) -> QuerySet[Factor]:
    """The possible causes of a problem's diagram, in the order in which they were given."""
    return Factor.objects.filter(problem=problem_pk).order_by("pk")


def story_of(actor: Actor, problem: Problem) -> list[Activity]:
    """What happened around a problem, as far as ``actor`` may read it: at most 201 rows, oldest first.

    Its own moves, those of its incidents, and of every ticket on their items and its own, from 72 hours
    before the first incident (without one: before the problem) until the problem was resolved.
    """
    own = seen_incidents_of(actor, problem.pk).order_by("opened_at", "pk")
    incidents = list(own.values_list("pk", "ci", "opened_at")[:_MOST_TICKETS])
    begin = min([problem.opened_at, *(at for _pk, _ci, at in incidents)]) - STORY_BEGINS
    further = TicketCI.objects.filter(ticket=problem.pk).values_list("ci", flat=True)
    items = {problem.ci_id, *further, *(ci for _pk, ci, _at in incidents)} - {None}
    near = seen_by(actor)
    near = near.filter(Q(pk__in=[problem.pk, *(pk for pk, _ci, _at in incidents)]) | Q(ci__in=items))
    near = near.filter(Q(active=True) | Q(closed_at__gte=begin)).order_by("-opened_at", "-pk")
    rows = Activity.objects.filter(visible_activity(actor), kind=ActivityKind.STATE, at__gte=begin)
    rows = rows.filter(ticket__in=list(near.values_list("pk", flat=True)[:_MOST_TICKETS]))
    if problem.resolved_at is not None:
        rows = rows.filter(at__lte=problem.resolved_at)
    return list(rows.select_related("ticket", "actor").order_by("at", "pk")[: MOST_STORY + 1])


def candidates_for(actor: Actor) -> QuerySet[Candidate]:
    """What is proposed as a problem, as far as ``actor`` sees each of its incidents; the best first."""
    if not why_candidates(actor):
        return Candidate.objects.none()
    unseen = CandidateMember.objects.filter(candidate=OuterRef("pk")).exclude(incident__in=seen_by(actor))
    rows = Candidate.objects.filter(company_wall(actor)).exclude(Exists(unseen))
    return rows.select_related("ci", "group", "problem", "decided_by").order_by("-score", "-pk")


def candidate_with(actor: Actor, public_id: UUID | str) -> Candidate:
    """The candidate with that id. Raises NotVisibleError."""
    row = candidates_for(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row


def incidents_of_candidates(rows: Iterable[Candidate]) -> dict[int, list[Ticket]]:
    """The incidents of each candidate by its key, newest first: one query."""
    members = CandidateMember.objects.filter(candidate__in=[row.pk for row in rows])
    found: dict[int, list[Ticket]] = {}
    whole = members.select_related("incident__assignee", "incident__group").defer(*_HEAVY)
    for member in whole.order_by("-incident"):
        found.setdefault(member.candidate_id, []).append(member.incident)
    return found


def days_of(incidents: Iterable[Ticket]) -> dict[dt.date, int]:
    """How many of them were opened on which day of the active time zone, oldest first."""
    days = sorted(localtime(each.opened_at).date() for each in incidents)
    return dict(Counter(days))


def open_candidates(actor: Actor) -> QuerySet[Candidate]:
    """Those that nobody has decided about yet."""
    return candidates_for(actor).filter(verdict=Verdict.OPEN)


def seen_incidents(since: dt.datetime) -> list[Seen]:
    """The incidents opened since then that may have one cause with others, whoever may see them; by key.

    Left out are withdrawn ones and duplicates, children, whose parent counts for all, and those that a
    problem explains already; one that was cancelled explains nothing.
    """
    known = TicketLink.objects.filter(
        source=OuterRef("pk"), type=LinkType.CAUSED_BY, target__kind="problem"
    ).exclude(target__close_code=Resolution.CANCELED)
    rows = Ticket.objects.filter(kind="incident", opened_at__gte=since, parent=None)
    rows = rows.exclude(state="cancelled").exclude(close_code="duplicate").exclude(Exists(known))
    columns = ("pk", "company", "group", "group__is_restricted", "ci", "category", "priority", "opened_at")
    return [
        Seen(pk, company, group if restricted else None, ci, category, priority, at, _plain(title))
        for pk, company, group, restricted, ci, category, priority, at, title in rows.order_by("pk")
        .values_list(*columns, "title")
        .iterator()
    ]


def _plain(title: str) -> str:
    """A title without case, figures and spaces beyond one: two mails of one alert differ in these."""
    return " ".join("".join("#" if each.isdigit() else each for each in title.lower()).split())


def pairs_alike(seen: Iterable[Seen]) -> list[tuple[int, int]]:
    """Pairs of these incidents, by key, whose texts are alike, on one item or in one category of one realm.

    PostgreSQL compares them through a trigram index of a table that ends with the transaction. Equal texts
    are compared once: the first of them is paired with each of the others.
    """
    texts: dict[tuple[object, ...], list[Seen]] = {}
    for each in seen:
        texts.setdefault((each.realm, each.ci_id, each.category, each.text), []).append(each)
    firsts = [same[0] for same in texts.values()]
    equal = [(same[0].pk, other.pk) for same in texts.values() for other in same[1:]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(_TABLE)
        columns: list[Any] = [
            [each.pk for each in firsts],
            [f"{each.realm}" for each in firsts],
            [each.ci_id for each in firsts],
            [each.category for each in firsts],
            [each.text for each in firsts],
        ]
        cursor.execute(_ROWS, columns)
        cursor.execute(_INDEX)
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(LIKENESS)])
        cursor.execute(_PAIRS, [LIKENESS])
        return equal + list(cursor.fetchall())


_TABLE = (
    "DROP TABLE IF EXISTS problems_text;"
    " CREATE TEMP TABLE problems_text (pk bigint, realm text, ci bigint, category text, text text)"
    " ON COMMIT DROP"
)
_ROWS = (
    "INSERT INTO problems_text SELECT * FROM unnest"
    "(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[])"
)
_INDEX = "CREATE INDEX ON problems_text USING gin (text gin_trgm_ops); ANALYZE problems_text"
_PAIRS = """
SELECT a.pk, b.pk FROM problems_text a JOIN problems_text b ON b.text %% a.text AND b.pk > a.pk
WHERE b.realm = a.realm AND (b.ci = a.ci OR b.category = a.category) AND similarity(a.text, b.text) > %s
"""
