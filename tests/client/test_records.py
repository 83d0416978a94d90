"""Tickets and their changes: what is sent, and whose change is never lost."""

from __future__ import annotations

import datetime as dt

import pytest

from maru_client import Maru, StaleVersionError, duration, moment
from tests.client.fake import Fake

ONE = {"number": "INC1", "kind": "incident", "title": "VPN", "urgency": 3, "assignee": None}


def read(fake: Fake, maru: Maru, **fields: object):
    """The incident as it is read, and the calls forgotten."""
    fake.says(ONE | fields, ETag='"v1"')
    found = maru.incidents.get("INC1")
    fake.asked.clear()
    return found


def test_fields_are_attributes_and_items(fake, maru):
    found = read(fake, maru, items=[1])
    assert found.title == found["title"] == found.get("title") == "VPN"
    assert found.items == [1]
    assert "urgency" in found
    assert "colour" not in found
    assert found.get("colour", "none") == "none"
    assert set(found) == {*ONE, "items"}
    assert repr(found) == "<Ticket INC1>"
    with pytest.raises(AttributeError, match="no field 'colour'"):
        _ = found.colour
    with pytest.raises(AttributeError):
        found.urgency = 1


def test_an_edit_is_sent_once_with_the_version_that_was_read(fake, maru):
    found = read(fake, maru)
    fake.says(ONE | {"urgency": 1, "impact": 2}, ETag='"v2"')
    with found.edit() as edit:
        edit.urgency = 1
        edit.impact = 2
        assert (edit.urgency, edit.title) == (1, "VPN")
    (asked,) = fake.asked
    assert (asked.method, asked.path) == ("PATCH", "/api/v1/incidents/INC1/")
    assert asked.headers["if-match"] == '"v1"'
    assert asked.json == {"urgency": 1, "impact": 2}
    assert (found.urgency, found.etag) == (1, '"v2"')


def test_an_edit_that_fails_or_sets_nothing_sends_nothing(fake, maru):
    found = read(fake, maru)
    with found.edit():
        pass
    with pytest.raises(ZeroDivisionError), found.edit() as edit:
        edit.urgency = 1 / 0
    assert fake.asked == []


def test_somebody_elses_change_stops_an_edit(fake, maru):
    found = read(fake, maru)
    fake.refuses(412, "stale_version", changed_fields=["category"])
    with pytest.raises(StaleVersionError) as caught, found.edit() as edit:
        edit.urgency = 1
    assert caught.value.changed_fields == ["category"]
    assert len(fake.asked) == 1


def test_with_refresh_the_change_is_put_on_top_of_another_field(fake, maru):
    found = read(fake, maru)
    fake.refuses(412, "stale_version").says(ONE | {"title": "VPN!"}, ETag='"v2"')
    fake.says(ONE | {"title": "VPN!", "urgency": 1}, ETag='"v3"')
    with found.edit(refresh=True) as edit:
        edit.urgency = 1
    assert [each.method for each in fake.asked] == ["PATCH", "GET", "PATCH"]
    assert fake.asked[2].headers["if-match"] == '"v2"'
    assert (found.title, found.etag) == ("VPN!", '"v3"')


def test_not_even_with_refresh_is_the_same_field_overwritten(fake, maru):
    found = read(fake, maru)
    fake.refuses(412, "stale_version").says(ONE | {"urgency": 2}, ETag='"v2"')
    with pytest.raises(StaleVersionError):
        found.change(refresh=True, urgency=1)
    assert len(fake.asked) == 2


def test_a_change_gives_up_when_others_are_always_faster(fake, maru):
    found = read(fake, maru)
    for turn in range(9):
        fake.refuses(412, "stale_version").says(ONE, ETag=f'"w{turn}"')
    with pytest.raises(StaleVersionError):
        found.change(refresh=True, urgency=1)
    assert [each.method for each in fake.asked].count("PATCH") == 5


def test_after_ones_own_words_the_version_is_read_again(fake, maru):
    found = read(fake, maru)
    fake.says({"id": "a", "body": "Looking."}, 201).says(ONE, ETag='"v2"').says(
        ONE | {"urgency": 1}, ETag='"v3"'
    )
    assert found.comment("Looking.").body == "Looking."
    found.change(urgency=1)
    assert [(each.method, each.path) for each in fake.asked] == [
        ("POST", "/api/v1/incidents/INC1/comments/"),
        ("GET", "/api/v1/incidents/INC1/"),
        ("PATCH", "/api/v1/incidents/INC1/"),
    ]
    assert fake.asked[2].headers["if-match"] == '"v2"'


def test_what_others_changed_beside_ones_own_words_is_not_lost(fake, maru):
    found = read(fake, maru)
    fake.says({"id": "a"}, 201).says(ONE | {"urgency": 2}, ETag='"v3"')
    found.note("Hm.")
    with pytest.raises(StaleVersionError) as caught:
        found.change(urgency=1)
    assert caught.value.changed_fields == ["urgency"]


