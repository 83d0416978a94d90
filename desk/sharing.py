"""The part of a form that says for whom something is: one person, a team, all agents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Audience, Grant
from accounts.models import Group, User
from accounts.policies import group_ids, has_grant
from accounts.selectors import groups_for

_TEAM = "team:"


class SharedForm(forms.Form):
    """For whom a row is that is shared; ``shown_to`` is an audience, or a team by its key."""

    shown_to = forms.ChoiceField(label=gettext_lazy("Who sees it"), initial=Audience.MINE)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def share_with(self, actor: User, row: Any) -> None:
        """Offer the audiences that the actor may choose, and the one that ``row`` has."""
        self.teams = {group.key: group for group in _teams(actor, row)}
        choices: list[tuple[str, Any]] = [(Audience.MINE, Audience.MINE.label)]
        choices += [
            (f"{_TEAM}{key}", _("Team: %(name)s") % {"name": team.name}) for key, team in self.teams.items()
        ]
        if has_grant(actor, Grant.CONFIG_WRITE) or (row and row.audience == Audience.EVERYONE):
            choices.append((Audience.EVERYONE, Audience.EVERYONE.label))
        self.fields["shown_to"].choices = choices  # type: ignore[attr-defined]

    def shared(self) -> dict[str, Any]:
        """The arguments ``audience`` and ``group`` of the services."""
        chosen = self.cleaned_data["shown_to"]
        group = self.teams.get(chosen.removeprefix(_TEAM)) if chosen.startswith(_TEAM) else None
        return {"audience": Audience.TEAM if group is not None else chosen, "group": group}


def shown_to(row: Any) -> str:
    """The value of ``shown_to`` that stands for what ``row`` has."""
    return f"{_TEAM}{row.group.key}" if row.group else str(row.audience)


def _teams(actor: User, row: Any) -> list[Group]:
    """The teams the actor may show it to; an administrator any, and the one that sees it already."""
    rows = groups_for(actor)
    if not has_grant(actor, Grant.CONFIG_WRITE):
        rows = rows.filter(Q(pk__in=group_ids(actor)) | Q(pk=row.group_id if row else None))
    return list(rows)
