"""What a notice says to one reader: with the reader's rights, in their language, when it is read or sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import people
from core.values import render
from notifications import decisions
from notifications.choices import Side
from notifications.models import Notification, NotificationTemplate
from notifications.selectors import templates_keyed
from tickets import kinds
from tickets.choices import Score
from tickets.models import Activity, Survey, Ticket
from tickets.policies import visible_activity
from tickets.selectors import seen_by
from tickets.surveys import token_of

MAX_QUOTE = 4000
WITH_REASON = frozenset({"ticket_cancelled", "ticket_resolved", "request_rejected"})
_PEOPLE = ("actor", "for")  # the parameters of a notice that name people
_NAMED = ("username", "name_ko", "name_en")
_TOLD = (
    *("kind", "number", "title", "state", "priority", "close_notes"),
    *(f"{person}__{name}" for person in ("requester", "assignee") for name in _NAMED),
    *("group__name_ko", "group__name_en"),
)


@dataclass(frozen=True)
class Action:
    """A button: where it leads inside the platform and what it says."""

    label: str
    path: str


@dataclass(frozen=True)
class Rendered:
    """A notice in words. ``quote`` is what somebody wrote; ``facts`` are label and value."""

    subject: str
    body: str
    quote: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


def rendered(notices: Sequence[Notification], reader: User) -> dict[int, Rendered | None]:
    """Each notice in the active language by key; None for one whose subject the reader may not see any more.

    A fixed number of queries for any number of notices.
    """
    texts = templates_keyed(notice.template for notice in notices)
    tickets = _tickets(notices, reader)
    words = _words(notices, reader)
    asked = decisions.sheets(notices, reader)
    actors = people({pk for notice in notices for role in _PEOPLE if (pk := notice.title_params.get(role))})
    found: dict[int, Rendered | None] = {}
    for notice in notices:
        source = Source(
            ticket=tickets.get(notice.ticket_id or 0),
            word=words.get(notice.title_params.get("activity") or 0),
            sheet=asked.get(notice.title_params.get("approval") or 0),
            actor=actors.get(notice.title_params.get("actor") or 0),
            absent=actors.get(notice.title_params.get("for") or 0),
        )
        found[notice.pk] = source.put_into(notice, texts.get(notice.template), reader)
    return found


@dataclass(frozen=True)
class Source:
    """What one notice speaks of, as far as its reader may see it."""

    ticket: Ticket | None
    word: Activity | None
    sheet: decisions.Sheet | None
    actor: User | None
    absent: User | None = None

    def put_into(
        self, notice: Notification, text: NotificationTemplate | None, reader: User
    ) -> Rendered | None:
        """The notice in words, or None when what it speaks of is out of the reader's sight."""
        gone = (notice.ticket_id and self.ticket is None) or (
            notice.title_params.get("activity") and self.word is None
        )
        asked = notice.title_params.get("approval")
        if text is None or gone or (asked and self.sheet is None):
            return None
        names = self.names(notice, reader)
        english = (get_language() or "ko").startswith("en")
        subject, body = (text.subject_en, text.body_en) if english else (text.subject_ko, text.body_ko)
        return Rendered(
            subject=self.addressed(" ".join(render(subject, names).split()))[:250],
            body=render(body, names),
            quote=self.quote(notice, names),
            facts=self.facts(notice),
            actions=self.actions(notice),
        )

    def addressed(self, subject: str) -> str:
        """The subject, with whom it is really for when the reader stands in for somebody."""
        if self.absent is None:
            return subject
        return _("For %(name)s: %(subject)s") % {"name": self.absent.display_name, "subject": subject}

    def names(self, notice: Notification, reader: User) -> dict[str, Any]:
        """The plain values that the text may name."""
        given = notice.title_params.get("names")
        names: dict[str, Any] = dict(given) if isinstance(given, dict) else {}
        names["recipient"] = {"name": reader.display_name}
        names["actor"] = {"name": self.actor.display_name if self.actor else brand(reader)}
        names["brand"] = brand(reader)
        names["ticket"] = _ticket_names(self.ticket, notice.side) if self.ticket else {}
        names["approval"] = self.sheet.names() if self.sheet else {}
        return names

    def quote(self, notice: Notification, names: dict[str, Any]) -> str:
        """What somebody wrote, or the reason of a refusal."""
        text = self.word.body if self.word else ""
        if not text and notice.template in WITH_REASON and self.ticket is not None:
            text = str(names.get("reason") or "") or self.ticket.close_notes
        return text if len(text) <= MAX_QUOTE else f"{text[:MAX_QUOTE]} …"

    def facts(self, notice: Notification) -> list[tuple[str, str]]:
        """A few lines that tell what it is about."""
        if self.sheet is not None:
            return self.sheet.facts()
        if self.ticket is None:
            return []
        names = _ticket_names(self.ticket, notice.side)
        lines = [(_("Number"), names["number"]), (_("State"), names["state"])]
        if notice.side == Side.DESK:
            lines += [(_("Priority"), names["priority"]), (_("Group"), names["group"])]
        return [(label, value) for label, value in lines if value]

    def actions(self, notice: Notification) -> list[Action]:
        """The buttons. None of them changes anything by being opened."""
        if notice.template == "ticket_resolved":
            return [
                Action(_("It works: close it"), f"{notice.url}#live"),
                Action(_("It does not work: reopen it"), f"{notice.url}#live"),
            ]
        if notice.template == "survey_asked":
            return survey_actions(notice)
        label = _("Open the ticket") if notice.side == Side.DESK else _("See how it stands")
        if notice.side == Side.APPROVAL:
            label = _("Read and decide")
        return [Action(label, notice.url)] if notice.url else []


def survey_actions(notice: Notification) -> list[Action]:
    """A button for each answer; it opens the question with that answer chosen (PROCESSES INC-16)."""
    asked = Survey.objects.filter(ticket=notice.ticket_id, person=notice.user_id).first()
    if asked is None or asked.score is not None:
        return [Action(_("See how it stands"), notice.url)]
    place = f"/s/{token_of(asked.public_id)}/"
    return [Action(str(label), f"{place}?score={score}") for score, label in reversed(Score.choices)]


def brand(reader: User) -> str:
    """The name the reader's company gives the platform."""
    return _("%(company)s service centre") % {"company": reader.company.name}


def _tickets(notices: Iterable[Notification], reader: User) -> dict[int, Ticket]:
    ids = {notice.ticket_id for notice in notices if notice.ticket_id}
    rows = seen_by(reader).filter(pk__in=ids) if ids else Ticket.objects.none()
    return {row.pk: row for row in rows.select_related("requester", "assignee", "group").only(*_TOLD)}


def _words(notices: Iterable[Notification], reader: User) -> dict[int, Activity]:
    ids = {pk for notice in notices if (pk := notice.title_params.get("activity"))}
    return Activity.objects.filter(visible_activity(reader)).in_bulk(ids) if ids else {}


def _ticket_names(ticket: Ticket, side: str) -> dict[str, str]:
    spec = kinds.get(ticket.kind)
    for_agents = side == Side.DESK
    labels = spec.state_labels if for_agents else spec.employee_states
    return {
        "number": ticket.number,
        "title": ticket.title,
        "word": str(spec.label if for_agents else spec.employee_word or spec.label),
        "state": str(labels.get(ticket.state) or spec.state_labels.get(ticket.state, ticket.state)),
        "priority": str(ticket.get_priority_display()),
        "requester": ticket.requester.display_name,
        "assignee": ticket.assignee.display_name if ticket.assignee else "",
        "group": ticket.group.name if ticket.group else "",
    }
