"""What the marks of a clock set going, step by step, each once (SLA-12).

A definition's ``escalations`` are steps such as ``{"at": 75, "do": "reassign", "group": "network"}``. ``at``
is one of its percentages, 100, or ``"overdue"`` for each reminder after the breach; ``do`` is a registered
action, see ``tickets.escalations``. Reassigning and raising the priority are done here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import Group, User
from accounts.policies import Actor
from accounts.selectors import group_keyed, groups_for, is_member, person_named
from core import rows
from core.cause import caused_by
from core.errors import DomainError, FieldError, LoopStoppedError, RuleRefusedError
from core.models import OutboxEvent
from core.text import is_storable
from sla.choices import Outcome
from sla.models import Clock, ClockEscalation, SLADefinition
from tickets import escalations as actions
from tickets import kinds
from tickets.choices import ActivityKind, Priority
from tickets.escalations import Action, Input, Mark, Params
from tickets.services import update_ticket
from tickets.services.writing import activity, child_locked

OVERDUE = "overdue"
MOST_STEPS = 20
_RAISING = frozenset({"priority", "priority_override_reason"})


def steps_at(steps: Any, pct: int | None) -> list[int]:
    """The numbers of the steps for the mark ``pct``; None is a reminder after the breach."""
    wanted = OVERDUE if pct is None else pct
    return [number for number, step in enumerate(steps or []) if step.get("at") == wanted]


def check(row: SLADefinition) -> list[FieldError]:
    """What is wrong with the steps of a definition, named ``escalations.<number>.<part>``."""
    return _checked(row.escalations, lambda at: _check_mark(row, at))


def check_steps(steps: Any) -> list[FieldError]:
    """What is wrong with steps by themselves: their marks are only looked at for what a mark may be."""
    return _checked(steps, _check_any_mark)


def _checked(steps: Any, check_mark: Callable[[Any], Iterable[FieldError]]) -> list[FieldError]:
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        text = _("Expected a list of at most %(max)s steps.") % {"max": MOST_STEPS}
        return [FieldError("escalations", "no_list", text)]
    return [
        FieldError(f"escalations.{number}.{error.field}".rstrip("."), error.code, error.detail)
        for number, step in enumerate(steps)
        for error in _check_step(step, check_mark)
    ]


def _check_step(step: Any, check_mark: Callable[[Any], Iterable[FieldError]]) -> Iterator[FieldError]:
    if not isinstance(step, dict):
        yield FieldError("", "type", _("Expected a step: at which mark, and what is done."))
        return
    yield from check_mark(step.get("at"))
    action = actions.get(step.get("do"))
    if action is None:
        known = ", ".join(each.key for each in actions.all_actions())
        text = _("There is no such action. Possible: %(known)s.") % {"known": known}
        yield FieldError("do", "choice", text)
        return
    if not is_storable(step):
        text = _("This text holds a character that cannot be stored. Please remove it.")
        yield FieldError("", "text", text)
        return
    for name in sorted(set(step) - action.params - {"at", "do"}):
        yield FieldError(name, "unknown_field", _("There is no such field."))
    yield from action.check(step)


def _check_any_mark(at: Any) -> Iterator[FieldError]:
    if at != OVERDUE and (type(at) is not int or not 0 < at <= 100):
        text = _("Give a percentage from 1 to 100, or “overdue” for each reminder.")
        yield FieldError("at", "choice", text)


def _check_mark(row: SLADefinition, at: Any) -> Iterator[FieldError]:
    if at == OVERDUE:
        if row.overdue_repeat_s is None:
            yield FieldError("at", "choice", _("This promise does not remind after its breach."))
        return
    marks = sorted({*row.thresholds, 100})
    if isinstance(at, bool) or at not in marks:
        text = _("Choose one of the promise's percentages: %(marks)s.")
        yield FieldError("at", "choice", text % {"marks": ", ".join(map(str, marks))})


@transaction.atomic
def escalate(event: OutboxEvent) -> int:
    """Do what the definition wants at the mark that ``event`` tells of; returns how many steps were taken.

    Each step is done as the system, once, with the mark as its cause, and leaves an internal line on the
    ticket; a step that a rule refuses says so there and stops no other. A clock or a ticket that is over by
    now needs nothing any more. Run twice, or after a kill, it does the rest.
    """
    wanted = event.payload.get("escalate")
    if not wanted:
        return 0
    row = SLADefinition.objects.get(key=event.payload["definition"], no=wanted["no"])
    done = set(ClockEscalation.objects.filter(event=event.public_id).values_list("step", flat=True))
    steps = [number for number in wanted["steps"] if number not in done and number < len(row.escalations)]
    for number in steps:
        _take(event, row, number)
    return len(steps)


def _take(event: OutboxEvent, row: SLADefinition, number: int) -> None:
    """One step, on the ticket and the clock as they are now."""
    payload, spec = event.payload, row.escalations[number]
    ticket = child_locked(payload["ticket_id"], actor=None)
    clock = Clock.objects.get(pk=payload["clock_id"])
    outcome, said = Outcome.SKIPPED, ""
    link = f"sla:{row.key}:{clock.pk}:{payload['gen']}:{payload.get('repeat') or payload['percent']}:{number}"
    with override(settings.LANGUAGE_CODE), caused_by(link):
        if clock.is_open and not ticket.is_closed:
            outcome, said = _done(Mark(event, number, ticket, row.name, payload["percent"]), spec)
        if said:
            verb = "sla_escalated" if outcome == Outcome.DONE else "sla_escalation_refused"
            words = {"name": row.name, "percent": payload["percent"], "what": said}
            body = _("%(name)s, %(percent)s%%: %(what)s") % words
            rows.insert([activity(ticket, None, ActivityKind.SLA, verb=verb, body=body)])
    rows.insert(
        [
            ClockEscalation(
                clock=clock, event=event.public_id, step=number, action=str(spec["do"])[:20], outcome=outcome
            )
        ]
    )


def _done(mark: Mark, spec: Mapping[str, Any]) -> tuple[Outcome, str]:
    action = actions.get(spec["do"])
    if action is None:
        return Outcome.REFUSED, _("This action is not known any more.")
    try:
        with transaction.atomic():
            return Outcome.DONE, action.run(mark, spec)
    except LoopStoppedError:
        raise
    except DomainError as refusal:
        return Outcome.REFUSED, _("not possible. %(reason)s") % {"reason": refusal.detail}


def _refused(text: str) -> RuleRefusedError:
    return RuleRefusedError(text, code="escalation")


def _check_reassign(step: Params) -> Iterator[FieldError]:
    group, person = step.get("group"), step.get("person")
    if not group and not person:
        yield FieldError("group", "required", _("Say which group or person gets the ticket."))
    found_group = _group(group)
    found_person = _person(person)
    if group and found_group is None:
        yield FieldError("group", "does_not_exist", _("There is no such group."))
    if person and found_person is None:
        yield FieldError("person", "does_not_exist", _("There is no such active person."))
    if found_group and found_person and not is_member(found_person.pk, found_group.pk):
        yield FieldError("person", "no_member", _("The assignee must be a member of the assignment group."))


def _group(key: Any) -> Group | None:
    return group_keyed(None, key) if isinstance(key, str) and key else None


def _person(username: Any) -> User | None:
    found = person_named(None, username) if isinstance(username, str) and username else None
    return found if found is not None and found.is_active else None


def _reassign(mark: Mark, step: Params) -> str:
    fields: dict[str, Any] = {}
    for name, wanted, found in (
        ("group", step.get("group"), _group(step.get("group"))),
        ("assignee", step.get("person"), _person(step.get("person"))),
    ):
        if not wanted:
            continue
        if found is None or found.company_id != mark.ticket.company_id:
            raise _refused(_("“%(key)s” is not there any more.") % {"key": wanted})
        fields[name] = found
    update_ticket(mark.ticket.pk, actor=None, **fields)
    to = ", ".join(str(found) for found in fields.values())
    return _("the ticket was given to %(to)s.") % {"to": to}


def _check_priority(step: Params) -> Iterator[FieldError]:
    if "to" in step and (isinstance(step["to"], bool) or step["to"] not in Priority.values):
        yield FieldError("to", "choice", _("Priority runs from 1 (critical) to 5 (planning)."))


def _raise_priority(mark: Mark, step: Params) -> str:
    """One level up, or to the level named; never down."""
    ticket = mark.ticket
    wanted = step.get("to") or max(ticket.priority - 1, Priority.CRITICAL)
    if wanted >= ticket.priority:
        return _("the priority is high enough already.")
    if not kinds.get(ticket.kind).editable >= _RAISING:
        raise _refused(_("The priority of this kind of ticket cannot be raised by hand."))
    reason = _("SLA “%(name)s”: %(percent)s%% of the time is used.")
    why = reason % {"name": mark.name, "percent": mark.percent}
    update_ticket(ticket.pk, actor=None, priority=wanted, priority_override_reason=why[:300])
    return _("the priority was raised to %(priority)s.") % {"priority": Priority(wanted).label}


def _to_whom(step: Params) -> str:
    found = (_group(step.get("group")), _person(step.get("person")))
    given = (step.get("group"), step.get("person"))
    return ", ".join(str(row or key) for row, key in zip(found, given, strict=True) if key)


def _groups(actor: Actor) -> list[tuple[str, str]]:
    return [(group.key, str(group)) for group in groups_for(actor)]


def _levels(_actor: Actor) -> list[tuple[str, str]]:
    return [(str(code), str(label)) for code, label in Priority.choices]


def _to_level(step: Params) -> str:
    if step.get("to") in Priority.values:
        return _("to %(priority)s") % {"priority": Priority(step["to"]).label}
    return _("by one level")


actions.register(
    Action(
        key="reassign",
        label=gettext_lazy("Give the ticket to a group or person"),
        inputs=(
            Input("group", gettext_lazy("Group"), _groups),
            Input("person", gettext_lazy("Person (user name)")),
        ),
        check=_check_reassign,
        run=_reassign,
        words=_to_whom,
    )
)
actions.register(
    Action(
        key="raise_priority",
        label=gettext_lazy("Raise the priority"),
        inputs=(Input("to", gettext_lazy("To (empty: one level up)"), _levels, is_number=True),),
        check=_check_priority,
        run=_raise_priority,
        words=_to_level,
    )
)
