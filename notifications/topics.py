"""The kinds of notices that people choose about, and what cannot wait: literal tables over the texts.

Decision 0043 says why some cannot be switched off and why those are urgent.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.choices import Channel, Way

OTHER = "other"
WATCHED = "watched"


@dataclass(frozen=True)
class Topic:
    """One line of the preferences: its texts, and ``fixed``, why it cannot be switched off."""

    key: str
    label: str | Promise
    help: str | Promise
    texts: tuple[str, ...] = ()
    fixed: str | Promise = ""

    @property
    def is_fixed(self) -> bool:
        """Whether it cannot be switched off."""
        return bool(self.fixed)

    def ways(self, channel: str) -> tuple[Way, ...]:
        """What may be chosen for this channel. The bell, looked at when one likes, has no digest."""
        if self.fixed:
            return (Way.NOW,)
        return (Way.NOW, Way.DIGEST, Way.OFF) if channel == Channel.MAIL else (Way.NOW, Way.OFF)


TOPICS: tuple[Topic, ...] = (
    Topic(
        "approvals",
        _("Approvals asked of me"),
        _("Decisions that wait for me, and answers to my decision mails."),
        (
            "approval_requested",
            "reply_already_decided",
            "reply_no_reason",
            "reply_unclear",
            "reply_not_allowed",
            "reply_expired",
        ),
        fixed=_("Other people wait for the decision."),
    ),
    Topic(
        "pages",
        _("On-call pages"),
        _("I am on call and somebody has to come."),
        ("sla_paged", "page_climbed"),
        fixed=_("Who is on call has to be reachable."),
    ),
    Topic(
        "answers",
        _("Answers on my tickets"),
        _("Somebody answers me, or asks me something."),
        ("ticket_replied", "ticket_answer_needed", "ticket_reminder"),
    ),
    Topic(
        "progress",
        _("Progress of my tickets"),
        _("Received, solved, delivered, closed, late."),
        (
            "ticket_received",
            "ticket_resolved",
            "ticket_delivered",
            "ticket_progress",
            "ticket_closed",
            "ticket_cancelled",
            "ticket_merged",
            "ticket_unmerged",
            "ticket_late",
            "laptop_ready",
            "request_ready",
            "request_rejected",
            "request_approved",
            "request_declined",
            "major_news",
        ),
    ),
    Topic(
        "surveys",
        _("Satisfaction surveys"),
        _("One question after my ticket is finished."),
        ("survey_asked",),
    ),
    Topic("mentions", _("Mentions"), _("Somebody names me with @."), ("ticket_mentioned",)),
    Topic(
        "assigned",
        _("Tickets assigned to me"),
        _("I become the assignee, or my ticket goes on, comes back or is withdrawn."),
        (
            "ticket_assigned",
            "ticket_reopened",
            "ticket_resumed",
            "ticket_withdrawn",
            "ticket_moved",
            "children_resolved",
            "tasks_done",
        ),
    ),
    Topic(
        "talk",
        _("Words on tickets I work on"),
        _("Answers of requesters, comments and internal notes."),
        ("ticket_requester_replied", "ticket_commented", "ticket_internal_note"),
    ),
    Topic("group", _("New in my group"), _("A ticket nobody has taken yet."), ("ticket_new_in_group",)),
    Topic(
        "hand_overs",
        _("Shift hand-overs"),
        _("The shift before mine leaves me something, or the next one has mine."),
        ("hand_over_written", "hand_over_accepted"),
    ),
    Topic(WATCHED, _("Tickets I watch"), _("What happens on tickets that I follow.")),
    Topic(
        "sla",
        _("SLA warnings"),
        _("A promise runs out, was missed, or was escalated to me."),
        ("sla_warned", "sla_breached", "sla_overdue", "sla_escalated"),
    ),
    Topic(
        "major",
        _("Major incidents"),
        _("Proposals, decisions and updates that concern me."),
        (
            "major_proposed",
            "major_accepted",
            "major_rejected",
            "major_update_late",
            "major_internal_update",
            "major_incident",
            "major_incident_update",
            "major_incident_over",
        ),
    ),
    Topic(
        OTHER,
        _("Everything else"),
        _("Notices of flows, webhooks and schedules."),
        ("schedule_failed", "webhook_dead", "webhook_off_gone", "webhook_off_failing", "webhook_off_run_as"),
    ),
)
BY_KEY = {topic.key: topic for topic in TOPICS}
_OF_TEXT = {text: topic for topic in TOPICS for text in topic.texts}

# Mails of these texts never wait and are in no digest: somebody has to act now.
URGENT = frozenset(
    {
        "sla_paged",
        "page_climbed",
        "major_proposed",
        "major_accepted",
        "major_update_late",
        "major_internal_update",
        "major_incident",
        "major_incident_update",
    }
)
# So are these of a ticket of priority 1, for who works on it.
URGENT_PRIORITY = 1
URGENT_TOPICS = frozenset({"assigned", "group", "talk", "mentions", "sla"})
# Reminders keep to working time also for people who have chosen no quiet hours (P-12).
REMINDERS = ("*.caller_reminded", "approval.reminded")
# These speak to one person alone: whoever stands in gets none of them (approvals have their own stand-in).
PERSONAL = frozenset({"survey_asked", *BY_KEY["approvals"].texts})


def topic_of(text: str) -> Topic:
    """The kind of notice that the text ``text`` is; texts a company adds are among everything else."""
    return _OF_TEXT.get(text, BY_KEY[OTHER])
