"""What a webhook's settings may be; each refusal names its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import targets
from core.conditions import BadConditionError
from core.errors import BadInputError, DomainError, FieldError, RuleRefusedError, invalid, required
from core.targets import BadTargetError
from core.text import clean
from core.time import clock_now
from tickets.conditions import compiled
from webhooks.catalogue import all_types
from webhooks.choices import Payload
from webhooks.models import MAX_URL, Webhook
from webhooks.policies import may_lend
from webhooks.selectors import matches

MOST_EVENTS = 50
MAX_NAME = 120
EDITABLE = ("name", "url", "events", "condition", "payload", "run_as", "owner", "enabled")
# What decides who gets to see what: whoever changes one of these answers for the eyes it has.
SENT_WHERE = frozenset({"url", "payload", "run_as"})
_PATTERN = re.compile(r"[a-z_*]{1,40}(\.[a-z_*]{1,40}){0,2}")


def apply(row: Webhook, values: Mapping[str, Any], *, actor: Actor) -> None:
    """Put checked ``values`` into the row, and complete what follows from them.

    Raises BadInputError for an unknown name, RuleRefusedError with every field that is wrong.
    """
    strange = sorted(set(values) - set(EDITABLE))
    if strange:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(strange)})
    before = {name: getattr(row, name, None) for name in ("url", "payload", "run_as_id")}
    wrong: list[FieldError] = []
    for name, value in values.items():
        try:
            setattr(row, name, _CHECKS[name](value))
        except DomainError as refusal:
            wrong += refusal.errors
    if wrong:
        raise RuleRefusedError(errors=wrong)
    if not row.url:
        raise required("url")
    if not row.events:
        raise required("events")
    row.name = row.name or targets.parse(row.url).host[:MAX_NAME]
    _check_people(row)
    _check_lending(row, before, actor)


def address(text: str) -> targets.Target:
    """The address of a receiver, as far as it can be judged without asking a name server.

    Raises RuleRefusedError for what is no web address, leads inside the network, or is http or an unusual
    port that ``ITSM_OUTBOUND_ALLOW`` does not name (API A-46, SECURITY OUT-2, OUT-3). What the name stands
    for is checked each time a message is sent.
    """
    allow = targets.exceptions(settings.OUTBOUND_ALLOW)
    try:
        target = targets.parse(text)
        is_named, is_inner = allow.names(target), targets.is_written_inner(target, allow)
    except BadTargetError as error:
        raise invalid("url", error.detail) from error
    if is_inner:
        raise invalid("url", _("This address is inside the network, which may not be called."), "inner")
    if not is_named and target.scheme != "https":
        raise invalid(
            "url", _("Use https; http is only possible for a host that is allowed by name."), "http"
        )
    if not is_named and target.port not in (80, 443):
        raise invalid("url", _("Only ports 80 and 443 are possible, and those allowed by name."), "port")
    return target


def _url(value: Any) -> str:
    text = clean("url", value, max_length=MAX_URL, multiline=False)
    if not text:
        raise required("url")
    return address(text).url


def _name(value: Any) -> str:
    return clean("name", value, max_length=MAX_NAME, multiline=False)


def _events(value: Any) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_EVENTS:
        raise invalid("events", _("Give 1 to {most} names of events.").format(most=MOST_EVENTS))
    known = [each.name for each in all_types()]
    for each in value:
        if not isinstance(each, str) or not _PATTERN.fullmatch(each):
            raise invalid("events", _("Write names such as incident.opened, incident.* or *.moved."))
        if not any(matches(name, [each]) for name in known):
            text = _("There is no event that “%(name)s” stands for.") % {"name": each}
            raise invalid("events", text, "choice")
    return list(dict.fromkeys(value))


def _condition(value: Any) -> Any:
    """A condition over the ticket as it is when the event is handed on; it knows no "before"."""
    try:
        compiled(value).q(now=clock_now())
    except BadConditionError as refusal:
        raise RuleRefusedError(errors=[_placed(each) for each in refusal.errors]) from refusal
    except (RecursionError, TypeError, ValueError) as error:
        raise invalid("condition", _("This condition cannot be read.")) from error
    return value


def _placed(error: FieldError) -> FieldError:
    detail = error.detail
    if error.code == "no_sql":
        detail = _("What changed cannot be asked here: choose the events instead.")
    return FieldError(f"condition.{error.field}".rstrip("."), error.code, detail)


def _payload(value: Any) -> str:
    if value not in Payload.values:
        raise invalid("payload", _("This is not a choice."), "choice")
    return str(value)


def _enabled(value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid("enabled", _("This must be true or false."))
    return value


def _person(name: str) -> Callable[[Any], User]:
    def check(value: Any) -> User:
        if not isinstance(value, User):
            raise required(name)
        return value

    return check


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "url": _url,
    "events": _events,
    "condition": _condition,
    "payload": _payload,
    "run_as": _person("run_as"),
    "owner": _person("owner"),
    "enabled": _enabled,
}


def _check_people(row: Webhook) -> None:
    for name, person in (("run_as", row.run_as), ("owner", row.owner)):
        if not person.is_active or person.company_id != row.company_id:
            text = _("There is no “{wanted}” that you may use here.").format(wanted=person.username)
            raise invalid(name, text, "does_not_exist")


def _check_lending(row: Webhook, before: Mapping[str, Any], actor: Actor) -> None:
    """Who makes a webhook, or changes where or how much it tells, may lend the eyes that it has."""
    if all(getattr(row, name) == value for name, value in before.items()) or may_lend(actor, row.run_as):
        return
    text = _("Name yourself or a service account you may make tokens for: it sees what that person may see.")
    raise invalid("run_as", text, "not_yours")
