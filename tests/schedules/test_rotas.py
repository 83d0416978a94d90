"""Making rotas, layers and stand-ins, and who is on call by them."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import Group, Membership, User
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
from schedules import rota_rules, services
from schedules.models import Rota, RotaLayer, RotaOverride
from schedules.selectors import (
    calendar_link,
    next_turns,
    on_call_for_group,
    on_call_now,
    read,
    rotas_for,
    rotas_now,
    warnings_of,
)
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.schedules import WEEKLY, make_override, make_rota

pytestmark = pytest.mark.django_db
FIRST = dt.datetime(2086, 3, 4, 0, 0, tzinfo=dt.UTC)  # a Monday, 09:00 in Seoul, the first person's week
WEEK, DAY = dt.timedelta(weeks=1), dt.timedelta(days=1)


@pytest.fixture
def group() -> Group:
    return GroupFactory(manager=AgentFactory())


@pytest.fixture
def people(group: Group) -> list[User]:
    return [AgentFactory(groups=[group]) for _number in range(3)]


@pytest.fixture
def rota(group: Group, people: list[User]) -> Rota:
    """A, B and C take a week each from a Monday long ahead, so that no test depends on today."""
    row = make_rota(group)
    services.add_layer(row.key, actor=None, **WEEKLY | {"start_date": FIRST.date(), "members": people})
    return row


def names(found):
    return [person.username for person in found]


def test_a_rota_is_made_and_told_of(group, people):
    row = make_rota(group, people)
    payload = OutboxEvent.objects.get(name="oncall.rota_created").payload
    assert payload == {"rota": "desk", "group_id": group.pk}
    assert AuditLog.objects.get(object_ref="desk", action="rota_created").diff["group"] == [None, group.key]
    told = AuditLog.objects.get(object_ref="desk", action="rota_changed").diff["First line"][1]
    assert told["members"] == names(people)
    assert (told["start_date"], told["handover_time"], told["length"]) == ("2026-03-02", "09:00:00", 1)
    assert Rota.objects.get().lock_version == row.lock_version + 1  # its layer came after it
    with pytest.raises(DuplicateError):
        make_rota(group)


def test_each_is_on_call_for_a_week_from_monday_nine_oclock(rota, people):
    second = dt.timedelta(seconds=1)
    assert on_call_now("desk", FIRST - second) == []
    assert on_call_now("desk", FIRST) == [people[0]]
    assert on_call_now("desk", FIRST + WEEK - second) == [people[0]]
    assert on_call_now("desk", FIRST + WEEK) == [people[1]]
    assert on_call_now("desk", FIRST + 3 * WEEK) == [people[0]]


def test_the_upper_layer_is_called_first_and_the_lower_one_next(rota, group, people):
    boss = group.manager
    layer = services.add_layer(
        "desk",
        actor=None,
        **WEEKLY
        | {"name": "Boss", "start_date": FIRST.date(), "members": [boss], "hours": {0: [(540, 1080)]}},
    )
    assert on_call_now("desk", FIRST) == [people[0], boss]
    services.raise_layer("desk", layer.public_id, actor=None)
    assert on_call_now("desk", FIRST) == [boss, people[0]]
    assert on_call_now("desk", FIRST + 9 * dt.timedelta(hours=1)) == [people[0]]  # 18:00: its hours are over
    services.raise_layer("desk", layer.public_id, actor=None)  # it is the top one
    assert on_call_now("desk", FIRST) == [boss, people[0]]
    services.drop_layer("desk", layer.public_id, actor=None)
    assert on_call_now("desk", FIRST) == [people[0]]


def test_a_rota_that_is_off_or_unknown_has_nobody(rota):
    services.update_rota("desk", actor=None, is_active=False)
    assert on_call_now("desk", FIRST) == []
    assert on_call_now("nothing", FIRST) == []


def test_who_left_is_passed_over_and_named_in_a_warning(rota, group, people):
    Membership.objects.filter(user=people[0], group=group).delete()
    User.objects.filter(pk=people[1].pk).update(is_active=False)
    assert on_call_now("desk", FIRST) == [people[2]]
    assert on_call_now("desk", FIRST + WEEK) == [people[2]]
    [found] = read(rotas_for(None), FIRST, FIRST)
    assert {person.pk for person in warnings_of(found, FIRST)} == {people[0].pk, people[1].pk}


def test_a_layer_may_keep_who_left_but_takes_nobody_from_outside(rota, group, people):
    Membership.objects.filter(user=people[0], group=group).delete()
    layer = rota.layers.get()
    services.update_layer("desk", layer.public_id, actor=None, name="Other name")
    assert list(layer.members.order_by("position").values_list("user", flat=True)) == [p.pk for p in people]
    with pytest.raises(RuleRefusedError) as refusal:
        services.update_layer("desk", layer.public_id, actor=None, members=[*people, AgentFactory()])
    assert [(each.field, each.code) for each in refusal.value.errors] == [("members", "does_not_exist")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"members": []}, "members"),
        ({"members": None}, "members"),
        ({"length": 0}, "length"),
        ({"length": -1}, "length"),
        ({"length": True}, "length"),
        ({"length": 27}, "length"),
        ({"unit": "months"}, "unit"),
        ({"name": " "}, "name"),
        ({"handover_time": "nine"}, "handover_time"),
        ({"handover_weekday": 7}, "handover_weekday"),
        ({"start_date": dt.date(1960, 1, 1)}, "start_date"),
        ({"hours": {0: [(600, 540)]}}, "hours"),
        ({"hours": {0: [(0, 600), (540, 660)]}}, "hours"),
        ({"hours": {9: [(0, 600)]}}, "hours"),
        ({"hours": [1]}, "hours"),
    ],
)
def test_a_layer_that_cannot_be_names_its_field_and_changes_nothing(rota, people, change, field):
    given = WEEKLY | {"members": people} | change
    with pytest.raises(RuleRefusedError) as refusal:
        services.add_layer("desk", actor=None, **given)
    assert [each.field for each in refusal.value.errors] == [field]
    assert RotaLayer.objects.count() == 1


def test_a_rota_that_cannot_be_is_refused(group, monkeypatch):
    for fields in ({"tz": "Mars/Base"}, {"name_ko": ""}, {"key": "No key"}, {"group": None}):
        with pytest.raises(RuleRefusedError):
            services.create_rota(actor=None, **{"key": "desk", "group": group, "name_ko": "당직"} | fields)
    with pytest.raises(BadInputError):
        services.create_rota(actor=None, key="desk", group=group, name_ko="당직", color="red")
    assert not Rota.objects.exists()
    make_rota(group)
    monkeypatch.setattr(rota_rules, "MOST_LAYERS", 0)
    with pytest.raises(RuleRefusedError):
        services.add_layer("desk", actor=None, **WEEKLY | {"members": [group.manager]})


def test_an_old_version_is_refused_and_the_same_values_change_nothing(rota):
    layer = rota.layers.get()
    before = Rota.objects.get().lock_version
    assert services.update_rota("desk", actor=None, tz="Asia/Seoul").lock_version == before
    services.update_layer("desk", layer.public_id, actor=None, length=1)
    assert Rota.objects.get().lock_version == before
    services.update_rota("desk", actor=None, expected_version=before, tz="Europe/London")
    with pytest.raises(StaleVersionError):
        services.update_rota("desk", actor=None, expected_version=before, tz="UTC")
    services.update_layer("desk", layer.public_id, actor=None, expected_version=layer.lock_version, length=2)
    old = {"expected_version": layer.lock_version}
    with pytest.raises(StaleVersionError):
        services.update_layer("desk", layer.public_id, actor=None, length=3, **old)
    with pytest.raises(NotVisibleError):
        services.update_layer("desk", uuid4(), actor=None, length=3)


def test_another_zone_moves_the_hand_over(rota, people):
    services.update_rota("desk", actor=None, tz="UTC")
    assert on_call_now("desk", FIRST) == []
    assert on_call_now("desk", FIRST + dt.timedelta(hours=9)) == [people[0]]


def test_managers_and_administrators_change_a_rota_and_others_do_not(rota, group, people):
    for actor in (group.manager, administrator()):
        services.update_rota("desk", actor=actor, name_en=actor.username)
    others = {people[0]: NotAllowedError, AgentFactory(): NotAllowedError, UserFactory(): NotVisibleError}
    for actor, refusal in others.items():
        with pytest.raises(refusal):
            services.update_rota("desk", actor=actor, name_en="Mine")
        with pytest.raises(refusal):
            services.drop_layer("desk", rota.layers.get().public_id, actor=actor)
        with pytest.raises(NotAllowedError):
            services.create_rota(actor=actor, key="mine", group=group, name_ko="나")
    elsewhere = AgentFactory(company=CompanyFactory(), roles=["administrator"])
    with pytest.raises(NotVisibleError):
        services.update_rota("desk", actor=elsewhere, name_en="Theirs")
    assert not rotas_for(elsewhere)


def test_a_stand_in_wins_for_its_time_and_is_told_of(rota, group, people):
    made = make_override(rota, people[2], FIRST + DAY, FIRST + 2 * DAY, actor=group.manager)
    assert on_call_now("desk", FIRST + DAY) == [people[2], people[0]]
    assert on_call_now("desk", FIRST + 2 * DAY) == [people[0]]
    event = OutboxEvent.objects.get(name="oncall.override_added")
    assert event.payload["person_id"] == people[2].pk
    assert event.payload["start"] == (FIRST + DAY).isoformat()
    assert (made.made_by, made.reason) == (group.manager, "")
    assert AuditLog.objects.get(action="override_added").diff["person"] == [None, people[2].username]


def test_two_stand_ins_never_overlap_and_may_touch(rota, people):
    make_override(rota, people[2], FIRST, FIRST + DAY)
    for ahead, length in ((0, 1), (-1, 1.5), (0.5, 1.5)):
        with pytest.raises(DuplicateError):
            make_override(rota, people[1], FIRST + ahead * DAY, FIRST + (ahead + length) * DAY)
    make_override(rota, people[1], FIRST + DAY, FIRST + 2 * DAY)
    assert RotaOverride.objects.count() == 2


@pytest.mark.parametrize("raw", [(FIRST, FIRST), (FIRST, None), (None, FIRST)])
def test_dd10_the_database_itself_refuses_a_stand_in_without_an_end_or_an_overlap(rota, people, raw):
    with pytest.raises(IntegrityError, match="rota_override_has_an_end"), transaction.atomic():
        RotaOverride.objects.create(rota=rota, person=people[0], during=DateTimeTZRange(*raw))
    make_override(rota, people[2], FIRST, FIRST + DAY)
    with pytest.raises(IntegrityError, match="rota_overrides_do_not_overlap"), transaction.atomic():
        RotaOverride.objects.create(
            rota=rota, person=people[0], during=DateTimeTZRange(FIRST, FIRST + DAY / 2)
        )


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (FIRST, FIRST, "end"),
        (FIRST, FIRST - DAY, "end"),
        (FIRST, FIRST + 400 * DAY, "end"),
        (FIRST.replace(tzinfo=None), FIRST + DAY, "start"),
        (None, FIRST, "start"),
        (FIRST, dt.datetime(2200, 1, 1, tzinfo=dt.UTC), "end"),
        (dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2020, 1, 2, tzinfo=dt.UTC), "end"),
    ],
)
def test_a_stand_in_that_cannot_be_names_its_field(rota, people, start, end, field):
    with pytest.raises(RuleRefusedError) as refusal:
        make_override(rota, people[0], start, end)
    assert [each.field for each in refusal.value.errors] == [field]
    assert not RotaOverride.objects.exists()


def test_one_hands_over_the_own_turn_and_takes_over_that_of_others(rota, people):
    a, b, c = people
    make_override(rota, b, FIRST + DAY, FIRST + 2 * DAY, actor=a)  # a's own week, to b
    make_override(rota, c, FIRST + WEEK, FIRST + WEEK + DAY, actor=c)  # c takes a day of b's
    for start, end in ((FIRST + 6 * DAY, FIRST + 8 * DAY), (FIRST + WEEK + 2 * DAY, FIRST + WEEK + 3 * DAY)):
        with pytest.raises(NotAllowedError):  # partly, or wholly, somebody else's
            make_override(rota, c, start, end, actor=a)
    with pytest.raises(RuleRefusedError):
        make_override(rota, AgentFactory(), FIRST + 3 * DAY, FIRST + 4 * DAY, actor=a)
    stranger = AgentFactory()
    with pytest.raises(NotAllowedError):
        make_override(rota, stranger, FIRST + 3 * DAY, FIRST + 4 * DAY, actor=stranger)


def test_a_stand_in_is_taken_back_by_who_made_it_has_it_or_manages(rota, group, people):
    a, b, c = people
    for actor in (a, b, group.manager):
        made = make_override(rota, b, FIRST + DAY, FIRST + 2 * DAY, actor=a)
        with pytest.raises(NotAllowedError):
            services.drop_override("desk", made.public_id, actor=c)
        services.drop_override("desk", made.public_id, actor=actor)
        assert not RotaOverride.objects.exists()
    assert OutboxEvent.objects.filter(name="oncall.override_dropped").count() == 3


def test_a_stand_in_that_runs_ends_now_and_one_that_is_over_stays(rota, people):
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    during = DateTimeTZRange(start, FIRST, "[)")
    running = RotaOverride.objects.create(rota=rota, person=people[0], during=during)
    services.drop_override("desk", running.public_id, actor=None)
    running.refresh_from_db()
    assert running.during.lower == start
    assert running.during.upper < FIRST
    with pytest.raises(WrongStateError):
        services.drop_override("desk", running.public_id, actor=None)


def test_a_group_hears_of_all_its_rotas_each_person_once(rota, group, people):
    other = make_rota(group, key="night")
    services.add_layer(
        other.key, actor=None, **WEEKLY | {"start_date": FIRST.date(), "members": [people[0], people[2]]}
    )
    assert on_call_for_group(group.pk, FIRST) == [people[0]]
    assert on_call_for_group(group.pk, FIRST + WEEK) == [people[1], people[2]]
    assert on_call_for_group(GroupFactory().pk, FIRST) == []


def test_the_own_turns_come_in_order_with_their_place(rota, group, people):
    services.add_layer(
        "desk",
        actor=None,
        **WEEKLY | {"name": "Second", "start_date": FIRST.date(), "members": [people[1], people[0]]},
    )
    found = next_turns(people[0], FIRST, FIRST + 3 * WEEK)
    assert [(duty.start, duty.rank, duty.layer.name) for duty in found] == [
        (FIRST, 0, "First line"),
        (FIRST + WEEK, 1, "Second"),
    ]
    assert next_turns(group.manager, FIRST) == []


def test_the_queries_stay_the_same_for_few_and_many(rota, group, people, django_assert_num_queries):
    with django_assert_num_queries(5):
        on_call_now("desk", FIRST)
    for number in range(6):
        more = [AgentFactory(groups=[group]) for _each in range(3)]
        services.add_layer("desk", actor=None, **WEEKLY | {"name": f"L{number}", "members": more})
        make_override(rota, more[0], FIRST + number * DAY, FIRST + (number + 1) * DAY)
    with django_assert_num_queries(5):
        on_call_now("desk", FIRST)
    for number in range(10):
        make_rota(group, people, key=f"rota-{number}")
    with django_assert_num_queries(5):
        on_call_for_group(group.pk, FIRST)
    with django_assert_num_queries(5):
        next_turns(people[0], FIRST)
    with django_assert_num_queries(5):
        rotas_now(None, FIRST)
    with django_assert_num_queries(1):
        on_call_for_group(0, FIRST)


def test_a_link_keeps_no_secret_works_for_its_owner_only_and_ends(rota):
    agent = AgentFactory()
    row, token = services.make_link(actor=agent, rota=rota)
    assert token not in str(row.__dict__)
    assert AuditLog.objects.get(action="made").diff == {"rota": [None, "desk"]}
    assert calendar_link(token).pk == row.pk
    with pytest.raises(NotVisibleError):
        services.revoke_link(row.public_id, actor=AgentFactory())
    services.revoke_link(row.public_id, actor=agent)
    for gone in (token, "no such secret", ""):
        with pytest.raises(NotVisibleError):
            calendar_link(gone)


def test_a_link_dies_with_the_rights_of_its_owner(rota):
    agent = AgentFactory()
    _row, token = services.make_link(actor=agent)
    agent.roles.clear()
    with pytest.raises(NotVisibleError):
        calendar_link(token)
    with pytest.raises(NotAllowedError):
        services.make_link(actor=UserFactory(), rota=rota)
