"""Asking people how their ticket went, and keeping what they say (PROCESSES INC-16)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox, rows
from core.cause import name_actor
from core.errors import NotVisibleError, WrongStateError, invalid
from core.settings_store import value
from core.text import clean
from core.time import db_now
from tickets.choices import ActivityKind, Score
from tickets.models import Survey, Ticket
from tickets.services.writing import activity
from tickets.surveys import asked_by

_LONGEST = 2000


@transaction.atomic
def ask_how_it_went(pk: int) -> Survey | None:
    """Ask who a closed ticket was for how it went, once; None when they are not asked.

    Of a hundred tickets ``survey.percent`` are asked about; which ones is settled by their ids, so that it
    is the same however often this runs. Publishes ``ticket.survey_asked``.
    """
    ticket = Ticket.objects.select_related("requester", "on_behalf_of").filter(pk=pk, active=False).first()
    if ticket is None or ticket.public_id.int % 100 >= value("survey.percent"):
        return None
    person = ticket.on_behalf_of or ticket.requester
    if not person.is_active:
        return None
    closes_at = db_now() + dt.timedelta(days=value("survey.days"))
    row, made = Survey.objects.get_or_create(
        ticket=ticket, defaults={"person": person, "group": ticket.group, "closes_at": closes_at}
    )
    if not made:
        return None
    payload = {"ticket_id": ticket.pk, "number": ticket.number, "kind": ticket.kind, "survey_id": row.pk}
    outbox.publish("ticket.survey_asked", payload)
    return row


@transaction.atomic
def answer_survey(pk: int, *, actor: User, score: int, comment: str = "") -> Survey:
    """The answer of the person who was asked about the ticket: 1 (very dissatisfied) to 5 (very satisfied).

    It may be given again until the question closes; the last one counts. Publishes
    ``ticket.survey_answered``. Raises NotVisibleError for who was not asked, WrongStateError when it is too
    late, RuleRefusedError for an unfit score or text.
    """
    row = _asked(actor).filter(ticket=pk).first()
    if row is None:
        raise NotVisibleError
    now = db_now()
    if row.closes_at <= now:
        text = _("It is too late to say how this went; the question is closed.")
        raise WrongStateError(text, current_state="closed", allowed=[])
    if score not in Score.values:
        raise invalid("score", _("Choose 1 (very dissatisfied) to 5 (very satisfied)."), code="choice")
    before = row.score
    row.score, row.answered_at = score, row.answered_at or now
    row.comment = clean("comment", comment, max_length=_LONGEST) or row.comment
    row.lock_version += 1
    row.updated_at = now
    row.save()
    said = {"survey_score": [before, score]}
    line = activity(
        row.ticket, actor, ActivityKind.SYSTEM, verb="survey_answered", body=row.comment, changes=said, at=now
    )
    rows.insert([line])
    audit.write(actor=actor, table="tickets_survey", object_ref=row.ticket.number, action="survey_answered")
    payload = {"ticket_id": pk, "number": row.ticket.number, "kind": row.ticket.kind, "score": score}
    outbox.publish("ticket.survey_answered", payload, actor=actor)
    return row


@transaction.atomic
def answer_survey_by_link(token: str, *, score: int, comment: str = "") -> Survey:
    """As ``answer_survey``, for the person to whom the link was mailed; only a POST may come here."""
    row = survey_behind(token)
    name_actor(row.person_id)
    return answer_survey(row.ticket_id, actor=row.person, score=score, comment=comment)


def survey_behind(token: str) -> Survey:
    """The question that a mailed link opens. Raises NotVisibleError."""
    found = Survey.objects.select_related("person", "ticket").filter(public_id=asked_by(token)).first()
    if found is None or not found.person.is_active:
        raise NotVisibleError
    return found


def _asked(actor: User) -> QuerySet[Survey]:
    return Survey.objects.select_for_update(of=("self",)).select_related("ticket").filter(person=actor)
