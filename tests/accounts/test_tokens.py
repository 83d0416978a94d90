"""API tokens: shown once, hashed, expiring, revocable, never more than the owner."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from accounts import tokens
from accounts.models import ApiToken
from core.errors import NotAllowedError, RuleRefusedError
from core.models import AuditLog
from tests.factories.accounts import AgentFactory, UserFactory


@pytest.mark.django_db
def test_a_token_is_its_owner_until_it_is_revoked_or_over():
    owner = AgentFactory()
    row, plain = tokens.mint(actor=owner, owner=owner, name="laptop")
    assert plain.startswith("itsm_pat_")
    assert tokens.check(plain).owner == owner
    assert plain.split("_", 3)[3][:43] not in row.secret_hash
    ApiToken.objects.update(expires_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert tokens.check(plain) is None
    ApiToken.objects.update(expires_at=dt.datetime(2036, 1, 1, tzinfo=dt.UTC))
    assert tokens.check(plain) is not None
    tokens.revoke(row, actor=owner)
    assert tokens.check(plain) is None
    assert AuditLog.objects.filter(object_ref=row.public_part).count() == 2


@pytest.mark.django_db
def test_a_disabled_owner_takes_the_token_along():
    owner = AgentFactory()
    _row, plain = tokens.mint(actor=owner, owner=owner, name="laptop")
    owner.is_active = False
    owner.save()
    assert tokens.check(plain) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "0", lambda t: t.replace("pat", "svc"), lambda t: "", str.upper]
)
def test_anything_else_is_nobody(change):
    owner = AgentFactory()
    _row, plain = tokens.mint(actor=owner, owner=owner, name="laptop")
    changed = change(plain)
    assert changed == plain or tokens.check(changed) is None


@pytest.mark.django_db
def test_nobody_makes_tokens_of_another_person():
    with pytest.raises(NotAllowedError):
        tokens.mint(actor=UserFactory(roles=["administrator"]), owner=AgentFactory(), name="x")
    robot = UserFactory(is_service=True)
    with pytest.raises(NotAllowedError):
        tokens.mint(actor=AgentFactory(), owner=robot, name="x")
    row, _plain = tokens.mint(actor=UserFactory(roles=["administrator"]), owner=robot, name="x")
    assert row.kind == "svc"


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 366, -1])
def test_a_token_lives_a_year_at_most(days):
    owner = AgentFactory()
    with pytest.raises(RuleRefusedError):
        tokens.mint(actor=owner, owner=owner, name="x", days=days)


@pytest.mark.django_db
def test_the_command_prints_a_token_that_works(capsys):
    owner = AgentFactory()
    call_command("mint_token", owner.username, owner.username, name="shell")
    first, second = capsys.readouterr().out.split()
    assert tokens.check(first).owner == tokens.check(second).owner == owner
    with pytest.raises(CommandError):
        call_command("mint_token", "nobody")
