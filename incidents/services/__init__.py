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
from incidents.services.merging import may_unmerge, merge_incident, unmerge_incident
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
from incidents.services.reviewing import change_review, draft_review, finish_review
from incidents.services.room import (
    add_major_todo,
    alert_late_updates,
    change_major_todo,
    remove_major_todo,
    seat_major,
    send_major_update,
)
from incidents.services.splitting import split_incident
from incidents.services.standing import (
    accept_major,
    demote_major,
    keep_plan,
    propose_major,
    reject_major,
)
from incidents.services.tasks import end_tasks_with, open_incident_task
from incidents.services.telling import TOLD_OF_MAJOR, tell_of_major, tell_the_affected, tell_the_staff
from incidents.services.weighing import weigh

__all__ = [
    "SERVICES",
    "TOLD_OF_MAJOR",
    "accept_major",
    "add_major_todo",
    "alert_late_updates",
    "cancel_incident",
    "change_major_todo",
    "change_review",
    "close_incident",
    "close_resolved",
    "comment_with_children",
    "demote_major",
    "draft_review",
    "end_tasks_with",
    "finish_review",
    "follow_parent",
    "hear_of_problem",
    "hold_incident",
    "keep_plan",
    "may_unmerge",
    "merge_incident",
    "note_last_child",
    "open_incident",
    "open_incident_task",
    "propose_major",
    "reject_major",
    "remind_callers",
    "remove_major_todo",
    "reopen_after_reply",
    "reopen_incident",
    "repeat_comment",
    "reply",
    "resolve_incident",
    "resume_after_answer",
    "resume_incident",
    "resume_overdue_holds",
    "seat_major",
    "send_major_update",
    "settle_with_problem",
    "split_incident",
    "start_incident",
    "tell_children",
    "tell_of_major",
    "tell_the_affected",
    "tell_the_staff",
    "unmerge_incident",
    "weigh",
]
