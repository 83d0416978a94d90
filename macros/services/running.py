"""Running a macro on a ticket: all of it, or nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from core.cause import caused_by, name_actor
from core.errors import NotAllowedError, invalid
from core.time import db_now
from macros import filling
from macros.choices import Assign, Says
from macros.models import Macro
from macros.policies import may_use
from macros.selectors import macro_of
from tickets import kinds
from tickets.selectors import drafts_of
from tickets.services import add_comment, add_work_note, keep_draft, locked, run_move, update_ticket


@transaction.atomic
def run_macro(ticket: Any, public_id: Any, *, actor: User, expected_version: int | None = None) -> Any:
    """The ticket after all that the macro does: its fields, then its move with its words, or its words alone.

    Each step is one of the ticket's own services, with the actor's rights; the activity names the macro as
    the cause. What the actor was typing stays a draft. Nothing changes when it raises: NotVisibleError (macro
    or ticket), StaleVersionError, RuleRefusedError for a macro of other kinds, and what the steps raise.
    """
    row = locked(kinds.get(ticket.kind).model, ticket.pk, actor=actor, expected_version=expected_version)
    macro = _usable(actor, row, public_id)
    drafts = drafts_of(actor, row) if macro.text else {}
    with caused_by(cause_of(macro)):
        name_actor(actor.pk)
        _change(row, macro, actor)
        _say_and_move(row, macro, actor)
    if macro.says in drafts:
        keep_draft(actor=actor, ticket=row, tab=macro.says, body=drafts[macro.says])
    _count(macro)
    return kinds.get(ticket.kind).model.objects.get(pk=ticket.pk)


@transaction.atomic
def use_reply(ticket: Any, public_id: Any, *, actor: User) -> tuple[str, str]:
    """For whom the macro's text is (comment or work_note) and the text as filled for this ticket.

    It counts as a use and changes nothing of the ticket. Raises NotVisibleError, RuleRefusedError for a macro
    of other kinds or without a text.
    """
    macro = _usable(actor, ticket, public_id)
    if not macro.text:
        raise invalid("macro", _("This macro has no text."))
    _count(macro)
    return macro.says, text_of(macro, ticket, actor)


def text_of(macro: Macro, ticket: Any, actor: User) -> str:
    """The macro's text as it is for this ticket."""
    return filling.fill(macro.text, filling.values_for(macro, ticket, actor))


def cause_of(macro: Macro) -> str:
    """How the activity names the macro as its cause."""
    return f"macro:{macro.name.replace(':', ' ')}:{macro.public_id}"


def _usable(actor: User, ticket: Any, public_id: Any) -> Macro:
    if not may_use(actor):
        raise NotAllowedError
    macro = macro_of(actor, public_id)
    if ticket.kind not in macro.kinds:
        text = _("The macro “%(name)s” is not for this kind of ticket.") % {"name": macro.name}
        raise invalid("macro", text, code="other_kind")
    return macro


def _change(ticket: Any, macro: Macro, actor: User) -> None:
    fields: dict[str, Any] = {field: value for value, field in macro.changes.values()}
    if macro.assign != Assign.KEEP:
        fields["assignee"] = actor if macro.assign == Assign.ME else None
    if fields:
        update_ticket(ticket.pk, actor=actor, **fields)


def _say_and_move(ticket: Any, macro: Macro, actor: User) -> None:
    values = filling.values_for(macro, ticket, actor)
    text = filling.fill(macro.text, values)
    if macro.move:
        inputs = {
            name: filling.fill(value, values) if isinstance(value, str) else value
            for name, value in macro.inputs.items()
        }
        words = {macro.says: text} if text else {}
        run_move(ticket, macro.move, actor=actor, inputs=inputs | words)
    elif macro.says == Says.COMMENT:
        add_comment(ticket.pk, actor=actor, body=text)
    elif text:
        add_work_note(ticket.pk, actor=actor, body=text)


def _count(macro: Macro) -> None:
    """Written last: those who use it at once wait for each other no longer than they must."""
    Macro.objects.filter(pk=macro.pk).update(uses=F("uses") + 1, used_at=db_now())
