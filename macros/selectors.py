"""Reading macros through their gate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from core.errors import NotVisibleError
from macros.models import Macro
from macros.policies import visible_to

MOST_SHOWN = 200


def macros_for(actor: User) -> QuerySet[Macro]:
    """The macros that ``actor`` is shown, by name, with their people and teams."""
    rows = Macro.objects.filter(visible_to(actor)).select_related("owner", "group", "to_group")
    return rows.order_by("name", "pk")


def macros_of_kinds(actor: User, kinds: Iterable[str]) -> list[Macro]:
    """Those that are for every one of ``kinds``, the most used first; at most MOST_SHOWN."""
    rows = macros_for(actor).filter(kinds__contains=sorted(set(kinds)))
    return list(rows.order_by("-uses", "name", "pk")[:MOST_SHOWN])


def macro_of(actor: User, public_id: Any, *, lock: bool = False) -> Macro:
    """One of them. Raises NotVisibleError."""
    rows = macros_for(actor).filter(public_id=public_id)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    macro = rows.first()
    if macro is None:
        raise NotVisibleError
    return macro
