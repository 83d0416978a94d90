"""What people may change about themselves, and what only administrators may."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.policies import grants_of, has_grant
from accounts.reference import ROLES, load
from accounts.selectors import person_named
from accounts.services import update_person
from core.errors import BadInputError, NotAllowedError, RuleRefusedError, StaleVersionError
from core.models import AuditLog
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory, default_company


@pytest.mark.django_db
def test_everyone_sets_the_own_preferences():
    person = UserFactory()
    changed = update_person(person.pk, actor=person, language="ko", theme="dark", time_zone="Europe/Berlin")
    assert (changed.language, changed.theme, changed.time_zone) == ("ko", "dark", "Europe/Berlin")
    assert AuditLog.objects.get(object_ref=person.username).diff["theme"] == ["system", "dark"]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["grade", "manager", "department", "is_vip", "name_ko"])
def test_nobody_promotes_themselves(field):
    person = UserFactory()
    with pytest.raises(NotAllowedError):
        update_person(person.pk, actor=person, **{field: None})


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["is_active", "password", "company", "roles", "nonsense"])
def test_other_columns_are_refused_by_name(field):
    admin = UserFactory(roles=["administrator"])
    with pytest.raises(BadInputError, match=field):
        update_person(admin.pk, actor=admin, **{field: "x"})


@pytest.mark.django_db
def test_an_administrator_edits_people_of_the_own_company_only():
    admin = UserFactory(roles=["administrator"])
    assert update_person(UserFactory().pk, actor=admin, grade="책임").grade == "책임"
    with pytest.raises(NotAllowedError):
        update_person(UserFactory(company=CompanyFactory()).pk, actor=admin, grade="책임")


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"language": "xx"}, {"theme": "pink"}, {"time_zone": "Mars/Olympus"}])
def test_a_preference_that_does_not_exist_is_refused(values):
    person = UserFactory()
    with pytest.raises(RuleRefusedError) as refusal:
        update_person(person.pk, actor=person, **values)
    assert refusal.value.errors[0].field in values


@pytest.mark.django_db
def test_a_stale_version_of_a_person_is_refused():
    person = UserFactory()
    update_person(person.pk, actor=person, theme="dark")
    with pytest.raises(StaleVersionError):
        update_person(person.pk, actor=person, expected_version=person.lock_version, theme="light")


@pytest.mark.django_db
def test_people_are_named_inside_the_company_only():
    mine, other = UserFactory(), UserFactory(company=CompanyFactory())
    assert person_named(mine, mine.username.upper()) == mine
    assert person_named(mine, other.username) is None
    robot = UserFactory(is_service=True)
    assert person_named(mine, robot.username) is None
    assert person_named(AgentFactory(), robot.username) == robot


@pytest.mark.django_db
def test_names_and_mails_are_unique_in_any_case():
    UserFactory(username="jimin", email="jimin@example.test")
    for values in ({"username": "JIMIN"}, {"email": "Jimin@Example.test"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            UserFactory(**values)


@pytest.mark.django_db
def test_nobody_is_their_own_manager():
    person = UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(manager=person)


@pytest.mark.django_db
def test_seed_roles_are_loaded_once_and_left_alone():
    load()
    load()
    assert default_company().key == "default"
    assert {"requester", "agent", "finance_approver", "super"} <= set(ROLES)
    assert not has_grant(UserFactory(), "incident.write")
    assert "incident.write" in grants_of(AgentFactory())
    assert has_grant(None, "anything")


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["username", "email"])
def test_a_look_up_in_any_case_uses_the_unique_index(column):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = User.objects.exclude(email="") if column == "email" else User.objects.all()
        plan = rows.filter(**{f"{column}__iexact": "jimin"}).explain()
    assert f"user_{column}" in plan, plan
    assert "Index Cond" in plan, plan


def test_for_who_left_the_database_is_not_asked(db, django_assert_num_queries):
    person = AgentFactory(is_active=False)
    with django_assert_num_queries(0):
        assert grants_of(person) == frozenset()
