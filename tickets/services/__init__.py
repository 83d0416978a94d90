"""The one way to change a ticket. Kinds wrap these functions and give them names and typed inputs."""

from tickets.services.holding import hold_reply, say_due_replies, take_back_reply
from tickets.services.moving import apply_transition, move_to, run_move
from tickets.services.parts import part_of, tell_of_last_task
from tickets.services.relations import keep_draft, link, unlink, unwatch, watch
from tickets.services.surveying import answer_survey, answer_survey_by_link, ask_how_it_went, survey_behind
from tickets.services.talking import add_comment, add_work_note, attach
from tickets.services.worklog import (
    add_checklist_items,
    add_time,
    change_checklist_item,
    change_time,
    remove_checklist_item,
    remove_time,
)
from tickets.services.writing import locked, open_ticket, record, snapshot, update_ticket

__all__ = [
    "add_checklist_items",
    "add_comment",
    "add_time",
    "add_work_note",
    "answer_survey",
    "answer_survey_by_link",
    "apply_transition",
    "ask_how_it_went",
    "attach",
    "change_checklist_item",
    "change_time",
    "hold_reply",
    "keep_draft",
    "link",
    "locked",
    "move_to",
    "open_ticket",
    "part_of",
    "record",
    "remove_checklist_item",
    "remove_time",
    "run_move",
    "say_due_replies",
    "snapshot",
    "survey_behind",
    "take_back_reply",
    "tell_of_last_task",
    "unlink",
    "unwatch",
    "update_ticket",
    "watch",
]
