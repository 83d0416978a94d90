"""The life of a definition: drafted, changed, published, retired; who may, and what a refusal leaves."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from core.errors import (
    BadInputError,
    DuplicateError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import AuditLog, OutboxEvent
from sla import rules, services
from sla.book import current
from sla.definitions import listed, open_clocks_by_key, with_clocks
from sla.editor.settings import SETTINGS
from sla.models import Clock, SLADefinition
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import SLADefinitionFactory, is_

NEW = {
    "name_ko": "콜백",
    "name_en": "Call back",
    "kind": "incident",
    "target_s": 3600,
    "calendar": "kr-office",
    "start_cond": is_("priority", 1),
}


def make(key: str = "call_back", **fields):
    return services.create_definition(actor=None, key=key, **NEW | fields)


def rows_of(key: str = "call_back"):
    return list(SLADefinition.objects.filter(key=key).order_by("no").values_list("no", "status"))


def told():
    return list(
        OutboxEvent.objects.filter(name__startswith="sla.definition")
        .order_by("pk")
        .values_list("name", flat=True)
    )


@pytest.mark.django_db
def test_a_definition_is_drafted_with_its_calendar_and_told_of():
    row = make(thresholds=[75, 50, 75])
    assert (row.no, row.status, row.track, row.calendar.key) == (1, "draft", "call_back", "kr-office")
    assert row.thresholds == [50, 75]
    assert told() == ["sla.definition_drafted"]
    diff = AuditLog.objects.get(object_ref="call_back 1", action="drafted").diff
    assert (diff["calendar"], diff["target_s"]) == ([None, "kr-office"], [None, 3600])


@pytest.mark.django_db
def test_a_key_is_taken_once():
    make()
    with pytest.raises(DuplicateError):
        make()
    SLADefinitionFactory(key="in_force")
    with pytest.raises(DuplicateError):
        make("in_force")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_ko": " "}, "name_ko"),
        ({"name_en": "x" * 121}, "name_en"),
        ({"kind": "nothing"}, "kind"),
        ({"type": "promise"}, "type"),
        ({"target": "someday"}, "target"),
        ({"track": "No track"}, "track"),
        ({"order": -1}, "order"),
        ({"target_s": 0}, "target_s"),
        ({"target_s": -60}, "target_s"),
        ({"target_s": True}, "target_s"),
        ({"target_s": 10**12}, "target_s"),
        ({"calendar": "nowhere"}, "calendar"),
        ({"calendar": None}, "calendar"),
        ({"calendar_source": "moon"}, "calendar_source"),
        ({"tz_source": "Mars/Base"}, "tz_source"),
        ({"thresholds": [0]}, "thresholds"),
        ({"thresholds": [101]}, "thresholds"),
        ({"thresholds": list(range(1, 13))}, "thresholds"),
        ({"thresholds": "50"}, "thresholds"),
        ({"start_cond": None}, "start_cond"),
        ({"start_cond": {"f": "secret", "op": "empty"}}, "start_cond.f"),
        ({"pause_cond": {"all": [{"f": "priority", "op": "eq", "v": "1"}]}}, "pause_cond.all.0.v"),
        ({"stop_cond": "never"}, "stop_cond"),
        ({"resume_mode": "sometime"}, "resume_mode"),
        ({"on_retarget": ""}, "on_retarget"),
    ],
)
def test_bad_input_is_refused_by_name_and_changes_nothing(wrong, field):
    with pytest.raises(RuleRefusedError) as refusal:
        make(**wrong)
    assert [each.field for each in refusal.value.errors] == [field]
    assert rows_of() == []
    row = make()
    with pytest.raises(RuleRefusedError):
        services.save_draft(row.pk, actor=None, **{"name_en": "Other"} | wrong)
    after = SLADefinition.objects.get(pk=row.pk)
    assert (after.name_en, after.lock_version) == ("Call back", 1)
    assert told() == ["sla.definition_drafted"]


@pytest.mark.django_db
def test_every_mistake_is_told_at_once_and_unknown_fields_are_refused():
    with pytest.raises(RuleRefusedError) as refusal:
        services.create_definition(actor=None, key="x", target_s=0, order=-1)
    fields = {each.field for each in refusal.value.errors}
    assert fields == {"name_ko", "kind", "start_cond", "target_s", "order"}
    with pytest.raises(BadInputError):
        make(status="published")
    for key in ("", "No key", "new", "é", "a" * 61):
        with pytest.raises(RuleRefusedError):
            make(key)
    assert not SLADefinition.objects.filter(name_ko="콜백").exists()


@pytest.mark.django_db
def test_a_draft_is_a_copy_of_what_is_in_force_and_there_is_one():
    row = make(pause_cond=is_("phase", "waiting"), thresholds=[80])
    services.publish_definition(row.pk, actor=None)
    draft = services.draft_of("call_back", actor=None)
    assert (draft.no, draft.status, draft.published_at) == (2, "draft", None)
    for each in SETTINGS:
        assert getattr(draft, each.name) == getattr(row, each.name), each.name
    assert services.draft_of("call_back", actor=None).pk == draft.pk
    assert rows_of() == [(1, "published"), (2, "draft")]
    with pytest.raises(NotVisibleError):
        services.draft_of("nothing", actor=None)


@pytest.mark.django_db
def test_a_draft_of_what_is_out_of_use_follows_the_last_version():
    SLADefinitionFactory(key="old", status="retired", name_en="First")
    SLADefinitionFactory(key="old", no=2, status="retired", name_en="Second")
    draft = services.draft_of("old", actor=None)
    assert (draft.no, draft.name_en) == (3, "Second")


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_the_same_draft():
    SLADefinitionFactory(key="shared", calendar=CalendarFactory())
    found, start = [], threading.Barrier(2)

    def ask():
        start.wait()
        found.append(services.draft_of("shared", actor=None).pk)
        connections.close_all()

    people = [threading.Thread(target=ask) for _each in range(2)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert len(set(found)) == 1
    assert rows_of("shared") == [(1, "published"), (2, "draft")]


@pytest.mark.django_db
def test_a_change_is_kept_with_old_and_new():
    row = make()
    saved = services.save_draft(
        row.pk, actor=None, expected_version=1, target_s=7200, calendar=None, calendar_source="none"
    )
    assert (saved.target_s, saved.calendar, saved.lock_version) == (7200, None, 2)
    diff = AuditLog.objects.get(action="changed", object_ref="call_back 1").diff
    assert diff == {
        "target_s": [3600, 7200],
        "calendar": ["kr-office", None],
        "calendar_source": ["def", "none"],
    }
    same = services.save_draft(row.pk, actor=None, target_s=7200)
    assert same.lock_version == 2
    assert told() == ["sla.definition_drafted", "sla.definition_changed"]


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["save_draft", "delete_draft", "publish_definition"])
def test_an_old_version_is_refused(act):
    row = make()
    services.save_draft(row.pk, actor=None, order=7)
    with pytest.raises(StaleVersionError):
        getattr(services, act)(row.pk, actor=None, expected_version=1)
    assert rows_of() == [(1, "draft")]


@pytest.mark.django_db
def test_only_a_draft_is_changed_or_deleted():
    row = SLADefinitionFactory(key="fixed")
    for act in (services.save_draft, services.delete_draft):
        with pytest.raises(WrongStateError):
            act(row.pk, actor=None)
        with pytest.raises(NotVisibleError):
            act(0, actor=None)
    draft = services.draft_of("fixed", actor=None)
    services.delete_draft(draft.pk, actor=None, expected_version=1)
    assert rows_of("fixed") == [(1, "published")]
    assert AuditLog.objects.get(object_ref="fixed 2", action="dropped").diff["name_en"] == ["Promise", None]
    assert told()[-1] == "sla.definition_dropped"


ACTIONS = {
    "create": lambda actor, _draft, _live: services.create_definition(actor=actor, key="more", **NEW),
    "draft": lambda actor, _draft, live: services.draft_of(live.key, actor=actor),
    "save": lambda actor, draft, _live: services.save_draft(draft.pk, actor=actor, order=3),
    "delete": lambda actor, draft, _live: services.delete_draft(draft.pk, actor=actor),
    "publish": lambda actor, draft, _live: services.publish_definition(draft.pk, actor=actor),
    "retire": lambda actor, _draft, live: services.retire_definition(live.pk, actor=actor),
}
ACTORS = {
    "platform": (lambda: None, True),
    "administrator": (administrator, True),
    "agent": (AgentFactory, False),
    "employee": (UserFactory, False),
}


@pytest.mark.django_db
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ACTORS)
def test_who_may_do_what(who, action):
    (person, is_allowed), act = ACTORS[who], ACTIONS[action]
    actor, draft, live = person(), make(), SLADefinitionFactory(key="live")
    before = set(SLADefinition.objects.values_list("key", "no", "status", "lock_version"))
    if is_allowed:
        act(actor, draft, live)
        assert set(SLADefinition.objects.values_list("key", "no", "status", "lock_version")) != before
    else:
        with pytest.raises(NotAllowedError):
            act(actor, draft, live)
        assert set(SLADefinition.objects.values_list("key", "no", "status", "lock_version")) == before


@pytest.mark.django_db
def test_what_is_published_starts_clocks_at_once_and_what_is_retired_no_more():
    row = make(start_cond=is_("impact", 1))
    make_incident(impact=1)
    assert not Clock.objects.filter(definition=row).exists()
    services.publish_definition(row.pk, actor=None)
    make_incident(impact=1)
    assert Clock.objects.filter(definition=row).count() == 1
    assert row.pk in [promise.row.pk for promise in current().of_kind("incident")]
    services.retire_definition(row.pk, actor=None)
    make_incident(impact=1)
    assert Clock.objects.filter(definition=row).count() == 1
    assert open_clocks_by_key()["call_back"] == 1
    assert [each.clocks for each in with_clocks([row])] == [{"in_progress": 1}]


@pytest.mark.django_db
def test_the_list_puts_what_is_out_of_use_last():
    SLADefinitionFactory(key="a_gone", status="retired", kind="incident")
    make("b_new", order=1)
    keys = [entry.key for entry in listed(None)]
    assert keys[0] == "b_new"
    assert keys[-1] == "a_gone"
    assert [entry.key for entry in listed(UserFactory())] == []
    assert "b_new" not in [entry.key for entry in listed(AgentFactory())]


def test_the_form_offers_just_what_the_service_takes():
    assert [each.name for each in SETTINGS] == list(dict.fromkeys(each.name for each in SETTINGS))
    assert {each.name for each in SETTINGS} == set(rules.CHECKS)
