"""What employees type into: whether it is well formed. What is allowed is decided by the services."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.choices import Grant, Language, Theme
from accounts.models import User
from accounts.policies import has_grant, is_agent
from accounts.selectors import person_named
from approvals.choices import Scope
from catalog.models import CatalogItemVersion
from catalog.policies import may_order_for
from cmdb.models import CI
from incidents.choices import Category
from portal.selectors.home import reports_of
from tickets.choices import Level

MAX_TEXT = 20_000
TITLE = 160


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files, each checked by ``core.attachments`` when it is taken in."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploaded files as a list."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in given]


def _text_area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": MAX_TEXT, **attrs})


class ReportForm(forms.Form):
    """Report a problem: what happened first, then few questions in an employee's words."""

    text = forms.CharField(
        label=_("What happened?"),
        max_length=MAX_TEXT,
        widget=_text_area(6),
        help_text=_("In your own words. What did you do, what did you expect, what do you see?"),
    )
    category = forms.ChoiceField(
        label=_("What is it about?"), choices=Category.choices, initial=Category.OTHER
    )
    impact = forms.TypedChoiceField(
        label=_("Who has the problem?"),
        coerce=int,
        choices=[(Level.LOW, _("Only me")), (Level.MEDIUM, _("My team")), (Level.HIGH, _("Many people"))],
        initial=Level.LOW,
        widget=forms.RadioSelect,
    )
    urgency = forms.TypedChoiceField(
        label=_("Can you go on working?"),
        coerce=int,
        choices=[
            (Level.LOW, _("Yes, it can wait")),
            (Level.MEDIUM, _("With difficulty")),
            (Level.HIGH, _("No, I am stuck")),
        ],
        initial=Level.LOW,
        widget=forms.RadioSelect,
    )
    ci = forms.ModelChoiceField(
        label=_("Which device?"), queryset=CI.objects.none(), required=False, to_field_name="number",
        empty_label=_("None of these"),
    )  # fmt: skip
    attachments = FilesField(
        label=_("Pictures or files"), required=False, help_text=_("A screenshot often says more than words.")
    )

    def __init__(self, *args: Any, devices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["ci"]
        assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - declared above
        chosen.queryset = devices
        if not devices:
            del self.fields["ci"]

    def title(self) -> str:
        """The first line, as far as a title holds."""
        first = self.cleaned_data["text"].strip().splitlines()[0].strip()
        return first if len(first) <= TITLE else first[: TITLE - 1].rstrip() + "…"


class ReplyForm(forms.Form):
    """A word to the people who work on it, with or without files."""

    body = forms.CharField(label=_("Message"), required=False, max_length=MAX_TEXT, widget=_text_area(3))
    attachments = FilesField(label=_("Files"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse to send nothing."""
        data = super().clean() or {}
        if not data.get("body") and not data.get("attachments") and not self.errors:
            self.add_error("body", _("Write something first."))
        return data


def _zones() -> list[tuple[str, str]]:
    named = (zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [(zone, zone.replace("_", " ")) for zone in ("UTC", *sorted(named))]


class LongSelect(forms.Select):
    """A drop-down of hundreds of choices, written in one go: Django's own takes a template per choice."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The ``<select>``."""
        final = self.build_attrs(self.attrs, (attrs or {}) | {"name": name})
        rows = ((code, " selected" if code == value else "", label) for code, label in self.choices)
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        return format_html("<select{}>{}</select>", flatatt(final), options)


class ProfileForm(forms.Form):
    """What people may say about themselves."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme.choices, widget=forms.RadioSelect)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, widget=LongSelect)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    single_keys = forms.BooleanField(label=_("Single-letter shortcuts in the workspace"), required=False)


class DayInput(forms.DateInput):
    """The browser's own day picker, which wants ISO dates."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DelegationForm(forms.Form):
    """Who stands in, in what, and on which days; the last day counts too."""

    delegate = forms.CharField(label=_("Who stands in for you?"), max_length=60)
    start = forms.DateField(label=_("First day"), widget=DayInput)
    end = forms.DateField(label=_("Last day"), widget=DayInput)

    scopes = forms.MultipleChoiceField(
        label=_("What do they do for you?"), widget=forms.CheckboxSelectMultiple, choices=Scope.choices
    )

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data)
        offered = [
            (Scope.APPROVALS, _("Decide approvals that are asked of me")),
            (Scope.ASSIGNMENTS, _("Take tickets that would be assigned to me")),
            (Scope.NOTIFICATIONS, _("Get my notices too, as far as they may see the ticket")),
        ]
        if not is_agent(actor):
            del offered[1]  # nobody assigns tickets to them
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101 - declared above
        scopes.choices = offered
        scopes.initial = [scope for scope, _label in offered]

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The last day lies before the first."))
        return data


class OrderForm(forms.Form):
    """What an order says beside the answers: which edition of the form, how many, for whom."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(label=_("How many?"), min_value=1, initial=1)
    requested_for = forms.CharField(label=_("For whom?"), required=False, max_length=60)

    def __init__(self, *args: Any, actor: User, version: CatalogItemVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.item_version = actor, version
        self.fields["version"].initial = version.no
        most = version.max_quantity
        self.fields["quantity"] = forms.IntegerField(
            label=_("How many?"), min_value=1, max_value=most, initial=1, required=False
        )
        self._offer_people()

    def _offer_people(self) -> None:
        reports = list(reports_of(self.actor))
        if has_grant(self.actor, Grant.REQUEST_WRITE):
            self.fields["requested_for"].help_text = _("Leave empty when it is for you.")
        elif reports:
            people = [("", _("For me")), *((each.username, each.display_name) for each in reports)]
            self.fields["requested_for"] = forms.ChoiceField(
                label=_("For whom?"), choices=people, required=False
            )
        else:
            self.fields["requested_for"].widget = forms.HiddenInput()

    @property
    def names_anybody(self) -> bool:
        """Whether the person it is for is typed, not chosen."""
        return has_grant(self.actor, Grant.REQUEST_WRITE)

    def clean_quantity(self) -> int:
        """One when nothing was said."""
        return self.cleaned_data.get("quantity") or 1

    def clean_requested_for(self) -> User:
        """The person; the orderer when nobody was named."""
        name = self.cleaned_data.get("requested_for", "").strip()
        if not name or name.lower() == self.actor.username.lower():
            return self.actor
        person = person_named(self.actor, name)
        if person is None or not may_order_for(self.actor, person):
            text = _("There is no such person you may order for.")
            raise forms.ValidationError(text, code="does_not_exist")
        return person
