"""Placeholders in the texts of macros: ``{number}`` and a few others, nothing else (SECURITY TPL-1, TPL-3).

No template language: a name from the list is replaced once, by a plain text; braces of any other sort are
refused when a macro is saved. What is put in is never looked at again.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from core import formats
from core.errors import invalid
from core.time import db_now
from macros.choices import Says
from macros.models import Macro

NAMES = {
    "number": gettext_lazy("Number of the ticket"),
    "title": gettext_lazy("Its title"),
    "requester": gettext_lazy("Name of the requester"),
    "agent": gettext_lazy("Your name"),
    "group": gettext_lazy("Name of its group"),
    "today": gettext_lazy("The day"),
}
_NAME = re.compile(r"\{([a-z_]+)\}")
_AFTER_AT = (
    "\u2060"  # keeps a name from being a mention: the title is the requester's, the mention the agent's
)


def check(field: str, text: str) -> str:
    """``text`` as it is. Raises RuleRefusedError for braces that are no placeholder of ours."""
    unknown = next((found for found in _NAME.findall(text) if found not in NAMES), "")
    if unknown or re.search(r"[{}]", _NAME.sub("", text)):
        detail = _("Braces stand only around what is filled in: %(names)s.")
        if unknown:
            detail = _("“{%(name)s}” is not known. What can be filled in: %(names)s.")
        known = ", ".join(f"{{{name}}}" for name in NAMES)
        raise invalid(field, detail % {"name": unknown, "names": known}, code="placeholder")
    return text


def fill(text: str, values: dict[str, str]) -> str:
    """``text`` with its placeholders filled, each once."""
    return _NAME.sub(lambda found: values.get(found[1], found[0]), text)


def values_for(macro: Macro, ticket: Any, actor: User) -> dict[str, str]:
    """What the placeholders say on this ticket: to its requester in their language, else in the actor's.

    Only what a requester reads of their own ticket is among it, so that nothing internal gets into a reply.
    """
    language = (
        ticket.requester.language if macro.says == Says.COMMENT and ticket.requester else actor.language
    )
    group = macro.to_group or ticket.group
    with override(language):
        values = {
            "number": ticket.number,
            "title": ticket.title,
            "requester": ticket.requester.display_name if ticket.requester else "",
            "agent": actor.display_name,
            "group": group.name if group else "",
            "today": formats.day_text(timezone.localtime(db_now()).date()),
        }
    return {name: str(value).replace("@", f"@{_AFTER_AT}") for name, value in values.items()}
