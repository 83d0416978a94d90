"""FT-24: every mix of tasks ends an item, and every mix of items a request, as REQ-03 and REQ-04 say."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from catalog.rollup import item_end, request_end

C, I, S = "closed_complete", "closed_incomplete", "closed_skipped"  # noqa: E741 - read as a table
OPEN = ["pending", "open", "work_in_progress"]
# Tasks → how the item ends, when nothing else is open. Every mix of one, two and three.
ITEM_TABLE = {
    (C,): C,
    (I,): I,
    (S,): S,
    (C, C): C,
    (C, I): I,
    (C, S): C,
    (I, I): I,
    (I, S): I,
    (S, S): S,
    (C, C, C): C,
    (C, C, I): I,
    (C, C, S): C,
    (C, I, I): I,
    (C, I, S): I,
    (C, S, S): C,
    (I, I, I): I,
    (I, I, S): I,
    (I, S, S): I,
    (S, S, S): S,
}
X, R = "cancelled", "rejected"
RX, RR = "closed_cancelled", "closed_rejected"
# Items → how the request ends. Every mix of one, two and three.
REQUEST_TABLE = {
    (X,): RX,
    (C,): C,
    (I,): I,
    (S,): S,
    (R,): RR,
    (X, X): RX,
    (X, C): C,
    (X, I): I,
    (X, S): S,
    (X, R): I,
    (C, C): C,
    (C, I): I,
    (C, S): C,
    (C, R): I,
    (I, I): I,
    (I, S): I,
    (I, R): I,
    (S, S): S,
    (S, R): I,
    (R, R): RR,
    (X, X, X): RX,
    (X, X, C): C,
    (X, X, I): I,
    (X, X, S): S,
    (X, X, R): I,
    (X, C, C): C,
    (X, C, I): I,
    (X, C, S): C,
    (X, C, R): I,
    (X, I, I): I,
    (X, I, S): I,
    (X, I, R): I,
    (X, S, S): S,
    (X, S, R): I,
    (X, R, R): I,
    (C, C, C): C,
    (C, C, I): I,
    (C, C, S): C,
    (C, C, R): I,
    (C, I, I): I,
    (C, I, S): I,
    (C, I, R): I,
    (C, S, S): C,
    (C, S, R): I,
    (C, R, R): I,
    (I, I, I): I,
    (I, I, S): I,
    (I, I, R): I,
    (I, S, S): I,
    (I, S, R): I,
    (I, R, R): I,
    (S, S, S): S,
    (S, S, R): I,
    (S, R, R): I,
    (R, R, R): RR,
}


def mixes(states):
    return {mix for size in (1, 2, 3) for mix in combinations_with_replacement(states, size)}


def test_the_tables_hold_every_mix():
    assert set(ITEM_TABLE) == mixes([C, I, S])
    assert set(REQUEST_TABLE) == mixes([X, C, I, S, R])


@pytest.mark.parametrize(("tasks", "end"), ITEM_TABLE.items())
def test_an_item_without_a_flow_follows_its_tasks(tasks, end):
    for order in (tasks, tasks[::-1]):
        assert item_end(order, flow_open=False, flow_outcome=None) == end


@pytest.mark.parametrize(("tasks", "end"), ITEM_TABLE.items())
def test_a_flow_that_delivered_never_hides_what_the_tasks_say(tasks, end):
    assert item_end(tasks, flow_open=False, flow_outcome="delivered") == end


@pytest.mark.parametrize("tasks", [*ITEM_TABLE, (), ("open",), (C, "pending")])
@pytest.mark.parametrize(("outcome", "end"), [("rejected", R), ("cancelled", X), ("failed", I)])
def test_a_flow_that_ended_badly_decides_alone(tasks, outcome, end):
    assert item_end(tasks, flow_open=False, flow_outcome=outcome) == end


@pytest.mark.parametrize("tasks", [*ITEM_TABLE, ()])
def test_a_flow_that_ended_incomplete_leaves_its_item_incomplete_unless_all_was_skipped(tasks):
    expected = S if tasks and set(tasks) == {S} else I
    assert item_end(tasks, flow_open=False, flow_outcome="incomplete") == expected


@pytest.mark.parametrize("open_state", OPEN)
@pytest.mark.parametrize("others", [(), (C,), (I,), (S,), (C, I)])
def test_an_open_task_keeps_the_item_open(open_state, others):
    for outcome in (None, "delivered"):
        assert item_end([*others, open_state], flow_open=False, flow_outcome=outcome) is None


@pytest.mark.parametrize("tasks", [(), (C,), (I,), (S,)])
def test_an_open_flow_keeps_the_item_open(tasks):
    assert item_end(tasks, flow_open=True, flow_outcome=None) is None


def test_a_flow_without_tasks_that_delivered_completes_its_item():
    assert item_end([], flow_open=False, flow_outcome="delivered") == C
    assert item_end([], flow_open=False, flow_outcome=None) is None


@pytest.mark.parametrize(("items", "end"), REQUEST_TABLE.items())
def test_a_request_follows_its_items(items, end):
    for order in (items, items[::-1]):
        assert request_end(order) == end


@pytest.mark.parametrize("open_state", ["pending_approval", "open", "work_in_progress", "delivered"])
@pytest.mark.parametrize("others", [(), (C,), (I,), (X,), (R,), (S,)])
def test_an_open_item_keeps_the_request_open(open_state, others):
    assert request_end([*others, open_state]) is None


def test_a_request_without_items_stays_open():
    assert request_end([]) is None
