"""Input checks of the workspace's forms: transitions, one property, a message, a new incident."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import DomainError
from desk.fields import (
    NONE,
    FilesField,
    GroupField,
    ItemField,
    MemberField,
    Moment,
    PersonField,
    TicketField,
)
from incidents.choices import Category
from problems.choices import Bone, Standing, Told
from tickets.choices import Level
from tickets.lifecycle import Input
from tickets.transitions import Move

LONGEST_TEXT = 20_000
MOST_BUTTONS = 12


# Inputs that name a person or a ticket by its key.
_REFERENCES = {"user": PersonField, "ticket": TicketField}
# What services call the values that a form has under another name.
_FORM_NAMES = {"file": "attachments", "target": "number", "parent": "number"}


def refuse(form: forms.BaseForm, refusal: DomainError) -> None:
    """Show a service's refusal at the fields it names, or above the form."""
    for error in refusal.errors:
        name = _FORM_NAMES.get(error.field, error.field)
        if name not in form.fields and len(form.visible_fields()) == 1:
            name = form.visible_fields()[0].name
        form.add_error(name if name in form.fields else None, str(error.detail))
    if not refusal.errors:
        form.add_error(None, str(refusal.detail))


def input_field(each: Input, *, required: bool, actor: User) -> forms.Field:
    """The form field for one input of a transition."""
    common: dict[str, Any] = {"label": each.label or each.name, "required": required}
    if each.kind == "choice":
        return forms.ChoiceField(choices=[("", _("Choose")), *each.choices], **common)
    if each.kind == "datetime":
        return forms.DateTimeField(widget=Moment(), **common)
    if each.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if each.kind == "number":
        return forms.IntegerField(**common)
    if each.kind == "boolean":
        return forms.BooleanField(label=common["label"], required=False)
    if each.kind in _REFERENCES:
        return _REFERENCES[each.kind](actor, **common)
    if each.kind == "line":
        return forms.CharField(max_length=each.max_length, **common)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=each.max_length, **common)


def _long_text(label: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(widget=area, required=False, max_length=LONGEST_TEXT, label=label)


class MoveForm(forms.Form):
    """The inputs of one transition, with the version of the ticket they were typed for."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, move: Move, version: int, actor: User) -> None:
        super().__init__(data, initial={"lock_version": version}, auto_id=f"id_{move.name}_%s")
        self.move = move
        for each in move.inputs:
            required = each.name in move.required
            self.fields[each.name] = input_field(each, required=required, actor=actor)

    def inputs(self) -> dict[str, Any]:
        """What was filled in, by input name."""
        return {
            n: v for n, v in self.cleaned_data.items() if n != "lock_version" and v not in (None, "", False)
        }


class PropertyForm(forms.Form):
    """One property, with the version of the ticket it was read at."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, key: str, label: Any, ticket: Any, actor: User) -> None:
        initial = {"lock_version": ticket.lock_version, "value": plain_value(ticket, key)}
        super().__init__(data, initial=initial, auto_id=f"id_{key}_%s")
        self.key = key
        self.fields["value"] = property_field(key, ticket, actor, label=label)

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices as buttons when there are few: one click chooses and saves."""
        choices = getattr(self.fields["value"], "choices", None)
        shown = [(str(code), str(label)) for code, label in choices or ()]
        return shown if len(shown) <= MOST_BUTTONS else []

    @property
    def now(self) -> str:
        """The present value, as its button's value."""
        value = self.initial["value"]
        return "" if value is None else str(value)


def plain_value(ticket: Any, key: str) -> Any:
    """A property as its form field takes it."""
    value = getattr(ticket, key)
    if key in {"group", "ci", "assignee"}:
        attribute = {"group": "key", "ci": "number", "assignee": "username"}[key]
        return getattr(value, attribute) if value else ""
    return value


def property_field(key: str, ticket: Any, actor: User, *, label: Any) -> forms.Field:
    """The form field for one property of that ticket."""
    common: dict[str, Any] = {"label": label, "required": key == "title"}
    if key == "group":
        return GroupField(actor, **common)
    if key == "assignee":
        if ticket.group_id:
            return MemberField(actor, ticket.group_id, now=ticket.assignee, **common)
        return PersonField(actor, **common)
    if key == "ci":
        return ItemField(actor, **common)
    if key in {"impact", "urgency"}:
        return forms.TypedChoiceField(choices=Level.choices, coerce=int, label=label)
    if key == "category":
        return forms.ChoiceField(choices=_categories(ticket.category), **common)
    if key == "due_at":
        return forms.DateTimeField(widget=Moment(), **common)
    return forms.CharField(max_length=160, **common)


def _categories(now: str) -> Iterable[tuple[str, Any]]:
    known = dict(Category.choices)
    extra = [(now, now)] if now and now not in known else []
    return [NONE, *Category.choices, *extra]


class MessageForm(forms.Form):
    """A reply or an internal note. Which of the two is never guessed: a form without it is refused."""

    tab = forms.ChoiceField(choices=[("comment", "comment"), ("work_note", "work_note")])
    body = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=LONGEST_TEXT,
        strip=False,
        label=gettext_lazy("Text"),
    )
    then = forms.ChoiceField(required=False, choices=[("", ""), ("hold", "hold")])
    to_children = forms.BooleanField(required=False)
    lock_version = forms.IntegerField(required=False, min_value=0)
    attachments = FilesField(label=gettext_lazy("Files"))


