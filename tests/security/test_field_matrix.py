"""Who reads, writes and asks by which field: ``field_matrix.csv`` against the server (SECURITY AC-5, AC-12).

A row is an address, a way (``read``, ``query``, or the method that writes) and a field; columns are the
people of ``access_matrix.csv``. Cells: ``yes``; ``-`` there is no such thing for that person; ``no`` the
answer has no such field, or 403 to who writes it; ``unknown`` refused by name, as a misspelt one is. A view
that serves several kinds of ticket, such as comments, is asked at the first of its addresses.

After a change of fields, write the file anew and review the difference:

    ./run test tests/security/test_field_matrix.py --rewrite -n 0 && git diff tests/security
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.security.field_matrix import NO, NOTHING, YES, Asker, rewrite, written, wrong_cells
from tests.security.field_places import QUERY, READ, places
from tests.security.field_world import furnish
from tests.security.matrix import ROLES

SHARES = 4


def test_the_rows_are_the_fields_there_are():
    there, rows = {key for each in places() for key in each.rows()}, set(written())
    assert not sorted(there - rows), "fields without a row"
    assert not sorted(rows - there), "rows without a field"


@pytest.mark.parametrize("share", range(SHARES))
def test_every_cell_is_as_written(world, share, pytestconfig):
    furnish(world)
    found = Asker(world).cells(places()[share::SHARES])
    if pytestconfig.getoption("rewrite"):
        rewrite(found)
    wrong = wrong_cells(found)
    assert not wrong, "\n".join(wrong)


def test_the_matrix_is_large_enough_to_mean_something():
    rows = written()
    print(f"field matrix: {len(rows)} rows, {len(rows) * len(ROLES)} cells")
    assert len(rows) * len(ROLES) > 20_000


def test_every_field_is_seen_by_somebody():
    """A list without a record would let the matrix say nothing of its fields; these few stay so."""
    unseen = {
        f"{route} {name}"
        for (route, way, name), row in written().items()
        if way == READ and {row[role] for role in ROLES} == {NOTHING}
    }
    assert [each for each in sorted(unseen) if not each.removeprefix("api/v1/").startswith(UNSEEN)] == []


UNSEEN = (
    "approvals/<uuid:public_id>/ earlier.",  # a round before this one
    "catalog/items/<key:key>/ approvers.",  # an item that somebody approves
    "request-items/<key:number>/progress/ stages.",  # a flow with stages
    "requests/<key:number>/progress/ stages.",
    "tickets/<key:number>/progress/ ",
    "search/ results.",  # words to look for
    "incidents/<key:number>/major/",  # an incident that is a major one: the world has none
    "reports/sla/ ",  # clocks that have ended
    "schedules/<key:key>/ exceptions.",
    "sla/clocks/<uuid:public_id>/timeline/ bands.",  # a clock that stood still
    "tickets/<key:number>/sla-explain/ clocks.bands.",
    "access/explain/ steps.chain.",  # a rule that needs a grant
)


def test_who_has_not_signed_in_reads_and_writes_nothing():
    assert {row["anonymous"] for row in written().values()} == {NOTHING}


def test_the_other_company_reads_nothing_of_a_record_of_this_one():
    """What it reads at the address of a single record is what all companies share."""
    read = {
        route
        for (route, way, _name), row in written().items()
        if way == READ and "<" in route and row["other_company"] == YES
    }
    assert read == SHARED


SHARED = {
    "api/v1/ci-classes/<key:key>/",
    "api/v1/flows/<key:key>/",
    "api/v1/flows/<key:key>/draft/",
    "api/v1/flows/<key:key>/versions/",
    "api/v1/roles/<key:key>/",
    "api/v1/roles/<key:key>/holders/",
    "api/v1/schedules/<key:key>/",
    "api/v1/sla/definitions/<key:key>/",
}


def test_no_secret_is_read():
    told = {name for _route, way, name in written() if way == READ and SECRET.search(name.split(".")[-1])}
    assert told == NO_SECRETS


SECRET = re.compile(r"secret|password|token|sealed|hash|private|factor")
NO_SECRETS = {
    "needs_second_factor",
    "secrets",  # which there are, and since when
    "token_count",
    "token_url",
}


def test_nobody_asks_by_a_field_that_they_do_not_read():
    """SECURITY AC-5: whoever lists by a hidden field learns it row by row."""
    rows, wrong, met = written(), [], 0
    alone = {route for route, way, _name in rows if way == READ and route.endswith(">/")}
    for (route, way, name), row in rows.items():
        if way != QUERY or name.startswith("expand="):
            continue
        field = ASKED_AS.get(name, name.removeprefix("ordering=").split("__")[0])
        read = [rows[key] for key in _read_at(route, field, alone) if key in rows]
        read = [each for each in read if YES in each.values()]  # a list leaves out what is long
        for role in ROLES:
            alike = EMPLOYEES if role in EMPLOYEES else {role}
            cells = {each[other] for each in read for other in alike}
            met += NO in cells
            if NO in cells and YES not in cells and row[role] == YES:
                wrong.append(f"{route} ?{name}, {role}")
    print(f"{met} questions by a field that is hidden somewhere")
    assert not wrong, "\n".join(wrong)
    assert met > 40


EMPLOYEES = {"own", "other", "approver"}  # each sees other records, of all of them the same fields
# Parameters that are called otherwise than the field they ask about.
ASKED_AS = {
    "updated_after": "updated_at",
    "unassigned": "assignee",
    "due_before": "due_at",
    "due_after": "due_at",
}


def _read_at(route: str, field: str, alone: set[str]) -> list[Any]:
    """The rows of the field in the list and in each record of it."""
    below = [each for each in alone if each.startswith(route) and each.removeprefix(route).count("/") == 1]
    return [(each, READ, field) for each in [route, *below]]
