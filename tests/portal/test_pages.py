"""What holds for every page of the portal."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from approvals.services import link_for
from catalog.models import CatalogItem
from catalog.services import order_item
from core import sweep
from tests.factories.accounts import CompanyFactory, UserFactory
from tests.factories.approvals import make_approval_request, make_delegation, row_of
from tests.factories.catalog import make_catalog_item, make_category, make_item, make_version
from tests.factories.incidents import make_incident

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/search/",
    "/search/?q=chair",
    "/catalog/",
    "/catalog/{shelf}/",
    "/catalog/item/{item}/",
    "/report/",
    "/my/",
    "/my/?tab=done",
    "/my/{incident}/",
    "/my/{ritm}/",
    "/approvals/",
    "/approvals/?tab=done",
    "/approvals/{approval}/",
    "/me/",
]
FRAGMENTS = ["/search/suggest/?q=chair", "/people/?q=kim"]
POSTS = [
    "/catalog/item/{item}/refresh/",
    "/my/{incident}/reply/",
    "/my/{incident}/draft/",
    "/my/{incident}/move/cancel/",
    "/approvals/{approval}/decide/",
    "/me/delegations/",
    "/me/delegations/{delegation}/end/",
    "/me/language/",
    "/me/theme/",
]
NOWHERE = "00000000-0000-4000-8000-000000000001"
ABSENT = [
    "/my/INC9999999/",
    f"/files/{NOWHERE}/",
    f"/approvals/{NOWHERE}/",
]
POLICY = re.compile(r"script-src 'self' 'nonce-[\w-]+'; style-src 'self';")
MOST_QUERIES_OF_HOME = 8


@pytest.fixture
def names(employee):
    version = make_version(name_en="Chair")
    waiting = make_approval_request(employee)
    return {
        "item": version.item.key,
        "shelf": version.item.category.key,
        "incident": make_incident("on_hold", requester=employee).number,
        "ritm": make_item("delivered", person=employee).number,
        "approval": row_of(waiting, employee).public_id,
        "delegation": make_delegation(employee, UserFactory()).public_id,
        "link": link_for(row_of(waiting, employee).pk),
    }


class Reader(HTMLParser):
    """Counts what a page must have once, and collects what it must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.ids: list[str] = []
        self.bad: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag, attrs):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        names = dict(attrs)
        if "id" in names:
            self.ids.append(names["id"])
        self.bad += [name for name in names if name == "style" or name.startswith(("on", "hx-on"))]
        if tag == "style" or (tag == "script" and "src" not in names and names.get("type") != "importmap"):
            self.bad.append(tag)
        if tag == "img" and "alt" not in names:
            self.bad.append("img without alt")


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_page_shows_in_both_languages(path, language, own, employee, names):
    employee.language = language
    employee.save()
    answer = own.get(path.format(**names))
    page = read(answer.content.decode())
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()
    assert page.bad == []
    assert page.counts["main"] == page.counts["h1"] == page.counts["title"] == 1
    assert len(page.ids) == len(set(page.ids)), "Each id once."
    assert "no-store" in answer["Cache-Control"]
    assert re.search(
        r"script-src 'self' 'nonce-[\w-]+'; style-src 'self';", answer["Content-Security-Policy"]
    )


