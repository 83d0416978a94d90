"""Looking for incidents that come again, and keeping what was found as candidates (PRB-09, PRB-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction

from core.settings_store import value
from core.time import db_now
from problems.choices import Reason, Verdict
from problems.models import Candidate, CandidateMember
from problems.recurrence import Recurrence, alike, repeated, share
from problems.selectors import pairs_alike, seen_incidents

_SAME = 0.5  # two groups with that much in common are one recurrence
_GROWN = 2  # a dismissed one is proposed again when it is so many times as large


@transaction.atomic
def look_for_recurrence(*, texts: bool) -> int:
    """Find what comes again and propose it; returns how many candidates wait for a person.

    Without ``texts`` only what happens on one item in one category is counted, which is cheap; with them
    titles are compared as well. Who begins while another one looks leaves it to that one. Nothing leaves the
    machine.
    """
    if _is_alone():
        _look(texts=texts)
    return Candidate.objects.filter(verdict=Verdict.OPEN).count()


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('problems_look_for_recurrence'))")
        return bool(cursor.fetchone()[0])


def _look(*, texts: bool) -> None:
    since = db_now() - dt.timedelta(days=value("problem.candidate_days"))
    seen = seen_incidents(since)
    found = repeated(seen, least=value("problem.candidate_repeats"))
    if texts:
        told = frozenset(pk for each in found for pk in each.pks)
        rest = [each for each in seen if each.pk not in told]
        found += alike(rest, pairs_alike(rest), least=value("problem.candidate_alike"))
    _keep(found, looked_for=list(Reason) if texts else [Reason.REPEATED])


def _keep(found: Sequence[Recurrence], *, looked_for: Sequence[Reason]) -> None:
    """Bring the candidates that are not accepted to what was found now."""
    earlier = list(Candidate.objects.exclude(verdict=Verdict.ACCEPTED).select_for_update().order_by("pk"))
    members: dict[int, set[int]] = {row.pk: set() for row in earlier}
    rows = CandidateMember.objects.filter(candidate__in=earlier)
    for candidate_id, incident_id in rows.values_list("candidate", "incident"):
        members[candidate_id].add(incident_id)
    same = _same(found, earlier, members)
    taken = {row.pk for row in same.values()}
    gone = [row.pk for row in earlier if row.pk not in taken and row.reason in looked_for]
    Candidate.objects.filter(pk__in=gone, verdict=Verdict.OPEN).delete()
    for place, each in enumerate(found):
        row = same.get(place)
        _write(each, row, members[row.pk] if row is not None else set())


def _same(
    found: Sequence[Recurrence], earlier: Sequence[Candidate], members: dict[int, set[int]]
) -> dict[int, Candidate]:
    """Which candidate each was before, by its place: that of its mark, else the one most like it.

    Marks go first for all: so no candidate gets a mark that another one still has.
    """
    marked = {row.signature: row for row in earlier}
    same = {place: marked[each.signature] for place, each in enumerate(found) if each.signature in marked}
    left = {row.pk: row for row in earlier if row not in same.values()}
    for place, each in enumerate(found):
        if place in same:
            continue
        realm = each.members[0].realm
        near = [
            (share(each.pks, members[pk]), -pk)
            for pk, row in left.items()
            if (row.company_id, row.group_id) == realm
        ]
        best, pk = max(near, default=(0.0, 0))
        if best >= _SAME:
            same[place] = left.pop(-pk)
    return same


def _write(found: Recurrence, row: Candidate | None, before: set[int]) -> None:
    first, last = found.members[0], found.members[-1]
    candidate = row or Candidate(company_id=first.company_id, group_id=first.group_id)
    candidate.signature, candidate.reason = found.signature, found.reason
    candidate.ci_id, candidate.category = found.ci_id, found.category
    candidate.size, candidate.score = len(found.members), found.score
    candidate.first_at, candidate.last_at = first.opened_at, last.opened_at
    if candidate.verdict == Verdict.DISMISSED and candidate.size >= _GROWN * (candidate.dismissed_size or 0):
        candidate.verdict, candidate.dismissed_size = Verdict.OPEN, None
        candidate.decided_by, candidate.decided_at = None, None
    candidate.save()
    gone = before - found.pks
    CandidateMember.objects.filter(candidate=candidate, incident__in=gone).delete()
    CandidateMember.objects.bulk_create(
        CandidateMember(candidate=candidate, incident_id=pk) for pk in sorted(found.pks - before)
    )
