"""The catalogue, ordering, requests and tasks over REST."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Request
from catalog.services import publish_version, save_draft
from core.models import OutboxEvent
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.catalog import form_with, item_of, make_order, make_version, task_of

HOME = {"key": "reason", "type": "text", "label": {"ko": "이유", "en": "Reason"}, "required": True,
        "visible": {"f": "size", "op": "eq", "v": "large"}}  # fmt: skip
GOOD = {"quantity": 2, "variables": {"size": "small"}}


@pytest.fixture
def person(db):
    return Caller(UserFactory())


@pytest.fixture
def agent(db):
    return Caller(AgentFactory())


@pytest.fixture
def version(db):
    return make_version(short_ko="편한 의자", short_en="A good chair")


def test_the_shelves_and_items_the_caller_may_order(person, version):
    hidden = make_version(available_for={"f": "grade", "op": "eq", "v": "CEO"})
    shelf = version.item.category.key
    assert person.get(f"catalog/categories/{shelf}/").json()["items"] == [version.item.key]
    shelves = {row["key"] for row in person.get("catalog/categories/").json()["results"]}
    assert shelf in shelves
    assert hidden.item.category.key not in shelves
    rows = person.get(f"catalog/items/?category={shelf}").json()["results"]
    assert [row["key"] for row in rows] == [version.item.key]
    assert hidden.item.key not in person.get("catalog/items/").content.decode()
    assert rows[0]["price"] == {"amount": "50000", "currency": "KRW"}
    assert (rows[0]["name"], rows[0]["short"]) == ("Chair", "A good chair")
    assert person.get("catalog/items/?q=의자").json()["results"] == rows
    assert person.get("catalog/items/?q=nothing").json()["results"] == []
    assert person.get("catalog/items/?category=elsewhere").json()["results"] == []
    for path in (f"catalog/items/{hidden.item.key}/", "catalog/items/nothing/"):
        problem(person.get(path), 404, "not_found")
    problem(person.get("catalog/items/?requested_for=nobody"), 404, "not_found")
    problem(person.get("catalog/items/?bogus=1"), 400, "bad_input", "bogus")


def test_an_item_tells_its_form_and_a_quote_its_price(person, version):
    page = person.get(f"catalog/items/{version.item.key}/").json()
    assert page["version"] == version.no
    assert page["form"][0]["key"] == "size"
    assert page["form"][0]["label"] == {"ko": "크기", "en": "Size"}
    quoted = person.post(f"catalog/items/{version.item.key}/quote/", GOOD).json()
    assert quoted["total"] == {"amount": "300000", "currency": "KRW"}
    assert quoted["problems"] == []
    empty = person.post(f"catalog/items/{version.item.key}/quote/").json()
    assert [each["pointer"] for each in empty["problems"]] == ["/variables/size"]
    assert not Request.objects.exists()


def test_an_order_makes_a_request(person, version):
    response = person.post(f"catalog/items/{version.item.key}/order/", GOOD)
    assert response.status_code == 201
    request = Request.objects.get()
    assert response["Location"] == f"/api/v1/requests/{request.number}/"
    shown = response.json()
    assert (shown["number"], shown["total"]["amount"]) == (request.number, "300000")
    assert [row["quantity"] for row in shown["items"]] == [2]
    read = person.get(response["Location"])
    assert read["ETag"] == response["ETag"]
    item = person.get(f"request-items/{shown['items'][0]['number']}/").json()
    assert item["answers"] == [{"key": "size", "label": "Size", "text": "Small", "value": "small"}]
    assert (item["item"], item["request"]) == (version.item.key, request.number)
    assert (request.channel, request.requester) == ("api", person.user)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["/variables/size"]),
        ({"variables": {"size": "huge"}}, ["/variables/size"]),
        ({"variables": {"size": 5}}, ["/variables/size"]),
        ({"variables": {"size": "small", "colour": "red"}}, ["/variables/colour"]),
        ({"variables": {"size": "large"}}, ["/variables/reason"]),
        ({"variables": {"size": "large", "reason": "x" * 5000}}, ["/variables/reason"]),
        ({"variables": {"size": "large", "reason": ["x"]}}, ["/variables/reason"]),
        ({"variables": [1]}, None),
        ({"variables": "x"}, None),
        ({"variables": {"size": "small"}, "quantity": 0}, ["/quantity"]),
        ({"variables": {"size": "small"}, "quantity": "2"}, ["/quantity"]),
        ({"variables": {"size": "small"}, "quantity": 500}, ["/quantity"]),
        ({"variables": {"size": "small"}, "requested_for": "nobody"}, ["/requested_for"]),
        ({"variables": {"size": "small"}, "version": "x"}, ["/version"]),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_bad_order_writes_nothing(db, body, places, language):
    from tests.factories.catalog import SIZES

    version = make_version(form=form_with(SIZES, HOME))
    caller = Caller(UserFactory(), language=language)
    before = OutboxEvent.objects.count()
    answer = caller.post(f"catalog/items/{version.item.key}/order/", body)
    found = problem(answer, 422, "rule_refused", *(places or []))
    assert found["errors"]
    assert not Request.objects.exists()
    assert OutboxEvent.objects.count() == before


def test_a_bad_order_speaks_the_callers_language(version, db):
    person = UserFactory()
    told = {
        language: Caller(person, language=language)
        .post(f"catalog/items/{version.item.key}/order/", {"variables": {"size": "huge"}})
        .json()["errors"][0]["detail"]
        for language in ("en", "ko")
    }
    assert told["en"].isascii() or "“" in told["en"]
    assert told["en"]


def test_items_that_are_unknown_foreign_or_changed(person, version):
    problem(person.post("catalog/items/nothing/order/", GOOD), 404, "not_found")
    problem(person.post("catalog/items/%ED%95%9C/order/", GOOD), 404, "not_found")
    stranger = Caller(UserFactory(company=CompanyFactory()))
    problem(stranger.post(f"catalog/items/{version.item.key}/order/", GOOD), 404, "not_found")
    draft = save_draft(version.item_id, actor=None, price=60_000)
    publish_version(draft.pk, actor=None)
    stale = person.post(f"catalog/items/{version.item.key}/order/", GOOD | {"version": version.no})
    problem(stale, 409, "item_changed")
    unknown = person.post(f"catalog/items/{version.item.key}/order/", GOOD | {"price": 1})
    problem(unknown, 400, "bad_input", "/price")
    assert not Request.objects.exists()


def test_ordering_for_others(person, agent, version):
    other = UserFactory()
    path = f"catalog/items/{version.item.key}/order/"
    problem(person.post(path, GOOD | {"requested_for": other.username}), 403, "not_allowed")
    assert agent.post(path, GOOD | {"requested_for": other.username}).status_code == 201
    assert Request.objects.get().requester == other


def test_an_order_with_a_key_is_placed_once(person, version):
    path = f"catalog/items/{version.item.key}/order/"
    first, second = (person.post(path, GOOD, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert Request.objects.count() == 1


def test_progress_embeds_nothing(person):
    request = make_order(person=person.user)
    for path in (
        f"requests/{request.number}/progress/",
        f"request-items/{item_of(request).number}/progress/",
    ):
        assert person.get(path).status_code == 200
        problem(person.get(f"{path}?expand=requester"), 400, "bad_input")


def test_requests_of_others_are_not_there(person, agent):
    request = make_order()
    problem(person.get(f"requests/{request.number}/"), 404, "not_found")
    problem(person.get(f"requests/{request.number}/progress/"), 404, "not_found")
    assert agent.get(f"requests/{request.number}/").status_code == 200
    assert [row["number"] for row in agent.get("requests/?state=in_process").json()["results"]] == [
        request.number
    ]


def test_withdrawing_and_working(person, agent):
    request = make_order(person=person.user)
    item = item_of(request)
    task = task_of(item)
    path = f"catalog-tasks/{task.number}/transitions"
    assert agent.post(f"{path}/start/").json()["state"] == "work_in_progress"
    problem(person.post(f"requests/{request.number}/transitions/cancel/"), 403, "not_allowed")
    problem(agent.post(f"{path}/incomplete/"), 422, "rule_refused", "/close_notes")
    problem(agent.post(f"{path}/complete/", {"serial": "x" * 81}), 422, "rule_refused", "/serial")
    done = agent.post(f"{path}/complete/", {"serial": "SN-1", "close_notes": "Handed over."})
    assert (done.json()["state"], done.json()["result"]) == ("closed_complete", {"serial": "SN-1"})
    system = agent.post(f"request-items/{item.number}/transitions/deliver/")
    problem(system, 403, "not_allowed")
    second = make_order(person=person.user)
    gone = person.post(f"requests/{second.number}/transitions/cancel/", {"reason_text": "Not needed"})
    assert gone.json()["state"] == "closed_cancelled"


def test_a_requested_item_is_changed_with_its_tag(agent, person):
    item = item_of(make_order(person=person.user))
    path = f"request-items/{item.number}/"
    changed = agent.change(path, {"due_at": "2030-01-01T09:00:00+09:00", "urgency": 1})
    assert changed.json()["due_at"] == "2030-01-01T00:00:00.000Z"
    problem(agent.change(path, {"variables": {}}), 400, "bad_input", "/variables")
    problem(agent.change(path, {"due_at": "9999-99-99"}), 422, "rule_refused", "/due_at")
    problem(person.change(path, {"urgency": 1}), 403, "not_allowed")


@pytest.mark.parametrize("kind", ["requests", "request-items", "catalog-tasks"])
def test_lists_cost_the_same_for_any_number_of_rows(agent, kind):
    counts = []
    agent.get(f"{kind}/")
    for wanted in (2, 6):
        while Request.objects.count() < wanted:
            make_order()
        with CaptureQueriesContext(connection) as queries:
            assert len(agent.get(f"{kind}/").json()["results"]) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]