class NewTicketForm(forms.Form):
    """What any new ticket says."""

    title = forms.CharField(max_length=160, label=gettext_lazy("Title"))
    description = forms.CharField(widget=forms.Textarea, required=False, max_length=LONGEST_TEXT)
    category = forms.ChoiceField(
        required=False, choices=[NONE, *Category.choices], label=gettext_lazy("Category")
    )
    impact = forms.TypedChoiceField(
        choices=Level.choices, coerce=int, initial=Level.LOW.value, label=gettext_lazy("Impact")
    )
    urgency = forms.TypedChoiceField(
        choices=Level.choices, coerce=int, initial=Level.LOW.value, label=gettext_lazy("Urgency")
    )

    def __init__(self, data: Any = None, files: Any = None, *, actor: User, initial: Any = None) -> None:
        super().__init__(data, files, initial=initial)
        self.fields["ci"] = ItemField(actor, required=False, label=_("Configuration item"))
        self.fields["group"] = GroupField(
            actor,
            required=False,
            label=_("Group"),
            help_text=_("Left empty, the assignment rules choose it."),
        )


class IncidentForm(NewTicketForm):
    """A new incident on behalf of the person who called."""

    attachments = FilesField(label=gettext_lazy("Files"))

    def __init__(self, data: Any = None, files: Any = None, *, actor: User, initial: Any = None) -> None:
        super().__init__(data, files, actor=actor, initial=initial)
        self.fields["description"].label = _("What happened?")
        self.fields["title"].widget.attrs |= {
            "hx-get": reverse("desk:suggest_known"),
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#known",
        }
        self.fields["requester"] = PersonField(
            actor, label=_("Requester"), help_text=_("Name, user name or mail of the person who reports it.")
        )


class ProblemForm(NewTicketForm):
    """A new problem, by itself."""

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, actor=actor)
        self.fields["description"].label = _("What is known?")


class PersonForm(forms.Form):
    """One person, for the watchers of a ticket."""

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, auto_id="id_watcher_%s")
        self.fields["person"] = PersonField(actor, label=_("User name"))


