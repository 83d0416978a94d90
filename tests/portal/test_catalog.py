"""Browsing and ordering on the page."""

from __future__ import annotations

import uuid

import pytest

from catalog import services
from catalog.models import Request, RequestItem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.catalog import SIZES, form_with, make_catalog_item, make_category, make_version
from tickets.models import Draft

pytestmark = pytest.mark.django_db
WHY = {
    "key": "why",
    "type": "text",
    "label": {"ko": "이유", "en": "Why so large?"},
    "required": True,
    "visible": {"f": "size", "op": "eq", "v": "large"},
}
WISHES = {
    "key": "wishes",
    "type": "multi_choice",
    "label": {"ko": "추가", "en": "Extras"},
    "choices": [
        {"value": "arms", "label": {"ko": "팔걸이", "en": "Armrests"}, "price_effect": "20000"},
        {"value": "wheels", "label": {"ko": "바퀴", "en": "Wheels"}},
    ],
    "default": ["arms"],
}
GIFT = {"key": "gift", "type": "boolean", "label": {"ko": "선물", "en": "Gift wrap"}, "price_effect": "5000"}
FOR = {"key": "neighbour", "type": "user", "label": {"ko": "옆자리", "en": "Who sits beside you?"}}


@pytest.fixture
def chair():
    return make_version(form=form_with(SIZES, WHY, WISHES, GIFT, FOR), max_quantity=5)


def order(version, **answers):
    values = {"version": version.no, "quantity": 1, "once_key": str(uuid.uuid4()), "requested_for": ""}
    own = {*values, "shown"}
    return values | {name if name in own else f"a_{name}": value for name, value in answers.items()}


def at(version):
    return f"/catalog/item/{version.item.key}/"


def test_the_catalogue_shows_shelves_and_the_least_price(own, chair):
    html = own.get("/catalog/").content.decode()
    assert at(chair) in html
    assert "from ₩ 150,000" in html


def test_a_shelf_shows_what_is_below_it_and_nothing_else(own):
    top = make_category(name_en="Furniture")
    below = make_category(name_en="Chairs", parent=top)
    chair = make_version(item=make_catalog_item(category=below))
    other = make_version(item=make_catalog_item(category=make_category()))
    html = own.get(f"/catalog/{top.key}/").content.decode()
    assert at(chair) in html
    assert at(other) not in html
    assert own.get("/catalog/no-such-shelf/").status_code == 404


def test_only_fields_that_apply_are_asked(own, chair):
    html = own.get(at(chair)).content.decode()
    assert 'name="a_size"' in html
    assert "Why so large?" not in html
    parts = own.post(f"{at(chair)}refresh/", order(chair, size="large"), headers={"HX-Request": "true"})
    html = parts.content.decode()
    assert "Why so large?" in html
    assert "₩ 320,000" in html
    assert 'id="order-approvers" hx-swap-oob="true"' in html
    assert "<html" not in html


def test_an_order_becomes_a_request_and_leads_to_it(own, employee, chair):
    answer = own.post(
        at(chair), order(chair, size="large", why="I am tall", shown=["wishes", "gift"], quantity=2)
    )
    request = Request.objects.get()
    item = RequestItem.objects.get()
    assert answer["Location"] == f"/my/{request.number}/"
    assert item.requester == employee
    assert item.quantity == 2
    assert item.variables == {"size": "large", "why": "I am tall", "gift": False}
    assert item.price == 600_000


def test_what_was_unchecked_stays_unchecked(own, chair):
    own.post(at(chair), order(chair, size="small", shown=["wishes"]))
    assert "wishes" not in RequestItem.objects.get().variables


