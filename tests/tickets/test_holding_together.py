"""Several copies sweep at the same moment, on real transactions: a held reply is said exactly once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.errors import NotVisibleError
from core.models import OutboxEvent
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident
from tests.scheduled.test_running_together import at_once
from tickets.models import Activity, Draft, HeldReply
from tickets.services import hold_reply, holding, say_due_replies, take_back_reply

pytestmark = pytest.mark.django_db(transaction=True)


def due(count: int = 1) -> tuple[Any, list[HeldReply]]:
    """An agent and replies of theirs that are due."""
    group = GroupFactory()
    agent = AgentFactory(groups=[group])
    rows = [
        hold_reply(make_incident(group=group).pk, actor=agent, body="x", seconds=10)
        for _place in range(count)
    ]
    HeldReply.objects.update(due_at=rows[0].due_at - dt.timedelta(hours=1))
    return agent, rows


def sweep() -> int:
    return say_due_replies(limit=50)


def said() -> int:
    return Activity.objects.filter(kind="comment").count()


def test_any_number_of_copies_says_each_once():
    due(4)
    moved = at_once(sweep, sweep, sweep)
    assert (sum(moved), said(), HeldReply.objects.count()) == (4, 4, 0)
    assert OutboxEvent.objects.filter(name="ticket.commented").count() == 4


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_copy_that_dies_in_the_middle_leaves_it_to_another(where: str, monkeypatch: Any):
    due()
    say, killed = holding.add_comment, []

    def dies_once(pk: int, **given: Any) -> Any:
        found = say(pk, **given) if where == "after" or killed else None
        if not killed:
            killed.append(True)
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(holding, "add_comment", dies_once)
    with pytest.raises(KeyboardInterrupt):
        sweep()
    assert (said(), HeldReply.objects.count()) == (0, 1)
    assert sum(at_once(sweep, sweep)) == 1
    assert (said(), HeldReply.objects.count()) == (1, 0)


def test_taken_back_and_said_at_once_is_one_of_both():
    agent, rows = due(6)

    def take(row: HeldReply) -> Any:
        def run() -> int:
            try:
                take_back_reply(row.public_id, actor=agent)
            except NotVisibleError:
                return 0
            return 1

        return run

    results = at_once(sweep, *[take(row) for row in rows])
    taken = sum(results[1:])
    sweep()  # what a copy passed over because it was being taken back and then was not
    assert said() + taken == 6
    assert Draft.objects.filter(user=agent).count() == taken
    assert not HeldReply.objects.exists()
