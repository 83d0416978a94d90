"""What a problem's fields must fit to, whoever writes them (PRB-05)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import invalid
from core.text import clean

LONGEST = 20_000
TEXTS = ("cause_notes", "fix_notes", "workaround")


def check(problem: Any, fields: dict[str, Any], actor: Actor) -> None:
    """Refuse texts that cannot be stored, and a known error without a workaround. Raises RuleRefusedError."""
    for name in TEXTS:
        if name in fields:
            setattr(problem, name, clean(name, fields[name], max_length=LONGEST))
    if problem.is_known_error and not problem.workaround:
        name = "workaround" if "workaround" in fields else "is_known_error"
        raise invalid(name, _("A known error has a workaround. Write it down first, or together with this."))
