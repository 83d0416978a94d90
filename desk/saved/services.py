"""Saving, changing, copying and deleting views of lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import Group, User
from accounts.sharing import check_change, share
from core import audit
from core.errors import NotAllowedError, invalid, required
from core.text import clean
from core.time import db_now
from desk import queues
from desk.filters import Filters, encoded, filters_from
from desk.models import SavedView
from desk.policies import may_enter
from desk.saved.selectors import view_of

MOST_OWN, LONGEST_NAME, LAST_PLACE = 100, 60, 999
STATE = ("queue", "filters", "columns", "sort", "density")


def state_of(filters: Filters) -> dict[str, Any]:
    """What a view keeps of a list's address."""
    return {
        "queue": filters.queue.key,
        "filters": dict(filters.values),
        "columns": list(filters.columns),
        "sort": filters.sort,
        "density": filters.density,
    }


def checked_state(path: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A view's state as a caller wrote it down, checked as the address of its list is.

    Raises RuleRefusedError for an unknown list, BadInputError that names each bad filter.
    """
    if path not in queues.PATHS:
        text = _("Choose one of: %(names)s.") % {"names": ", ".join(queues.PATHS)}
        raise invalid("path", text, code="choice")
    asked = {"view": given.get("queue", "")} | {
        name: given[name] for name in ("sort", "columns", "density") if given.get(name)
    }
    return state_of(filters_from(QueryDict(encoded(given.get("filters", {}) | asked)), path=path))


@transaction.atomic
def save_view(
    *,
    actor: User,
    name: str,
    path: str,
    state: Mapping[str, Any],
    audience: str = Audience.MINE,
    group: Group | None = None,
) -> SavedView:
    """A new view of a list; ``state`` has the names of STATE.

    Raises NotAllowedError for people who do not work in the workspace and for an
    audience they may not make views for, RuleRefusedError, BadInputError as ``checked_state`` does.
    """
    if not may_enter(actor):
        raise NotAllowedError
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two at once count one after the other
    if SavedView.objects.filter(owner=actor).count() >= MOST_OWN:
        text = _("You have %(count)s views. Delete one of them first.") % {"count": MOST_OWN}
        raise invalid("", text, code="too_many")
    view = SavedView(company_id=actor.company_id, owner=actor, path=path, name=_named(name))
    _put(view, checked_state(path, state))
    share(view, actor, audience, group)
    view.save(force_insert=True)
    return _told(view, actor, "saved")


@transaction.atomic
def change_view(
    public_id: Any,
    *,
    actor: User,
    expected_version: int | None = None,
    name: str | None = None,
    state: Mapping[str, Any] | None = None,
    audience: str | None = None,
    group: Group | None = None,
    position: int | None = None,
) -> SavedView:
    """The view under another name, for others, at another place, or with another state.

    Raises NotVisibleError, NotAllowedError, StaleVersionError, and as
    ``save_view``.
    """
    view = _own(public_id, actor, expected_version)
    view.name = view.name if name is None else _named(name)
    if state is not None:
        _put(view, checked_state(view.path, state))
    if audience is not None:
        share(view, actor, audience, group)
    if position is not None:
        if not 0 <= position <= LAST_PLACE:
            raise invalid("position", _("Give a number from 0 to %(last)s.") % {"last": LAST_PLACE})
        view.position = position
    view.lock_version += 1
    view.updated_at = db_now()
    view.save()
    return _told(view, actor, "changed")


@transaction.atomic
def copy_view(public_id: Any, *, actor: User) -> SavedView:
    """The same view as one's own. Raises NotVisibleError, and as ``save_view``."""
    view = view_of(actor, public_id)
    name = _("%(name)s (copy)") % {"name": view.name[: LONGEST_NAME - 10]}
    state = {key: getattr(view, key) for key in STATE}
    return save_view(actor=actor, name=name, path=view.path, state=state)


@transaction.atomic
def delete_view(public_id: Any, *, actor: User, expected_version: int | None = None) -> None:
    """Take the view away for everybody it was shown to. Raises as ``change_view``."""
    view = _own(public_id, actor, expected_version)
    _told(view, actor, "deleted")
    view.delete()


def _own(public_id: Any, actor: User, expected_version: int | None) -> SavedView:
    """The view, locked, if the actor may change it."""
    view = view_of(actor, public_id, lock=True)
    check_change(actor, view, expected_version)
    return view


def _named(name: str) -> str:
    text = clean("name", name, max_length=LONGEST_NAME, multiline=False)
    if not text:
        raise required("name", _("Give the view a name."))
    return text


def _put(view: SavedView, state: Mapping[str, Any]) -> None:
    for key in STATE:
        setattr(view, key, state[key])


def _told(view: SavedView, actor: User, action: str) -> SavedView:
    audit.write(actor=actor, table="desk_savedview", object_ref=str(view.public_id), action=action)
    return view
