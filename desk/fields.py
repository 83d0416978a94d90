"""Form fields of the workspace: people, groups and items by name, moments, several files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import group_keyed, groups_for, members_of, person_named
from cmdb.selectors import ci_numbered, cis_for
from core.errors import NotVisibleError
from core.time import db_now
from schedules.selectors import on_call_for_group
from tickets.absence import away
from tickets.selectors import ticket_numbered

NOBODY = ("", gettext_lazy("Nobody"))
NONE = ("", gettext_lazy("None"))


class Moment(forms.DateTimeInput):
    """The browser's own picker of day and time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Suggesting(forms.TextInput):
    """A line that suggests people or items while one types; the exact key works without suggestions too."""

    def __init__(self, sort: str) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})
        self.sort = sort

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field and its list of options, from our own templates."""
        widget = self.get_context(name, value, attrs)["widget"]
        return mark_safe(render_to_string("desk/_suggesting.html", {"widget": widget, "sort": self.sort}))  # noqa: S308 - a template's output


class PersonField(forms.CharField):
    """A person the actor may name, by user name."""

    def __init__(self, actor: User, **kwargs: Any) -> None:
        super().__init__(widget=Suggesting("people"), max_length=60, **kwargs)
        self.actor = actor

    def clean(self, value: Any) -> Any:
        """The person, or None for an empty line."""
        text = super().clean(value)
        person = person_named(self.actor, text) if text else None
        if text and person is None:
            raise forms.ValidationError(
                _("There is no person with the user name “%(name)s”.") % {"name": text}
            )
        return person


class ItemField(forms.CharField):
    """A configuration item the actor may see, by number, or by name when only one has it."""

    def __init__(self, actor: User, **kwargs: Any) -> None:
        super().__init__(widget=Suggesting("items"), max_length=160, **kwargs)
        self.actor = actor

    def clean(self, value: Any) -> Any:
        """The item, or None for an empty line."""
        text = super().clean(value)
        if not text:
            return None
        item = ci_numbered(self.actor, text)
        if item is None:
            named = [found for found in cis_for(self.actor, query=text)[:2] if found.name == text]
            item = named[0] if len(named) == 1 else None
        if item is None:
            raise forms.ValidationError(_("There is no configuration item “%(name)s”.") % {"name": text})
        return item


class TicketField(forms.CharField):
    """A ticket the actor may see, by number."""

    def __init__(self, actor: User, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.actor = actor

    def clean(self, value: Any) -> Any:
        """The ticket, or None for an empty line."""
        number = super().clean(value).strip().upper()
        if not number:
            return None
        try:
            return ticket_numbered(self.actor, number)
        except NotVisibleError as error:
            text = _("There is no ticket %(number)s.") % {"number": number}
            raise forms.ValidationError(text) from error


class GroupField(forms.ChoiceField):
    """An active group of the actor's company."""

    def __init__(self, actor: User, **kwargs: Any) -> None:
        choices = [NONE, *((group.key, group.name) for group in groups_for(actor))]
        super().__init__(choices=choices, **kwargs)
        self.actor = actor

    def clean(self, value: Any) -> Any:
        """The group, or None."""
        key = super().clean(value)
        return group_keyed(self.actor, key) if key else None


class MemberField(forms.ChoiceField):
    """A member of the ticket's group; who is on call for it now stands first, who is away last."""

    def __init__(self, actor: User, group_id: int, *, now: User | None, **kwargs: Any) -> None:
        members = {person.username: person for person in members_of(group_id)}
        duty = {person.username for person in on_call_for_group(group_id, db_now())}
        absent = away(person.pk for person in members.values())
        order = sorted(members, key=lambda name: (members[name].pk in absent, name not in duty))
        people = {name: members[name] for name in order}
        if now is not None:
            people.setdefault(now.username, now)
        names = [
            (name, _standing(person, absent.get(person.pk), on_call=name in duty))
            for name, person in people.items()
        ]
        super().__init__(choices=[NOBODY, *names], **kwargs)
        self.actor = actor

    def clean(self, value: Any) -> Any:
        """The person, or None."""
        name = super().clean(value)
        return person_named(self.actor, name) if name else None


def _standing(person: User, stand_in: User | None, *, on_call: bool) -> str:
    """The name, with what one should know before choosing it."""
    if stand_in is not None:
        names = {"name": person.display_name, "other": stand_in.display_name}
        return _("%(name)s · away, %(other)s stands in") % names
    return _("%(name)s · on call") % {"name": person.display_name} if on_call else person.display_name


class Files(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what they may be is decided where they are taken in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Files(attrs={"multiple": True}), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploads, none when nothing was chosen."""
        return [super(FilesField, self).clean(each, initial) for each in data or [] if each]
