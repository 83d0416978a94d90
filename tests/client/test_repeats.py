"""What the client does again, when, and what it never does twice."""

from __future__ import annotations

import datetime as dt
import email.utils
import socket
import threading

import pytest

from maru_client import (
    AnswerError,
    ConnectionLostError,
    Maru,
    NotFoundError,
    RateLimitedError,
    Retries,
    RuleRefusedError,
    ServerError,
)
from tests.client.conftest import TOKEN
from tests.client.fake import Fake


@pytest.mark.parametrize("status", [502, 503, 504])
def test_reading_is_repeated_while_the_server_is_away(fake, maru, pauses, status):
    fake.sends(b"<h1>Bad gateway</h1>", status).sends(b"", status).says({"ok": True})
    assert maru.get("/flows/") == {"ok": True}
    assert len(fake.asked) == 3
    assert 0.25 <= pauses[0] <= 0.5
    assert 0.5 <= pauses[1] <= 1.0


def test_what_the_server_says_about_waiting_is_kept_to(fake, maru, pauses):
    in_20 = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=20), usegmt=True)
    fake.refuses(429, "rate_limited", wait="7").refuses(503, "busy", wait=in_20).says({})
    maru.get("/flows/")
    assert 7 <= pauses[0] < 7.3
    assert 17 <= pauses[1] <= 20.3


def test_a_wait_longer_than_one_likes_is_an_error_at_once(fake, pauses):
    with Maru(fake.url, TOKEN, retries=Retries(longest=10)) as maru:
        fake.refuses(429, "rate_limited", wait="42")
        with pytest.raises(RateLimitedError) as caught:
            maru.get("/flows/")
    assert caught.value.retry_after == 42
    assert pauses == []


def test_at_last_the_refusal_is_told(fake, pauses):
    with Maru(fake.url, TOKEN, retries=Retries(most=2)) as maru:
        for _each in range(3):
            fake.refuses(503, "busy", wait="1")
        with pytest.raises(ServerError, match="503 busy"):
            maru.get("/flows/")
    assert len(fake.asked) == 3
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFoundError), (422, RuleRefusedError), (500, ServerError)]
)
def test_an_answer_that_would_be_the_same_again_is_not_asked_for_again(fake, maru, pauses, status, kind):
    fake.refuses(status, "no")
    with pytest.raises(kind):
        maru.get("/flows/")
    assert len(fake.asked) == 1


def test_a_post_is_repeated_with_the_key_it_began_with(fake, maru, pauses):
    fake.cuts().sends(b"", 502).refuses(409, "idempotency_in_progress", wait="1").says(
        {"number": "INC1"}, 201
    )
    fake.says({"number": "INC2"}, 201)
    assert maru.incidents.create(title="VPN").number == "INC1"
    assert maru.incidents.create(title="VPN").number == "INC2"
    keys = [each.headers["idempotency-key"] for each in fake.asked]
    assert keys[0] == keys[1] == keys[2] == keys[3] != keys[4]
    assert {each.body for each in fake.asked} == {b'{"title": "VPN"}'}


def test_a_key_of_the_caller_is_used(fake, maru):
    maru.incidents.create(title="VPN", idempotency_key="nightly-7")
    maru.post("/flow-signals/", {}, idempotency_key="nightly-8")
    assert [each.headers["idempotency-key"] for each in fake.asked] == ["nightly-7", "nightly-8"]


def test_a_change_that_may_have_been_made_is_not_sent_twice(fake, maru, pauses):
    fake.cuts()
    with pytest.raises(ConnectionLostError) as caught:
        maru.patch("/incidents/INC1/", {"urgency": 1}, if_match='"a"')
    assert caught.value.maybe_done
    fake.sends(b"", 502)
    with pytest.raises(ServerError):
        maru.patch("/incidents/INC1/", {"urgency": 1}, if_match='"a"')
    fake.sends(b"", 503)
    with pytest.raises(ServerError):
        maru.delete("/incidents/INC1/links/1/")
    assert len(fake.asked) == 3
    assert pauses == []


def test_a_change_that_was_certainly_not_made_is_sent_again(fake, maru, pauses):
    fake.refuses(503, "busy", wait="1").refuses(429, "rate_limited", wait="2").says({"urgency": 1})
    assert maru.patch("/incidents/INC1/", {"urgency": 1}, if_match='"a"') == {"urgency": 1}
    assert len(fake.asked) == 3


def test_a_server_that_is_not_there_is_tried_for_everything(pauses):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Maru(f"http://127.0.0.1:{port}", TOKEN) as maru, pytest.raises(ConnectionLostError) as caught:
        maru.patch("/incidents/INC1/", {"urgency": 1})
    assert not caught.value.maybe_done
    assert len(pauses) == 4


def test_silence_ends_after_the_timeout(fake, pauses):
    with Maru(fake.url, TOKEN, timeout=0.2, retries=Retries(most=1)) as maru:
        fake.hangs(5).hangs(5)
        with pytest.raises(ConnectionLostError) as caught:
            maru.get("/flows/")
    assert caught.value.timed_out
    assert len(fake.asked) == 2


def test_a_connection_is_used_again_and_a_change_gets_one_of_its_own(fake, maru):
    maru.get("/flows/")
    maru.get("/groups/")
    maru.patch("/users/me/", {"language": "ko"}, if_match='"a"')
    first, second, third = (each.peer for each in fake.asked)
    assert first == second != third


def test_a_connection_that_was_hung_up_meanwhile_is_no_failure(fake, pauses):
    with Maru(fake.url, TOKEN, retries=Retries(most=0)) as maru:
        fake.acts.append(
            lambda handler: (handler.reply(200, b"{}", {}), setattr(handler, "close_connection", 1))
        )
        maru.get("/flows/")
        threading.Event().wait(0.1)
        maru.get("/flows/")
    assert len(fake.asked) == 2


def test_no_redirect_is_followed(maru, fake):
    with Fake() as elsewhere:
        fake.sends(b"", 302, Location=f"{elsewhere.url}/api/v1/flows/")
        with pytest.raises(AnswerError, match="elsewhere"):
            maru.get("/flows/")
        assert elsewhere.asked == []


def test_a_page_that_is_no_api_is_told_apart(fake, maru):
    fake.sends(b"<html>Please sign in to the guest network</html>")
    with pytest.raises(AnswerError, match="guest network"):
        maru.get("/flows/")


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/x/"])
def test_the_token_goes_to_no_other_server(maru, fake, path):
    with pytest.raises(ValueError, match="path"):
        maru.get(path)
    assert fake.asked == []


@pytest.mark.parametrize(
    "url", ["maru.example", "ftp://maru.example", "https://", "https://me:pw@maru.example"]
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="address"):
        Maru(url, TOKEN)


@pytest.mark.parametrize("token", ["", "two words", "토큰", "a\r\nX-Evil: 1"])
def test_a_token_that_is_none_is_refused(token):
    with pytest.raises(ValueError, match="token") as caught:
        Maru("https://maru.example", token)
    assert not token or token not in str(caught.value)


def test_threads_share_one_client(fake, maru):
    fake.always = lambda handler: handler.reply(200, handler.path.encode().join([b'"', b'"']), {})
    wrong: list[str] = []

    def ask(name: str) -> None:
        for turn in range(25):
            path = f"/api/v1/{name}/{turn}/"
            if maru.get(path) != path:
                wrong.append(path)

    threads = [threading.Thread(target=ask, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(fake.asked) == 200
    assert len({each.peer for each in fake.asked}) <= 16
