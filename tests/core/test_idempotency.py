"""A POST with one key makes one thing, however often and at once it is sent."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from core.errors import BadInputError, RuleRefusedError
from core.idempotency import once
from core.models import IdempotencyKey, Setting


def make(key="k", body="b", action=None):
    """One call."""
    return once(caller="u1", scope="POST /x", key=key, body_hash=body, action=action or (lambda: {"n": 1}))


@pytest.mark.django_db
def test_a_repeat_gets_the_first_answer_and_does_nothing():
    calls = []
    first = make(action=lambda: calls.append(1) or {"n": 1})
    second = make(action=lambda: calls.append(2) or {"n": 2})
    assert (first.answer, first.replayed) == ({"n": 1}, False)
    assert (second.answer, second.replayed) == ({"n": 1}, True)
    assert calls == [1]


@pytest.mark.django_db
def test_the_key_of_another_request_is_refused():
    make(body="one")
    with pytest.raises(RuleRefusedError) as refusal:
        make(body="two")
    assert refusal.value.code == "idempotency_key_reused"


@pytest.mark.django_db
def test_a_refused_request_stores_nothing():
    def refuse():
        raise RuleRefusedError("no")

    with pytest.raises(RuleRefusedError):
        make(action=refuse)
    assert not IdempotencyKey.objects.exists()
    assert make().replayed is False


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "한글", "two words", "a\nb"])
def test_a_bad_key_is_refused(key):
    with pytest.raises(BadInputError):
        make(key=key)


@pytest.mark.django_db(transaction=True)
def test_twenty_twins_at_once_act_once():
    answers = []
    barrier = threading.Barrier(20)

    def twin(number):
        barrier.wait()
        try:
            answers.append(
                make(action=lambda: {"pk": Setting.objects.create(key=f"made-{number}", value=1).pk}).answer
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=twin, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert len({answer["pk"] for answer in answers}) == 1
    assert Setting.objects.filter(key__startswith="made-").count() == 1