class LinkForm(forms.Form):
    """Another ticket and how this one relates to it."""

    type = forms.ChoiceField(label=gettext_lazy("Relation"))
    number = forms.CharField(max_length=20, label=gettext_lazy("Number"))

    def __init__(self, data: Any = None, *, types: Iterable[tuple[str, Any]]) -> None:
        super().__init__(data, auto_id="id_link_%s")
        self.fields["type"].choices = list(types)  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """The incident in which this one goes on, and the version of this one that was looked at."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    into = forms.CharField(max_length=20, label=gettext_lazy("Number of the incident it goes on in"))

    def __init__(self, data: Any = None, *, version: int) -> None:
        super().__init__(data, initial={"lock_version": version}, auto_id="id_merge_%s")


class SplitForm(forms.Form):
    """The title of the incident that one message becomes."""

    title = forms.CharField(max_length=160, label=gettext_lazy("Title"))

    def __init__(self, data: Any = None, *, title: str) -> None:
        super().__init__(data, initial={"title": title}, auto_id="id_split_%s")


class TaskForm(forms.Form):
    """A task for a team, below a ticket."""

    title = forms.CharField(max_length=160, label=gettext_lazy("What is to be done?"))

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, auto_id="id_task_%s")
        help_text = _("Left empty, the assignment rules choose it.")
        self.fields["group"] = GroupField(actor, required=False, label=_("Group"), help_text=help_text)


class FamilyForm(forms.Form):
    """Another ticket that becomes the parent or a child of this one."""

    PARENT, CHILD = "parent", "child"
    side = forms.ChoiceField(
        choices=[
            (CHILD, gettext_lazy("A child of this one")),
            (PARENT, gettext_lazy("The parent of this one")),
        ],
        label=gettext_lazy("It becomes"),
    )
    number = forms.CharField(max_length=20, label=gettext_lazy("Number"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_family_%s")


class AnalysisForm(forms.Form):
    """What is known of a problem: cause, workaround, fix."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    cause_notes = _long_text(gettext_lazy("Cause"))
    workaround = _long_text(gettext_lazy("Workaround"))
    is_known_error = forms.BooleanField(required=False, label=gettext_lazy("Known error"))
    fix_notes = _long_text(gettext_lazy("Fix"))

    def __init__(self, data: Any = None, *, problem: Any) -> None:
        names = ("lock_version", "cause_notes", "workaround", "is_known_error", "fix_notes")
        initial = {name: getattr(problem, name) for name in names}
        super().__init__(data, initial=initial, auto_id="id_analysis_%s")


class TellForm(forms.Form):
    """What the incidents of a problem are to know."""

    what = forms.ChoiceField(choices=Told.choices, label=gettext_lazy("What"))
    public = forms.BooleanField(required=False, label=gettext_lazy("Also to who reported them"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_tell_%s")


class WhyForm(forms.Form):
    """An answer of a problem's tree of whys: a new one, below ``above`` or at the top, or ``why`` itself."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    above = forms.UUIDField(widget=forms.HiddenInput, required=False)
    answer = forms.CharField(max_length=300, label=gettext_lazy("Answer"))
    evidence = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=4000,
        label=gettext_lazy("Evidence"),
    )

    def __init__(self, data: Any = None, *, why: Any = None, above: Any = None) -> None:
        names = ("lock_version", "answer", "evidence")
        initial = {name: getattr(why, name) for name in names} if why is not None else {"above": above}
        super().__init__(data, initial=initial, auto_id="id_why_%s")


class FactorForm(forms.Form):
    """A possible cause of a problem: a new one in a category, or ``factor`` itself."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    text = forms.CharField(max_length=300, label=gettext_lazy("Possible cause"))
    bone = forms.ChoiceField(choices=Bone.choices, label=gettext_lazy("Category"))
    standing = forms.ChoiceField(choices=Standing.choices, label=gettext_lazy("What is known of it"))

    def __init__(
        self,
        data: Any = None,
        *,
        bones: Iterable[tuple[str, str]],
        factor: Any = None,
        bone: str = Bone.PEOPLE,
    ) -> None:
        names = ("lock_version", "text", "bone", "standing")
        initial = {"bone": bone} if factor is None else {name: getattr(factor, name) for name in names}
        super().__init__(data, initial=initial, auto_id="id_factor_%s")
        self.fields["bone"].choices = list(bones)  # type: ignore[attr-defined]


class BoneForm(forms.Form):
    """What a category of a problem's diagram is called."""

    name = forms.CharField(
        max_length=60,
        required=False,
        label=gettext_lazy("Name of the category"),
        help_text=gettext_lazy("Left empty, it has its usual name."),
    )

    def __init__(self, data: Any = None, *, name: str = "") -> None:
        super().__init__(data, initial={"name": name}, auto_id="id_bone_%s")
