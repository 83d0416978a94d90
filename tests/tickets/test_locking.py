"""What a locked ticket brings along."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from core.time import db_now
from tests.factories.incidents import make_incident
from tickets.models import Ticket
from tickets.services.writing import instant, locked


@pytest.mark.django_db(transaction=True)
def test_a_locked_ticket_knows_the_instant_of_its_transaction_not_of_its_statement():
    incident = make_incident()
    with transaction.atomic():
        began = db_now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
        assert instant(locked(Ticket, incident.pk, actor=None)) == began
