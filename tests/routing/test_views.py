"""The pages under /design/rules/, and the skills on a person's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.datastructures import MultiValueDict

from accounts.models import Skill, User
from routing import services
from routing.forms import data_of
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.routing import make_rule
from tickets.models import AssignmentRule, PriorityRow

pytestmark = pytest.mark.django_db
LIST = "/design/rules/"


def browser(person: Any, language: str = "en") -> Client:
    User.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def boss():
    return administrator()


@pytest.fixture
def client(boss):
    return browser(boss)


@pytest.fixture
def group():
    return GroupFactory(name_ko="네트워크", name_en="Network team")


def text(answer: Any) -> str:
    return answer.content.decode()


def filled(team: Any, **change: Any) -> dict[str, Any]:
    given = {
        "name": "VPN", "kind": "incident", "group": team.key, "strategy": "round_robin", "enabled": "on",
        "condition-mode": "rows", "condition-join": "all", "condition-count": "1",
        "condition-0-field": "title", "condition-0-op": "contains", "condition-0-value": "VPN",
    }  # fmt: skip
    return {name: value for name, value in (given | change).items() if value is not None}


def test_a_rule_is_made_changed_and_removed_from_the_pages(client, group):
    assert 'name="condition-0-field"' in text(client.get(f"{LIST}new/"))
    made = client.post(f"{LIST}new/", filled(group))
    assert made["Location"] == LIST
    rule = AssignmentRule.objects.get()
    assert (rule.group, rule.strategy, rule.condition) == (
        group, "round_robin", {"f": "title", "op": "contains", "v": "VPN"}
    )  # fmt: skip
    page = text(client.get(LIST))
    assert "Title contains VPN" in page
    assert "In turn" in page
    one = f"{LIST}{rule.public_id}/"
    assert 'value="VPN"' in text(client.get(one))
    change = filled(group, strategy="skill", skill="vpn", least_level="3", lock_version="1", enabled=None)
    assert client.post(one, change)["Location"] == LIST
    rule.refresh_from_db()
    assert (rule.strategy, rule.skill, rule.least_level, rule.enabled) == ("skill", "vpn", 3, False)
    assert "level 3 or more" in text(client.get(LIST))
    assert "go on to name it" in text(client.get(f"{one}remove/"))
    assert client.post(f"{one}remove/")["Location"] == LIST
    assert "No rule yet" in text(client.get(LIST))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": ""}, "This field is required"),
        ({"group": ""}, "This field is required"),
        ({"strategy": "skill", "skill": ""}, "This field is required"),
        ({"condition-0-value": ""}, "Row 1: Give a value."),
        ({"condition-mode": "text", "condition-text": "{"}, "This is no JSON"),
        ({"condition-mode": "text", "condition-text": '{"f":"x","op":"eq","v":1}'}, "There is no field"),
        ({"group": "nothing"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_on_the_page(client, group, change, word):
    answer = client.post(f"{LIST}new/", filled(group, **change))
    assert (answer.status_code, word in text(answer)) == (422, True)
    assert not AssignmentRule.objects.exists()


def test_a_form_that_is_sent_twice_makes_one_rule(client, group):
    key = "01a22400-0000-4000-8000-000000000001"
    for _each in range(2):
        client.post(f"{LIST}new/", filled(group, once_key=key))
    assert AssignmentRule.objects.count() == 1


def test_the_condition_is_edited_in_steps_without_saving(client, group):
    answer = client.post(f"{LIST}new/", filled(group, edit="add:condition"))
    assert 'name="condition-1-field"' in text(answer)
    part = client.post(f"{LIST}new/", filled(group, edit="text:condition"), headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert "&quot;contains&quot;" in text(part)
    assert "HX-Request" in part["Vary"]
    refused = client.post(
        f"{LIST}new/",
        filled(group, **{"edit": "rows:condition", "condition-mode": "text", "condition-text": "{"}),
    )
    assert "This is no JSON" in text(refused)
    assert not AssignmentRule.objects.exists()


def test_somebody_was_faster(client, group):
    rule = make_rule(group)
    services.change_rule(rule.public_id, actor=None, name="Theirs")
    one = f"{LIST}{rule.public_id}/"
    answer = client.post(one, filled(group, name="Mine", lock_version="1"))
    assert answer.status_code == 409
    assert 'value="Mine"' in text(answer)
    assert client.post(one, filled(group, name="Mine", lock_version="2")).status_code == 302


def test_an_untouched_condition_and_group_stay_as_they_were_written(client):
    other = GroupFactory(is_active=False)
    rule = make_rule(GroupFactory())
    written = {"all": [{"all": [{"f": "category", "op": "eq", "v": "network"}]}]}
    AssignmentRule.objects.filter(pk=rule.pk).update(condition=written, group=other)
    rule.refresh_from_db()
    data: MultiValueDict[str, Any] = data_of(rule)
    data["name"] = "Renamed"
    sent = {name: data.getlist(name) for name in data}
    assert client.post(f"{LIST}{rule.public_id}/", sent).status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.group, rule.condition) == ("Renamed", other, written)
    assert "Group is switched off" in text(client.get(LIST))


def test_rules_are_moved_and_switched_by_buttons(client, group):
    first, second = make_rule(group, "first"), make_rule(group, "second")
    client.post(f"{LIST}{second.public_id}/move/", {"to": "up", "lock_version": "1"})
    order = list(AssignmentRule.objects.order_by("order").values_list("name", flat=True))
    assert order == ["second", "first"]
    again = client.post(f"{LIST}{second.public_id}/move/", {"to": "down", "lock_version": "1"}, follow=True)
    assert "in the meantime" in text(again)
    assert AssignmentRule.objects.order_by("order").first().name == "second"
    client.post(f"{LIST}{first.public_id}/switch/", {"on": "0"})
    assert AssignmentRule.objects.get(pk=first.pk).enabled is False
    client.post(f"{LIST}{first.public_id}/switch/", {"on": "1"})
    assert AssignmentRule.objects.get(pk=first.pk).enabled is True


def test_a_rule_that_is_never_reached_says_so(client, group):
    make_rule(group, "everything", condition={})
    make_rule(group, "more", condition={})
    assert text(client.get(LIST)).count("Never reached: “everything” takes every ticket") == 1


def test_the_preview_tells_why(client, group):
    first = AgentFactory(groups=[group], name_ko="하나", name_en="One")
    AgentFactory(groups=[group], name_ko="둘", name_en="Two")
    make_rule(group, "printer", condition={"f": "category", "op": "eq", "v": "hardware"})
    rule = make_rule(group, "net", strategy="least_open")
    make_incident(assignee=first, group=group)
    page = text(client.get(f"{LIST}preview/", {"kind": "incident", "category": "network"}))
    assert "The rule “net” matches: the ticket goes to Network team. Two gets it." in page
    assert "Has more open tickets" in page
    assert "1 open ticket" in page
    assert "Does not match" in page
    incident = make_incident(category="network")
    by_number = text(client.get(f"{LIST}preview/", {"number": incident.number}))
    assert incident.number in by_number
    assert "The rule “net” matches" in by_number
    assert rule.last_user_id == 0
    none = text(client.get(f"{LIST}preview/", {"category": "mail"}))
    assert "No rule matches" in none
    assert "What would happen" not in text(client.get(f"{LIST}preview/"))


@pytest.mark.parametrize(
    "asked", [{"number": "INC9999999"}, {"requester": "nobody"}, {"ci": "CI9"}, {"impact": "7"}]
)
def test_a_preview_of_what_is_not_there_says_so(client, asked):
    assert client.get(f"{LIST}preview/", asked).status_code == 422


def test_the_matrix_is_changed_by_its_page(client):
    page = client.get(f"{LIST}priority/")
    assert page.status_code == 200
    data = {}
    for cell in PriorityRow.objects.all():
        data |= {f"p{cell.impact}{cell.urgency}": str(cell.priority), f"v{cell.impact}{cell.urgency}": "1"}
    assert client.post(f"{LIST}priority/", data | {"p33": "4"}).status_code == 302
    assert PriorityRow.objects.get(impact=3, urgency=3).priority == 4
    stale = client.post(f"{LIST}priority/", data | {"p33": "3"})
    assert (stale.status_code, "in the meantime" in text(stale)) == (409, True)
    assert 'name="v33" value="2"' in text(stale)
    wrong = client.post(f"{LIST}priority/", data | {"p11": "9"})
    assert wrong.status_code == 422
    assert PriorityRow.objects.get(impact=3, urgency=3).priority == 4


def test_who_may_not_see_rules_gets_no_page(group):
    rule = make_rule(group)
    for person in (UserFactory(), AgentFactory()):
        client = browser(person)
        for path in ("", "new/", "preview/", "priority/", f"{rule.public_id}/", f"{rule.public_id}/remove/"):
            assert client.get(f"{LIST}{path}").status_code == 403
        for path in ("move/", "switch/", "remove/"):
            assert client.post(f"{LIST}{rule.public_id}/{path}").status_code == 403
    CompanyFactory()
    rule.refresh_from_db()
    assert (rule.enabled, rule.lock_version) == (True, 1)


def test_korean_readers_read_korean(boss, group):
    make_rule(group, strategy="least_open")
    page = text(browser(boss, "ko").get(LIST))
    assert "배정 규칙" in page
    assert "Holds when" not in page


def test_markup_is_shown_as_text(client, group):
    make_rule(group, "<b>x</b>", condition={"f": "title", "op": "eq", "v": "<i>y</i>"})
    for path in ("", "preview/?title=x"):
        page = text(client.get(f"{LIST}{path}"))
        assert "<b>x</b>" not in page
        assert "<i>y</i>" not in page


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_for_few_and_many(client, count, django_assert_num_queries, own_cache):
    for number in range(count):
        condition = {"f": "group.key", "op": "eq", "v": f"g{number}"}
        make_rule(GroupFactory(key=f"g{number}"), f"r{number}", condition=condition)
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)


# Skills


def test_skills_are_given_changed_and_taken_on_a_persons_page(client):
    person = AgentFactory(username="jimin")
    page = "/design/people/jimin/"
    assert client.post(f"{page}skills/", {"name": " VPN ", "level": "3"})["Location"] == f"{page}#skills"
    client.post(f"{page}skills/", {"name": "vpn", "level": "5"})
    assert list(Skill.objects.values_list("user", "name", "level")) == [(person.pk, "vpn", 5)]
    assert "5 · Expert" in text(client.get(page))
    client.post(f"{page}skills/remove/", {"name": "vpn"})
    assert not Skill.objects.exists()


@pytest.mark.parametrize(
    "given", [{"name": "", "level": "3"}, {"name": "x", "level": "6"}, {"name": "x" * 41, "level": "1"}]
)
def test_what_no_skill_can_be_is_told_on_the_page(client, given):
    AgentFactory(username="jimin")
    assert client.post("/design/people/jimin/skills/", given).status_code == 422
    assert not Skill.objects.exists()


def test_who_does_not_edit_people_gives_no_skills():
    AgentFactory(username="jimin")
    client = browser(AgentFactory())
    assert client.post("/design/people/jimin/skills/", {"name": "x", "level": "1"}).status_code == 403
    assert client.post("/design/people/jimin/skills/remove/", {"name": "x"}).status_code == 403
    assert not Skill.objects.exists()


def test_nobody_gives_skills_to_people_of_another_company(client):
    UserFactory(username="other", company=CompanyFactory())
    assert client.post("/design/people/other/skills/", {"name": "x", "level": "1"}).status_code == 404
    assert not Skill.objects.exists()
