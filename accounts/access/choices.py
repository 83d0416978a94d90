"""Words for what can be done with things, where a kind of ticket has none of its own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Text

ACTIONS: dict[str, Text] = {
    "read": _("see"),
    "read_internal": _("read work notes and internal fields"),
    "update": _("change"),
    "query": _("filter and order by"),
    "comment": _("comment"),
    "work_note": _("write work notes"),
    "attach": _("attach files"),
    "watch": _("watch"),
    "link": _("link"),
    "view": _("see"),
    "decide": _("decide"),
    "cancel": _("withdraw"),
    "edit": _("edit"),
    "delete": _("delete"),
    "run": _("run by hand"),
    "create": _("make"),
    "publish": _("publish"),
    "retire": _("retire"),
    "operate": _("operate runs"),
    "read_runs": _("read runs"),
    "signal": _("send signals"),
    "hook": _("make secrets of hooks"),
    "set_secret": _("set secrets"),
    "test": _("send test calls"),
    "read_roles": _("read roles"),
    "edit_roles": _("edit roles"),
    "explain": _("ask who may see and do what"),
}
