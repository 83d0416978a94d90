"""The day's last hash leaves the machine by log, webhook and mail; with it a cut end is found (AU-4)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from structlog.testing import capture_logs

from api.selectors import known_to
from core import dispatch
from core.models import AuditLog, Delivery, OutboxEvent, RowChange, Seal
from core.tasks import verify_audit
from core.trail import sealing, verifying
from core.trail.noting import note_today
from tests.core.test_sealing import by_force
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.notifications.conftest import smtp, text_of
from webhooks.choices import Payload
from webhooks.messages import body_of

__all__ = ["smtp"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def noted() -> OutboxEvent:
    """The event of today, of a chain of a few blocks."""
    for _number in range(3):
        GroupFactory()
        sealing.seal_all()
    event = note_today()
    assert event is not None
    return event


def cut_off_the_end() -> None:
    """Whoever owns the database takes the last block with all that is in it, and seals what comes later."""
    last = Seal.objects.latest("no")
    for model in (AuditLog, RowChange):
        if model._meta.db_table == last.table:
            with by_force(last.table):
                model.objects.filter(pk__in=last.ids).delete()
    with by_force("core_seal"):
        Seal.objects.filter(no=last.no).delete()
    GroupFactory()
    sealing.seal_all()


def test_a_chain_whose_end_was_cut_off_looks_whole_but_for_the_hash_that_was_noted(noted):
    call_command("audit_verify", "--noted", noted.payload["hash"], stdout=io.StringIO())
    cut_off_the_end()
    assert verifying.verify().is_whole, "nothing that is left tells of it"
    told = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", "--noted", noted.payload["hash"], stdout=told)
    assert ended.value.code == 1
    assert f"no block has the hash {noted.payload['hash']}" in told.getvalue()


def test_it_is_told_once_a_day_with_the_last_block_in_the_log_too(db):
    GroupFactory()
    sealing.seal_all()
    with capture_logs() as lines:
        verify_audit()
        verify_audit()
    last = Seal.objects.latest("no")
    payload = OutboxEvent.objects.get(name="audit.sealed").payload
    assert (payload["block"], payload["hash"]) == (last.no, bytes(last.hash).hex())
    told = [line for line in lines if line["event"] == "audit_noted"]
    assert [(line["day"], line["block"], line["hash"]) for line in told] == [
        (payload["day"], payload["block"], payload["hash"])
    ]


def test_where_nothing_is_sealed_nothing_is_told(db):
    assert not Seal.objects.exists()
    assert note_today() is None
    GroupFactory()
    sealing.seal_all()
    assert note_today() is not None


def test_the_event_log_and_webhooks_tell_it_to_who_audits(noted):
    auditor = UserFactory(roles=["administrator"])
    assert [each.data for each in known_to(auditor, [noted])] == [noted.payload]
    body = body_of(noted, auditor, Payload.THIN)
    assert body is not None
    data = json.loads(body)["data"]
    assert data == noted.payload | {"sequence": noted.pk}
    for person in (UserFactory(), AgentFactory(company=CompanyFactory())):
        assert known_to(person, [noted]) == []
        assert body_of(noted, person, Payload.THIN) is None


def work_off() -> None:
    while dispatch.relay(limit=200) + dispatch.run_handlers(limit=200):
        pass
    dispatch.send_due(limit=50)


def test_a_mail_takes_it_to_the_address_that_is_set(smtp: Any, settings, noted):
    settings.AUDIT_MAIL = "auditor@elsewhere.test"
    work_off()
    work_off()
    (mail,) = smtp.to("auditor@elsewhere.test")
    text = text_of(mail)
    for word in (noted.payload["day"], str(noted.payload["block"]), f"--noted {noted.payload['hash']}"):
        assert word in text


def test_without_an_address_there_is_no_mail(smtp: Any, settings, noted):
    settings.AUDIT_MAIL = ""
    work_off()
    assert smtp.mails == []
    assert not Delivery.objects.filter(channel="audit_mail").exists()
