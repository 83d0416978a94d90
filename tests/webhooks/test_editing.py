"""Making and changing webhooks: what they may be, whose rights they get, their secrets, replays, cleaning."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models.functions import Now
from django.utils import translation

from accounts.models import Role, RoleAssignment
from core import secrets
from core.errors import (
    BadInputError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import AuditLog, OutboxEvent
from core.time import clock_now, db_now
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory, administrator
from tests.factories.webhooks import URL, make_delivery, make_webhook
from tests.security.test_s15_ssrf import URLS
from webhooks import services
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookPulse, WebhookSecret
from webhooks.policies import may_lend

pytestmark = pytest.mark.django_db
GOOD = {"url": URL, "events": ["incident.*"]}


def refused(**fields: object) -> dict[str, str]:
    """The fields that a new webhook with these settings is refused for, with the texts."""
    actor = administrator()
    with pytest.raises(RuleRefusedError) as caught:
        services.create(actor=actor, **(GOOD | fields))
    assert not Webhook.objects.exists()
    return {error.field: str(error.detail) for error in caught.value.errors}


def test_a_new_webhook_has_its_makers_rights_and_a_secret():
    actor = administrator()
    row, secret = services.create(actor=actor, **GOOD)
    assert (row.name, row.run_as, row.owner, row.company) == ("erp.example", actor, actor, actor.company)
    assert (row.enabled, row.payload, row.condition) == (True, "thin", {})
    held = row.secrets.get()
    assert secret not in held.sealed
    assert secrets.decrypt(held.sealed, context=f"webhook:{row.public_id}:signing") == secret
    assert AuditLog.objects.get(action="created", table="webhooks_webhook").actor_id == actor.pk
    event = OutboxEvent.objects.get(name="webhook.created")
    assert event.payload["webhook"] == str(row.public_id)
    assert URL not in str(event.payload)


@pytest.mark.parametrize("person", [UserFactory, AgentFactory])
def test_who_does_not_edit_the_configuration_makes_none(person):
    with pytest.raises(NotAllowedError):
        services.create(actor=person(), **GOOD)
    row = make_webhook()
    for act in (services.update, services.rotate, services.delete):
        with pytest.raises(NotVisibleError):
            act(row.public_id, actor=person())


def test_the_webhooks_of_another_company_are_not_there():
    row = make_webhook()
    stranger = UserFactory(company=CompanyFactory())
    for role in Role.objects.filter(grants__contains=["config.write"]):
        RoleAssignment.objects.create(user=stranger, role=role)
    with pytest.raises(NotVisibleError):
        services.update(row.public_id, actor=stranger, name="x")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("fields", "place", "ko", "en"),
    [
        ({"url": "http://erp.example/"}, "url", "https", "https"),
        ({"url": "https://erp.example:8443/"}, "url", "포트", "ports"),
        ({"url": "https://10.1.2.3/"}, "url", "내부", "inside"),
        ({"url": "https://me:pw@erp.example/"}, "url", "비밀번호", "password"),
        ({"url": "ftp://erp.example/"}, "url", "http", "http"),
        ({"url": ""}, "url", "꼭 입력", "required"),
        ({"events": []}, "events", "이벤트", "events"),
        ({"events": ["nothing.here"]}, "events", "nothing.here", "nothing.here"),
        ({"events": ["webhook.*"]}, "events", "webhook", "webhook"),
        ({"events": ["incident.[a]"]}, "events", "incident.opened", "incident.opened"),
        ({"events": ["incident.*"] * 51}, "events", "50", "50"),
        ({"payload": "all"}, "payload", "선택", "choice"),
        ({"enabled": 1}, "enabled", "true", "true"),
        ({"name": "x" * 121}, "name", "121", "121"),
        ({"condition": {"f": "nothing", "op": "eq", "v": 1}}, "condition.f", "nothing", "nothing"),
        ({"condition": {"f": "state", "op": "changed"}}, "condition", "이벤트", "events"),
        ({"condition": [1]}, "condition", "", ""),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_by_name_in_both_languages(language, fields, place, ko, en):
    with translation.override(language):
        found = refused(**fields)
    assert list(found) == [place]
    assert (ko if language == "ko" else en) in found[place]


def test_every_wrong_field_is_named_at_once():
    assert set(refused(url="file:///x", events=[1], payload="")) == {"url", "events", "payload"}


def test_an_unknown_setting_is_refused():
    with pytest.raises(BadInputError):
        services.create(actor=administrator(), **GOOD, lock_version=7)


@pytest.mark.pitfall("S-15")
@pytest.mark.parametrize("url", [each for each in URLS if ".example" not in each.split("@")[-1]])
def test_no_way_of_writing_an_inner_address_is_saved(url, settings):
    settings.OUTBOUND_ALLOW = []
    for address in (url.format(port=443), url.format(port=443).replace("http://", "https://")):
        assert "url" in refused(url=address)


def test_what_the_allow_list_names_may_be_http_at_any_port(settings):
    settings.OUTBOUND_ALLOW = ["erp.inside:8080", "10.0.0.0/8"]
    make_webhook("http://erp.inside:8080/hook")
    make_webhook("http://10.1.2.3:9000/hook")
    with pytest.raises(RuleRefusedError):
        make_webhook("http://erp.inside:8081/hook")


# Whose rights


def test_one_lends_ones_own_rights_or_those_of_a_service_account_one_may_mint_for():
    actor, agent = administrator(), AgentFactory()
    account = UserFactory(is_service=True)
    foreign = UserFactory(is_service=True, company=CompanyFactory())
    assert may_lend(actor, actor)
    assert not may_lend(actor, agent)
    assert not may_lend(actor, foreign)
    may_mint = any("users.write" in role.grants for role in actor.roles.all())
    assert may_lend(actor, account) is may_mint
    assert refused(run_as=agent).keys() == {"run_as"}


def test_another_administrator_may_not_redirect_what_the_first_one_sees():
    first, second = administrator(), administrator()
    row = make_webhook(owner=first)
    with pytest.raises(RuleRefusedError) as caught:
        services.update(row.public_id, actor=second, url="https://elsewhere.example/")
    assert [error.field for error in caught.value.errors] == ["run_as"]
    with pytest.raises(RuleRefusedError):
        services.update(row.public_id, actor=second, payload="full")
    row.refresh_from_db()
    assert (row.url, row.payload) == (URL, "thin")
    services.update(row.public_id, actor=second, enabled=False, name="x")
    changed = services.update(row.public_id, actor=second, url="https://elsewhere.example/", run_as=second)
    assert changed.run_as == second


def test_an_inactive_person_or_one_of_another_company_is_none_to_name():
    assert refused(owner=UserFactory(company=CompanyFactory())).keys() == {"owner"}
    assert refused(owner=UserFactory(is_active=False)).keys() == {"owner"}


# Changing


def test_a_stale_version_changes_nothing():
    row = make_webhook()
    with pytest.raises(StaleVersionError):
        services.update(row.public_id, actor=None, expected_version=row.lock_version - 1, name="x")
    with pytest.raises(StaleVersionError):
        services.delete(row.public_id, actor=None, expected_version=row.lock_version + 1)
    assert Webhook.objects.get().name == "erp.example"


def test_the_same_again_changes_nothing():
    row = make_webhook()
    same = services.update(row.public_id, actor=None, name=row.name, events=row.events)
    assert same.lock_version == row.lock_version
    assert not OutboxEvent.objects.filter(name="webhook.changed").exists()


def test_switched_on_again_it_starts_afresh():
    row = make_webhook()
    Webhook.objects.filter(pk=row.pk).update(enabled=False, off_reason="failing")
    WebhookPulse.objects.update(failures=9, open_until=Now() + dt.timedelta(hours=1), failing_since=Now())
    row = services.update(row.public_id, actor=None, enabled=True)
    pulse = WebhookPulse.objects.get()
    assert (row.off_reason, pulse.failures, pulse.open_until, pulse.failing_since) == ("", 0, None, None)


def test_a_rotation_keeps_the_former_secret_for_a_while_and_never_two_of_them():
    row = make_webhook()
    services.rotate(row.public_id, actor=None, overlap_hours=5)
    former = row.secrets.exclude(ends_at=None).get()
    assert 4.9 < (former.ends_at - db_now()).total_seconds() / 3600 <= 5
    services.rotate(row.public_id, actor=None, overlap_hours=24)
    assert row.secrets.count() == 2
    services.rotate(row.public_id, actor=None, overlap_hours=0)
    assert row.secrets.count() == 1
    with pytest.raises(RuleRefusedError):
        services.rotate(row.public_id, actor=None, overlap_hours=25)


def test_a_new_key_of_the_installation_encrypts_them_anew(settings):
    row = make_webhook()
    settings.FIELD_KEYS = ["another key of forty letters, or more....", *settings.FIELD_KEYS]
    assert services.reencrypt() == 1
    assert services.reencrypt() == 0
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    held = WebhookSecret.objects.get()
    assert secrets.decrypt(held.sealed, context=f"webhook:{row.public_id}:signing") == row.plain


def test_a_removed_webhook_leaves_its_audit_trail_alone():
    row = make_webhook()
    delivery = make_delivery(row)
    WebhookAttempt.objects.create(delivery=delivery, number=1, url=URL)
    services.delete(row.public_id, actor=None)
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()
    assert AuditLog.objects.filter(action="deleted", object_ref=str(row.public_id)).count() == 1


# Sending again


def test_a_replay_is_due_at_once_with_all_tries_before_it_and_the_same_id():
    row = make_webhook()
    dead = make_delivery(row, state="dead", attempts=11, error="http_500")
    again = services.replay(row.public_id, dead.public_id, actor=None)
    assert (again.state, again.attempts, again.replays, again.done_at) == ("waiting", 0, 1, None)
    assert again.message_id == dead.message_id
    assert again.due_at <= clock_now()
    assert AuditLog.objects.filter(action="replayed").count() == 1


def test_what_is_being_sent_is_left_alone():
    row = make_webhook()
    make_delivery(row)
    claimed = services.claim()
    same = services.replay(row.public_id, claimed.public_id, actor=None)
    assert (same.attempts, same.replays, same.lease_token) == (1, 0, claimed.lease_token)


def test_a_webhook_that_is_off_and_a_test_are_not_replayed():
    row = make_webhook()
    dead = make_delivery(row, state="dead")
    sample = make_delivery(row, state="sent")
    WebhookDelivery.objects.filter(pk=sample.pk).update(event=None)
    with pytest.raises(RuleRefusedError):
        services.replay(row.public_id, sample.public_id, actor=None)
    Webhook.objects.update(enabled=False)
    with pytest.raises(WrongStateError):
        services.replay(row.public_id, dead.public_id, actor=None)
    with pytest.raises(NotVisibleError):
        services.replay(make_webhook().public_id, dead.public_id, actor=None)


def test_a_span_of_time_is_replayed_by_state():
    row, other = make_webhook(), make_webhook()
    now = db_now()
    for state in ("dead", "dead", "sent", "skipped"):
        make_delivery(row, state=state)
    make_delivery(other, state="dead")
    old = make_delivery(row, state="dead")
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=now - dt.timedelta(days=3))
    span = {"start": now - dt.timedelta(hours=1), "end": now + dt.timedelta(hours=1)}
    assert services.replay_many(row.public_id, actor=None, **span) == 2
    assert services.replay_many(row.public_id, actor=None, **span) == 0
    assert services.replay_many(row.public_id, actor=None, **span, states=["sent", "skipped"]) == 2
    for wrong in ({"states": ["waiting"]}, {"states": []}, {"end": span["start"]}):
        with pytest.raises(RuleRefusedError):
            services.replay_many(row.public_id, actor=None, **(span | wrong))


def test_what_is_older_than_30_days_is_forgotten():
    row, off = make_webhook(), make_webhook()
    long_ago = Now() - dt.timedelta(days=31)
    for webhook, state in ((row, "sent"), (row, "dead"), (row, "waiting"), (off, "waiting")):
        made = make_delivery(webhook, state=state, created_at=long_ago)
        WebhookAttempt.objects.create(delivery=made, number=1, url=URL, at=long_ago)
    fresh = make_delivery(row, state="sent")
    WebhookAttempt.objects.create(delivery=fresh, number=1, url=URL)
    Webhook.objects.filter(pk=off.pk).update(enabled=False)
    WebhookSecret.objects.filter(webhook=off).update(ends_at=Now())
    assert services.purge() == 3
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["sent", "waiting"]
    assert WebhookAttempt.objects.count() == 1
    assert WebhookSecret.objects.count() == 1
    assert services.purge() == 0
