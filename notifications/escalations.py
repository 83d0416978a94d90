"""What a mark of a clock may make people hear: a notice by role or name, a page to who is on call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import Actor
from accounts.selectors import people_named
from core.errors import FieldError, NotVisibleError
from notifications import audience, paging
from notifications.services import notify
from schedules import selectors as schedules
from tickets import escalations as actions
from tickets.escalations import Action, Input, Mark, Params

ROLES = {
    "assignee": gettext_lazy("Assignee"),
    "group": gettext_lazy("Assignment group"),
    "group_manager": gettext_lazy("Manager of the group"),
    "requester": gettext_lazy("Requester"),
    "watchers": gettext_lazy("Watchers"),
}
MOST_PEOPLE = 50


def _check_notify(step: Params) -> Iterator[FieldError]:
    to, names = step.get("to", []), step.get("people", [])
    if not _is_list(to) or not _is_list(names):
        yield FieldError("to", "type", _("Expected a list of roles and a list of user names."))
        return
    if not to and not names:
        yield FieldError("to", "required", _("Say who is told."))
    if not set(to) <= ROLES.keys():
        text = _("Choose among: %(roles)s.") % {"roles": ", ".join(ROLES)}
        yield FieldError("to", "choice", text)
    strange = sorted(set(map(str.lower, names)) - set(people_named(names)))
    if strange:
        text = _("There is no such active person: %(names)s.") % {"names": ", ".join(strange)}
        yield FieldError("people", "does_not_exist", text)


def _is_list(given: Any) -> bool:
    return isinstance(given, list) and len(given) <= MOST_PEOPLE and all(isinstance(e, str) for e in given)


def _notify(mark: Mark, step: Params) -> str:
    """Tell those who may read the ticket; who was told of this mark already is not told again."""
    to = [role for role in ROLES if role in step.get("to", [])]
    named = people_named(step.get("people", []))
    notices = audience.of_escalation(mark.ticket, to, named.values(), percent=mark.percent)
    notify(mark.event, notices, ticket=mark.ticket)
    who = [str(ROLES[role]) for role in to] + [str(person) for person in named.values()]
    return _("notices were sent to: %(who)s.") % {"who": ", ".join(who)}


def _who(step: Params) -> str:
    roles = [str(ROLES[role]) for role in ROLES if role in step.get("to", [])]
    return ", ".join([*roles, *map(str, step.get("people", []))])


def _roles(_actor: Actor) -> list[tuple[str, str]]:
    return [(role, str(label)) for role, label in ROLES.items()]


def _rotas(actor: Actor) -> list[tuple[str, str]]:
    return [(rota.key, rota.name) for rota in schedules.rotas_for(actor)]


def _check_page(step: Params) -> Iterator[FieldError]:
    rota = step.get("rota")
    if not isinstance(rota, str) or not rota:
        yield FieldError("rota", "required", _("Say which on-call rota is paged."))
        return
    try:
        schedules.rota_keyed(None, rota)
    except NotVisibleError:
        text = _("There is no on-call rota “%(rota)s”.") % {"rota": rota}
        yield FieldError("rota", "does_not_exist", text)


def _page(mark: Mark, step: Params) -> str:
    """Page the first one on call, then who is next until somebody answers (see ``paging``)."""
    called = paging.start(mark, step["rota"])
    return _("%(name)s was paged, on call by “%(rota)s”.") % {"name": called, "rota": step["rota"]}


actions.register(
    Action(
        key="notify",
        label=gettext_lazy("Send a notice"),
        inputs=(
            Input("to", gettext_lazy("To"), _roles, many=True),
            Input("people", gettext_lazy("People (user names)"), many=True),
        ),
        check=_check_notify,
        run=_notify,
        words=_who,
    )
)
actions.register(
    Action(
        key="page_on_call",
        label=gettext_lazy("Page who is on call"),
        inputs=(Input("rota", gettext_lazy("On-call rota"), _rotas),),
        check=_check_page,
        run=_page,
        words=lambda step: str(step.get("rota", "")),
    )
)