def test_what_was_not_shown_keeps_its_default(own, chair):
    own.post(at(chair), order(chair, size="small"))
    assert RequestItem.objects.get().variables["wishes"] == ["arms"]


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ({}, "q_size_error"),
        ({"size": "huge"}, "q_size_error"),
        ({"size": "large"}, "q_why_error"),
        ({"size": "large", "why": "x" * 201}, "q_why_error"),
        ({"size": "large", "why": "a\0b"}, "q_why_error"),
        ({"size": "small", "wishes": ["wings"]}, "q_wishes_error"),
        ({"size": "small", "neighbour": "nobody"}, "q_neighbour_error"),
        ({"size": "small", "quantity": 9}, "id_quantity_error"),
        ({"size": "small", "requested_for": "nobody"}, "There is no such person you may order for."),
    ],
)
def test_a_wrong_order_names_the_field_and_writes_nothing(own, chair, answers, place):
    answer = own.post(at(chair), order(chair, **answers))
    assert answer.status_code == 422
    assert place in answer.content.decode()
    assert not Request.objects.exists()


def test_an_answer_to_a_hidden_question_is_dropped(own, chair):
    own.post(at(chair), order(chair, size="small", why="unasked"))
    assert "why" not in RequestItem.objects.get().variables


def test_an_item_that_changed_meanwhile_is_not_ordered_unseen(own, chair):
    sent = order(chair, size="small")
    draft = services.save_draft(
        chair.item.pk, actor=None, name_ko="의자", name_en="Chair", form=form_with(SIZES), price=99_000
    )
    services.publish_version(draft.pk, actor=None)
    answer = own.post(at(chair), sent)
    assert answer.status_code == 422
    assert "was changed since you opened it" in answer.content.decode()
    assert not Request.objects.exists()


def test_the_same_order_sent_twice_is_one(own, chair):
    sent = order(chair, size="small")
    assert own.post(at(chair), sent)["Location"] == own.post(at(chair), sent)["Location"]
    assert Request.objects.count() == 1


def test_an_unknown_item_is_not_found(own):
    for path in ("/catalog/item/no-such/", "/catalog/item/no-such/refresh/"):
        assert own.post(path, {}).status_code == 404


def test_answers_are_kept_as_a_draft_until_the_order_is_sent(own, chair):
    own.post(f"{at(chair)}refresh/", order(chair, size="large", why="Tall"), headers={"HX-Request": "true"})
    html = own.get(at(chair)).content.decode()
    assert 'value="Tall"' in html
    assert "This is what you filled in last time." in html
    assert 'value="Tall"' not in own.get(f"{at(chair)}?fresh").content.decode()
    own.post(at(chair), order(chair, size="large", why="Tall"))
    assert not Draft.objects.exists()


def test_a_broken_draft_is_ignored(own, employee, chair):
    Draft.objects.create(user=employee, ticket=None, tab=f"order:{chair.item.key}", body="[1")
    assert own.get(at(chair)).status_code == 200


def test_a_manager_orders_for_a_report_and_a_stranger_does_not(browser, chair):
    boss = UserFactory()
    report = UserFactory(manager=boss)
    assert report.username in browser(boss).get(at(chair)).content.decode()
    browser(boss).post(at(chair), order(chair, size="small", requested_for=report.username))
    assert Request.objects.get().requester == report
    refused = browser(UserFactory()).post(
        at(chair), order(chair, size="small", requested_for=report.username)
    )
    assert refused.status_code == 422


def test_an_agent_types_whom_an_order_is_for(browser, chair):
    person = UserFactory()
    agent = AgentFactory()
    assert 'list="id_requested_for_people"' in browser(agent).get(at(chair)).content.decode()
    browser(agent).post(at(chair), order(chair, size="small", requested_for=person.username.upper()))
    assert Request.objects.get().requester == person


def test_people_are_offered_by_name(own):
    UserFactory(name_en="Seoyeon Lee", username="seoyeon")
    html = own.get("/people/", {"field": "a_neighbour", "a_neighbour": "seoy"}).content.decode()
    assert '<option value="seoyeon">Seoyeon Lee</option>' in html
    assert own.get("/people/").content.decode().strip() == ""