def test_a_ticket_of_the_list_of_all_kinds_is_changed_at_its_own_address(fake, maru):
    for kind, place in (("ritm", "request-items"), ("sctask", "catalog-tasks"), ("problem", "problems")):
        fake.says({"results": [{"number": "X1", "kind": kind}], "next": None})
        row = maru.tickets.list().first()
        fake.says({"number": "X1", "kind": kind, "state": "done"})
        row.move("close")
        assert fake.asked[-1].path == f"/api/v1/{place}/X1/transitions/close/"
        fake.says({"id": "a"}, 201)
        row.comment("Done.")
        assert fake.asked[-1].path == "/api/v1/tickets/X1/comments/"


def test_a_move_sends_its_inputs_and_takes_the_answer(fake, maru):
    found = read(fake, maru)
    fake.says(ONE | {"state": "on_hold"}, ETag='"v2"').says(ONE | {"state": "in_progress"})
    until = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    assert found.move("hold", hold_reason="awaiting_caller", hold_until=until).state == "on_hold"
    assert fake.asked[0].json == {"hold_reason": "awaiting_caller", "hold_until": "2026-03-02T09:00:00+00:00"}
    assert "if-match" not in fake.asked[0].headers
    found.move("resume", if_unchanged=True)
    assert fake.asked[1].headers["if-match"] == '"v2"'


def test_transitions_tell_their_inputs(fake, maru):
    found = read(fake, maru)
    choice = {"value": "solved", "label": "Solved"}
    given = [
        {"name": "close_code", "type": "choice", "label": "Code", "required": True, "choices": [choice]},
        {"name": "comment", "type": "text", "label": "Comment", "required": False},
    ]
    moves = [
        {"name": "resolve", "label": "Resolve", "to": "resolved", "to_label": "Resolved", "inputs": given},
        {
            "name": "close",
            "label": "Close",
            "to": "closed",
            "inputs": [],
            "closed_by": "role",
            "reason": "No.",
        },
    ]
    fake.says({"state": "new", "transitions": moves})
    resolve, close = found.transitions()
    assert resolve.is_open
    assert resolve.required == ["close_code"]
    assert resolve.inputs[0].choices == [("solved", "Solved")]
    assert (close.is_open, close.closed_by, close.reason) == (False, "role", "No.")


def test_assigning_changes_what_is_named_only(fake, maru):
    found = read(fake, maru)
    fake.says(ONE).says(ONE)
    found.assign("seojin")
    found.assign(group="network")
    assert fake.asked[0].json == {"assignee": "seojin"}
    assert [each.json for each in fake.asked if each.method == "PATCH"][-1] == {"group": "network"}


def test_an_approval_is_decided_as_it_was_read(fake, maru):
    fake.says({"results": [{"id": "u1", "title": "A laptop"}], "next": None}).says({"id": "u1"}, ETag='"a1"')
    fake.says({"id": "u1", "status": "rejected"}, ETag='"a2"')
    (waiting,) = maru.approvals.mine()
    assert waiting.refresh().reject("Too dear.").status == "rejected"
    assert fake.paths[0] == "/api/v1/approvals/?mine=pending"
    assert fake.asked[2].headers["if-match"] == '"a1"'
    assert fake.asked[2].json == {"decision": "reject", "comment": "Too dear."}


def test_an_order_names_the_edition_that_was_read(fake, maru):
    fake.says({"key": "laptop", "version": 4}).says({"number": "REQ1"}, 201).says({"number": "REQ2"}, 201)
    assert maru.catalog.item("laptop").order({"model": "a"}, requested_for="jimin").number == "REQ1"
    assert fake.asked[1].json == {
        "variables": {"model": "a"},
        "quantity": 1,
        "requested_for": "jimin",
        "version": 4,
    }
    maru.catalog.order("laptop", {"model": "a"}, quantity=2)
    assert fake.asked[2].json == {"variables": {"model": "a"}, "quantity": 2}


def test_keys_cannot_leave_their_place_in_a_path(fake, maru):
    maru.incidents.get("../users/me")
    maru.groups.get("a?b#c")
    assert fake.paths == ["/api/v1/incidents/..%2Fusers%2Fme/", "/api/v1/groups/a%3Fb%23c/"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT4H30M", 16200), ("-PT5M", -300), ("P1DT1S", 86401), ("PT0S", 0)]
)
def test_lengths_of_time_are_read(text, seconds):
    assert duration(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "P", "PT", "4H", "PT4", "-P", "PT4H "])
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(ValueError, match="length of time"):
        duration(text)


def test_instants_are_read_with_their_offset():
    assert moment("2026-03-02T08:15:00.250Z") == dt.datetime(2026, 3, 2, 8, 15, 0, 250_000, dt.UTC)
    assert moment("2026-03-02T17:15:00+09:00").utcoffset() == dt.timedelta(hours=9)
    with pytest.raises(ValueError, match="offset"):
        moment("2026-03-02T08:15:00")
