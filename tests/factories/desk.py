"""Saved views for tests."""

from __future__ import annotations

from typing import Any

from desk.models import SavedView
from desk.saved.services import checked_state, save_view


def make_view(
    owner: Any, *, path: str = "incidents", audience: str = "mine", group: Any = None, **state: Any
):
    """A saved view of that list; ``state`` as ``save_view`` takes it, checked."""
    name = state.pop("name", "Mine to do")
    view: SavedView = save_view(
        actor=owner, name=name, path=path, state=checked_state(path, state), audience=audience, group=group
    )
    return view
