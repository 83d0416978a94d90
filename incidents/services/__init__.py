"""What can be done with incidents and their tasks; each wraps the one door of ``tickets.services``."""

from incidents.services.causes import hear_of_problem, settle_with_problem
from incidents.services.children import (
    comment_with_children,
    follow_parent,
    note_last_child,
    repeat_comment,
    tell_children,
)
from incidents.services.keeping import (
    close_resolved,
    reopen_after_reply,
    resume_after_answer,
    resume_overdue_holds,
)
from incidents.services.moving import (
    SERVICES,
    cancel_incident,
    close_incident,
    hold_incident,
    reopen_incident,
    resolve_incident,
    resume_incident,
    start_incident,
)
from incidents.services.opening import open_incident, reply
from incidents.services.reminding import remind_callers
from incidents.services.tasks import end_tasks_with, open_incident_task

__all__ = [
    "SERVICES",
    "cancel_incident",
    "close_incident",
    "close_resolved",
    "comment_with_children",
    "end_tasks_with",
    "follow_parent",
    "hear_of_problem",
    "hold_incident",
    "note_last_child",
    "open_incident",
    "open_incident_task",
    "remind_callers",
    "reopen_after_reply",
    "reopen_incident",
    "repeat_comment",
    "reply",
    "resolve_incident",
    "resume_after_answer",
    "resume_incident",
    "resume_overdue_holds",
    "settle_with_problem",
    "start_incident",
    "tell_children",
]
