"""Making and changing connectors: who may, what is refused, what the audit says, where secrets go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors import services
from connectors.choices import SECRET_OF, AuthKind
from connectors.models import Connector, ConnectorSecret
from connectors.policies import ACTIONS, may
from core.errors import (
    BadInputError,
    DuplicateError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
)
from core.models import AuditLog, OutboxEvent
from core.secrets import SecretKeyError
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.connectors import make_connector

pytestmark = pytest.mark.django_db
CANARY = "canary-7c1f-secret"
GOOD = {"name_ko": "전사자원", "base_url": "https://erp.example/api"}


def refused(**fields: Any) -> dict[str, str]:
    with pytest.raises(RuleRefusedError) as caught:
        services.create(actor=None, key="erp", **(GOOD | fields))
    assert not Connector.objects.exclude(key="directory").exists()  # the one that ships
    return {error.field: error.code for error in caught.value.errors}


@pytest.mark.parametrize("action", ACTIONS)
def test_only_who_edits_configuration_may(action):
    assert may(administrator(), action)
    assert may(None, action)
    assert not may(AgentFactory(), action)
    assert not may(UserFactory(), action)
    assert not may(administrator(), "no such action")


def test_a_connector_is_made_with_its_own_host_allowed():
    row = services.create(actor=administrator(), key="erp", **GOOD, allowed_hosts=["IDP.example:8443"])
    row.refresh_from_db()
    assert (row.base_url, row.allowed_hosts) == (
        "https://erp.example/api",
        ["idp.example:8443", "erp.example"],
    )
    assert (row.timeout_seconds, row.max_body_bytes, row.concurrency, row.enabled) == (10, 1048576, 4, True)
    log = AuditLog.objects.get(table="connectors_connector", object_ref="erp")
    assert (log.action, log.object_ref, log.diff["base_url"]) == ("created", "erp", [None, row.base_url])
    told = OutboxEvent.objects.filter(name="connector.created").latest("pk")
    assert told.payload["connector"] == "erp"


def test_two_of_one_key_are_one_too_many():
    make_connector(key="erp")
    with pytest.raises(DuplicateError):
        services.create(actor=None, key="erp", **GOOD)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"base_url": ""}, {"base_url": "required"}),
        ({"base_url": "ftp://erp.example"}, {"base_url": "invalid"}),
        ({"base_url": "https://maru:pw@erp.example"}, {"base_url": "invalid"}),
        ({"base_url": "https://erp.example/?key=1"}, {"base_url": "invalid"}),
        ({"base_url": 7}, {"base_url": "invalid"}),
        ({"name_ko": ""}, {"name_ko": "required"}),
        (
            {"name_ko": "x" * 121, "timeout_seconds": 61},
            {"name_ko": "too_long", "timeout_seconds": "invalid"},
        ),
        ({"timeout_seconds": 0}, {"timeout_seconds": "invalid"}),
        ({"timeout_seconds": True}, {"timeout_seconds": "invalid"}),
        ({"max_body_bytes": 2**21}, {"max_body_bytes": "invalid"}),
        ({"concurrency": 51}, {"concurrency": "invalid"}),
        ({"retention_days": 366}, {"retention_days": "invalid"}),
        ({"enabled": "yes"}, {"enabled": "invalid"}),
        ({"auth": "magic"}, {"auth": "choice"}),
        ({"auth": "basic"}, {"username": "required"}),
        ({"auth": "basic", "username": "a:b"}, {"username": "invalid"}),
        ({"auth": "api_key_header"}, {"parameter": "required"}),
        ({"auth": "api_key_header", "parameter": "Content-Length"}, {"parameter": "invalid"}),
        ({"auth": "oauth2"}, {"client_id": "required", "token_url": "required"}),
        ({"allowed_hosts": "erp.example"}, {"allowed_hosts": "invalid"}),
        ({"allowed_hosts": ["a b"]}, {"allowed_hosts": "invalid"}),
        ({"headers": {"Authorization": "Bearer x"}}, {"headers": "invalid"}),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, {"headers": "invalid"}),
        ({"headers": {"X A": "a"}}, {"headers": "invalid"}),
        ({"ca_certificates": "no certificate"}, {"ca_certificates": "invalid"}),
    ],
)
def test_a_bad_setting_is_named_and_nothing_is_made(fields, wrong):
    assert refused(**fields) == wrong


@pytest.mark.parametrize("key", ["", "ERP", "1erp", "e r p", "erp_1", "x" * 51, None, 7])
def test_a_bad_key_is_refused(key):
    with pytest.raises(RuleRefusedError):
        services.create(actor=None, key=key, **GOOD)


def test_an_unknown_setting_is_refused():
    with pytest.raises(BadInputError):
        services.create(actor=None, key="erp", **GOOD, lock_version=3)


@pytest.mark.parametrize("person", [AgentFactory, UserFactory])
def test_others_change_nothing(person):
    row = make_connector(auth="bearer", secret=CANARY)
    events = OutboxEvent.objects.count()
    actor = person()
    with pytest.raises(NotAllowedError):
        services.create(actor=actor, key="other", **GOOD)
    with pytest.raises(NotVisibleError):
        services.update(row.key, actor=actor, enabled=False)
    with pytest.raises(NotVisibleError):
        services.set_secret(row.key, actor=actor, name="token", value="another secret")
    with pytest.raises(NotVisibleError):
        services.clear_secret(row.key, actor=actor, name="token")
    row.refresh_from_db()
    assert row.enabled
    assert ConnectorSecret.objects.count() == 1
    assert OutboxEvent.objects.count() == events


def test_a_change_has_a_version_and_a_diff():
    row = make_connector()
    services.update(row.key, actor=None, expected_version=1, enabled=False, timeout_seconds=10)
    row.refresh_from_db()
    assert (row.enabled, row.lock_version) == (False, 2)
    assert AuditLog.objects.filter(action="changed").get().diff == {"enabled": [True, False]}
    with pytest.raises(StaleVersionError):
        services.update(row.key, actor=None, expected_version=1, enabled=True)


def test_a_change_of_nothing_is_none():
    row = make_connector()
    services.update(row.key, actor=None, enabled=True)
    row.refresh_from_db()
    assert row.lock_version == 1
    assert not AuditLog.objects.filter(action="changed").exists()


def test_settings_of_another_kind_are_emptied():
    row = make_connector(auth="basic", username="maru")
    row = services.update(row.key, actor=None, auth="bearer")
    assert row.username == ""


# Secrets


@pytest.mark.parametrize("kind", [kind for kind in AuthKind.values if kind != "none"])
def test_a_secret_is_in_no_row_but_sealed(kind):
    more = {
        "username": "maru",
        "parameter": "X-Key",
        "client_id": "maru",
        "token_url": "https://idp.example/t",
    }
    row = make_connector(auth=kind, **more, secret=CANARY)
    held = ConnectorSecret.objects.get(connector=row)
    assert held.name == SECRET_OF[kind]
    everything = [
        held.sealed,
        *map(_text, AuditLog.objects.all()),
        *map(_text, OutboxEvent.objects.all()),
        _text(row),
    ]
    assert not any("canary" in text for text in everything)
    assert AuditLog.objects.get(action="secret_set").diff == {"secret": [None, held.name]}


def _text(row: Any) -> str:
    values = {field.attname: str(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    return json.dumps(values)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("password", CANARY, "name"),
        ("nonsense", CANARY, "name"),
        ("token", "", "value"),
        ("token", "short", "value"),
        ("token", "x" * 4001, "value"),
        ("token", "line\nbreak", "value"),
        ("token", "비밀번호입니다", "value"),
        ("token", None, "value"),
    ],
)
def test_a_secret_that_cannot_be_kept_or_sent_is_refused(name, value, field):
    row = make_connector(auth="bearer")
    with pytest.raises(RuleRefusedError) as caught:
        services.set_secret(row.key, actor=None, name=name, value=value)
    assert [error.field for error in caught.value.errors] == [field]
    assert not ConnectorSecret.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "https://evil.example/api"},
        {"base_url": "http://erp.example/api"},
        {"base_url": "https://erp.example:8443/api"},
        {"auth": "basic", "username": "maru"},
    ],
)
def test_a_secret_does_not_follow_to_another_address(change):
    """Whoever may edit but not read a secret cannot have it sent to himself."""
    row = make_connector(auth="bearer", secret=CANARY)
    services.update(row.key, actor=None, **change)
    assert not ConnectorSecret.objects.exists()
    assert AuditLog.objects.get(action="secret_cleared").diff == {"secret": ["token", None]}


def test_a_client_secret_does_not_follow_to_another_token_address():
    more = {"client_id": "maru", "token_url": "https://idp.example/t"}
    row = make_connector(auth="oauth2", **more, secret=CANARY)
    services.update(row.key, actor=None, token_url="https://idp.example/other")
    assert ConnectorSecret.objects.count() == 1
    services.update(row.key, actor=None, token_url="https://evil.example/t")
    assert not ConnectorSecret.objects.exists()


def test_a_secret_stays_when_the_path_changes():
    row = make_connector(auth="bearer", secret=CANARY)
    services.update(row.key, actor=None, base_url="https://ERP.example:443/v2")
    assert ConnectorSecret.objects.count() == 1


def test_without_a_key_no_secret_is_stored(settings):
    row = make_connector(auth="bearer")
    settings.FIELD_KEYS = []
    with pytest.raises(SecretKeyError):
        services.set_secret(row.key, actor=None, name="token", value=CANARY)
    assert not ConnectorSecret.objects.exists()


def test_a_removed_secret_is_gone_and_removing_it_twice_is_once():
    row = make_connector(auth="bearer", secret=CANARY)
    for _turn in range(2):
        services.clear_secret(row.key, actor=None, name="token")
    assert not ConnectorSecret.objects.exists()
    assert AuditLog.objects.filter(action="secret_cleared").count() == 1


def test_a_new_key_takes_over_all_secrets_once(settings):
    old = list(settings.FIELD_KEYS)
    make_connector(auth="bearer", secret=CANARY)
    settings.FIELD_KEYS = ["n" * 40, *old]
    assert services.reencrypt() == 1
    assert services.reencrypt() == 0
    settings.FIELD_KEYS = old
    with pytest.raises(SecretKeyError):
        services.reencrypt()