@pytest.mark.parametrize("path", PAGES + FRAGMENTS)
def test_a_guest_is_sent_to_sign_in_and_back(path, names):
    path = path.format(**names)
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("path", ["/my/", "/w/incidents/", "/design/flows/"])
def test_a_guests_fragment_is_no_sign_in_page(path):
    answer = Client().get(path, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "data-refusal" in answer.content.decode()
    assert "<form" not in answer.content.decode()


def rows():
    """How many rows each table of ours has."""
    ours = [model for model in apps.get_models() if model._meta.app_label not in {"sessions", "contenttypes"}]
    return {model._meta.label: model.objects.count() for model in ours if model._meta.managed}


def test_looking_changes_nothing(own, names):
    before = rows()
    for path in [*PAGES, *FRAGMENTS, names["link"]]:
        own.get(path.format(**names))
        own.head(path.format(**names))
    assert rows() == before


@pytest.mark.parametrize("path", POSTS)
def test_what_changes_things_is_not_reached_by_looking(path, own, names):
    before = rows()
    assert own.get(path.format(**names)).status_code == 405
    assert rows() == before


@pytest.mark.parametrize("path", [*POSTS, "/report/", "/catalog/item/{item}/", "/me/"])
def test_a_form_from_another_site_is_refused(path, employee, names):
    client = Client(enforce_csrf_checks=True)
    client.force_login(employee)
    before = rows()
    answer = client.post(path.format(**names), {"body": "x", "decision": "approved"})
    assert answer.status_code == 403
    assert rows() == before


def order_laptop(person):
    """A laptop on its way through the flow that ships with the platform, as far as it goes by itself."""
    answers = {"model": "developer_14", "keyboard": "ko", "handover": "desk", "reason": "For work"}
    request = order_item(actor=person, item_key="laptop", answers=answers)
    for _ in range(3):
        sweep.run(limit=200, seconds=30)
    return request.items.get()


def page_queries(client, path):
    """What a page asks, without the company settings that each process reads every two seconds."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return [row["sql"] for row in seen.captured_queries if "core_setting" not in row["sql"]]


def test_home_costs_the_same_for_any_number_of_rows(own, employee):
    counts = []
    for more in (2, 18):
        for number in range(more):
            make_incident(requester=employee, title=f"Problem {number}")
            make_approval_request(employee)
        counts.append(len(page_queries(own, "/")))
    assert counts[0] == counts[1] <= MOST_QUERIES_OF_HOME


def test_home_with_a_running_flow_stays_within_the_budget(own, employee):
    employee.manager = UserFactory(name_en="Seoyeon Lee")
    employee.save()
    item = order_laptop(employee)
    make_approval_request(employee)
    assert len(page_queries(own, "/")) <= MOST_QUERIES_OF_HOME
    tracker = own.get("/").content.decode().split('class="tracker"')[1]
    assert re.findall(r"<b>(\w+)</b>", tracker)[:4] == ["Requested", "Approval", "Purchase", "Ready"]
    page = own.get(f"/my/{item.number}/").content.decode()
    assert "Seoyeon Lee" in page


def test_the_tiles_are_what_everybody_may_order(own):
    shelf = make_category(available_for={"f": "grade", "op": "eq", "v": "manager"})
    make_version(name_en="For everybody")
    make_version(name_en="For managers", item=make_catalog_item(category=shelf))
    make_version(name_en="For others", available_for={"f": "grade", "op": "eq", "v": "manager"})
    CatalogItem.objects.filter(versions__name_en__startswith="For ").update(order=1)
    html = own.get("/").content.decode()
    assert "For everybody" in html
    assert "For managers" not in html
    assert "For others" not in html


def test_the_first_card_waits_for_the_person(own, employee):
    for number in range(4):
        make_incident(requester=employee, title=f"Newer {number}")
    make_incident("on_hold", requester=employee, title="Older but waiting")
    html = own.get("/").content.decode()
    assert html.index("Older but waiting") < html.index("Newer 3")
    assert html.count('class="tracker"') == 1


def test_employees_never_see_words_of_the_trade(own, employee, names):
    employee.language = "ko"
    employee.save()
    for path in PAGES:
        html = own.get(path.format(**names)).content.decode()
        text = re.sub(r"<[^>]+>", " ", html)
        assert "인시던트" not in text, path
        assert not re.search(r"\bP[1-5]\b", text), path


@pytest.mark.parametrize(
    "path",
    [
        "/my/INC9999999/",
        f"/files/{NOWHERE}/",
        f"/approvals/{NOWHERE}/",
    ],
)
def test_what_does_not_exist_is_a_page_that_offers_search(path, own):
    answer = own.get(path)
    assert answer.status_code == 404
    assert 'action="/search/"' in answer.content.decode()


def test_a_refusal_answers_htmx_with_its_text(own):
    answer = own.get("/my/INC9999999/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert answer.content.decode().strip().startswith("<p data-refusal>")


def test_names_follow_the_readers_language(own, employee):
    employee.language = "ko"
    employee.save()
    with translation.override("ko"):
        assert employee.display_name in own.get("/").content.decode()


def test_a_page_of_another_company_is_not_there(own):
    other = UserFactory(company=CompanyFactory())
    foreign = make_incident(requester=other)
    assert own.get(f"/my/{foreign.number}/").status_code == 404
