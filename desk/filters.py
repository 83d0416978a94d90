"""What an address may ask of a list: queue, order and filters, checked before they reach a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

import django_filters as df
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Audience
from accounts.models import User
from accounts.selectors import groups_for
from core import formats
from core.errors import BadInputError, FieldError
from core.time import instant
from desk import columns, paging, queues
from desk.choices import Density
from desk.fields import NONE, Suggesting
from desk.models import SavedView
from incidents.choices import Category
from problems.trend_selectors import explained
from sla import risk
from sla.selectors import at_risk
from tickets import kinds
from tickets.choices import Priority
from tickets.finding import search

ME, NOBODY = "me", "none"
NARROWING = (
    *("priority", "state", "sla", "group", "assignee", "requester", "q"),
    *("category", "ci", "department", "opened_from", "opened_before", "problem"),
)
SLA: dict[str, str | Promise] = {
    "missed": gettext_lazy("Missed"),
    "at_risk": gettext_lazy("At risk"),
    "due_soon": gettext_lazy("Due within 24 hours"),
    "paused": gettext_lazy("Paused"),
    "none": gettext_lazy("No clock"),
}


# What an address holds that says all of its list; none of it, and a saved view says it.
_WHOLE = ("view", "sort", "columns", "density", *NARROWING)


class ViewFilterSet(df.FilterSet):
    """Saved views by their list and by who sees them."""

    list = df.CharFilter(field_name="path", max_length=20)
    audience = df.MultipleChoiceFilter(choices=Audience.choices)

    class Meta:
        model = SavedView
        fields: list[str] = []


class ListForm(forms.Form):
    """The parameters of a list's address; others are ignored."""

    view = forms.CharField(required=False, max_length=20)
    sort = forms.ChoiceField(
        required=False, choices=list(paging.ORDER_LABELS.items()), label=gettext_lazy("Order")
    )
    priority = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        choices=Priority.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Priority"),
    )
    state = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("State")
    )
    sla = forms.MultipleChoiceField(
        required=False,
        choices=list(SLA.items()),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("SLA"),
    )
    group = forms.SlugField(required=False, max_length=60, label=gettext_lazy("Group"))
    assignee = forms.CharField(
        required=False,
        max_length=60,
        label=gettext_lazy("Assignee"),
        widget=Suggesting("people"),
    )
    requester = forms.CharField(
        required=False, max_length=60, label=gettext_lazy("Requester"), widget=Suggesting("people")
    )
    q = forms.CharField(required=False, max_length=100, label=gettext_lazy("Words in number or title"))
    category = forms.CharField(required=False, max_length=60)
    ci = forms.CharField(required=False, max_length=20)
    department = forms.SlugField(required=False, max_length=60)
    opened_from = forms.CharField(required=False, max_length=40)
    opened_before = forms.CharField(required=False, max_length=40)
    problem = forms.ChoiceField(required=False, choices=[(NOBODY, NOBODY)])
    columns = forms.MultipleChoiceField(
        required=False,
        choices=list(columns.LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Columns"),
    )
    density = forms.ChoiceField(required=False, choices=Density.choices, label=gettext_lazy("Rows"))
    saved = forms.UUIDField(required=False)
    after = forms.CharField(required=False, max_length=400)

    def __init__(self, data: QueryDict | None, *, path: str) -> None:
        super().__init__(data)
        self.path = path
        self.fields["state"].choices = state_choices(path)  # type: ignore[attr-defined]

    @property
    def lines(self) -> list[forms.BoundField]:
        """The fields of one line each, as the dialog shows them."""
        return [self[name] for name in ("q", "sort", "density", "assignee", "requester", "group")]

    @property
    def kept(self) -> list[forms.BoundField]:
        """The filters in force that the dialog does not offer, and hands on."""
        names = ("category", "ci", "department", "opened_from", "opened_before", "problem")
        return [self[name] for name in names if self.initial.get(name)]

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields of which several values can be chosen."""
        return [self[name] for name in ("priority", "state", "sla", "columns")]

    def offer_groups(self, actor: User) -> None:
        """Let the dialog show the groups by name."""
        choices = [NONE, *((group.key, group.name) for group in groups_for(actor))]
        self.fields["group"].widget = forms.Select(choices=choices)
        self.fields["assignee"].widget.attrs["placeholder"] = _("me, none or a user name")

    def clean_opened_from(self) -> str:
        """The instant, as an address holds it."""
        return self._instant("opened_from")

    def clean_opened_before(self) -> str:
        """The instant, as an address holds it."""
        return self._instant("opened_before")

    def _instant(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        try:
            return instant(text).isoformat() if text else ""
        except ValueError as error:
            told = _("Give a date and time with its offset, such as 2026-05-04T09:00:00+09:00.")
            raise forms.ValidationError(told) from error

    def clean_view(self) -> str:
        """A queue there is."""
        key: str = self.cleaned_data["view"]
        if queues.queue_at(self.path, key) is None:
            raise forms.ValidationError(_("There is no view “%(name)s”.") % {"name": key})
        return key


def state_choices(path: str) -> list[tuple[str, Any]]:
    """The states of the kinds that a list shows, each once."""
    shown = queues.kinds_at(path)
    specs = [spec for spec in kinds.all_kinds() if not queues.PATHS[path] or spec.key in shown]
    return list({code: label for spec in specs for code, label in spec.state_labels.items()}.items())


@dataclass(frozen=True)
class Chip:
    """One filter in force, in words, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Filters:
    """The checked parameters of one list. ``saved`` is the id of the view they come from, if any.

    ``is_bare``: the address holds that id and nothing else.
    """

    path: str
    queue: queues.Queue
    sort: str
    values: dict[str, Any]
    after: str
    columns: tuple[str, ...] = columns.DEFAULT
    density: str = Density.COMFORTABLE
    saved: str = ""
    is_bare: bool = False

    def condition(self, actor: User, *, counted: bool = False) -> Q:
        """The filter for tickets, queue included, page not; when ``counted`` it asks the database nothing."""
        found = queues.narrowed(self.path) & self.queue.condition(actor)
        for name, make in (_CONDITIONS | (_COUNTED if counted else {})).items():
            value = self.values.get(name)
            if value:
                found &= make(actor, value)
        return found

    def query(self, **changed: Any) -> str:
        """The address's parameters, those in ``changed`` replaced (None leaves one out), without the page."""
        sort = self.sort if self.sort != self.queue.sort else ""
        pairs: dict[str, Any] = {"view": self.queue.key, "sort": sort}
        pairs |= self.values
        if self.columns != columns.DEFAULT:
            pairs["columns"] = self.columns
        if self.density != Density.COMFORTABLE:
            pairs["density"] = self.density
        pairs["saved"] = self.saved
        pairs |= changed
        return encoded(pairs)

    def chips(self, url: str, names: dict[str, str]) -> list[Chip]:
        """The filters in force; ``names`` has the words for group and person keys that the page knows."""
        chips = []
        for name in NARROWING:
            value = self.values.get(name)
            if value:
                chips.append(
                    Chip(_chip_label(self.path, name, value, names), f"{url}?{self.query(**{name: None})}")
                )
        return chips


def encoded(pairs: Mapping[str, Any]) -> str:
    """The parameters of an address; those without a value are left out."""
    return urlencode({name: value for name, value in pairs.items() if value}, doseq=True)


def whole(queue: queues.Queue) -> Filters:
    """The list of a queue as it is opened from the rail, nothing left out."""
    return Filters(queue.path, queue, queue.sort, {}, "")


@lru_cache(maxsize=4096)
def filters_kept(path: str, query: str) -> Filters:
    """The checked parameters of an address that is asked again and again. Raises as ``filters_from``."""
    return filters_from(QueryDict(query), path=path)


def filters_from(data: QueryDict, *, path: str) -> Filters:
    """The checked parameters of an address. Raises BadInputError that names each bad one."""
    form = ListForm(data, path=path)
    if not form.is_valid():
        errors = [
            FieldError(name, "invalid", f"{name}: {text}")
            for name, texts in form.errors.items()
            for text in texts
        ]
        raise BadInputError(errors=errors)
    clean = form.cleaned_data
    queue = queues.queue_at(path, clean["view"])
    assert queue is not None  # noqa: S101 - clean_view has checked it
    values = {name: clean[name] for name in NARROWING if clean[name]}
    return Filters(
        path,
        queue,
        clean["sort"] or queue.sort,
        values,
        clean["after"],
        columns=tuple(clean["columns"]) or columns.DEFAULT,
        density=clean["density"] or Density.COMFORTABLE,
        saved=str(clean["saved"] or ""),
        is_bare=bool(clean["saved"]) and not any(clean[name] for name in _WHOLE),
    )


def _people(column: str, actor: User, value: str) -> Q:
    if value == ME:
        return Q(**{column: actor})
    if value == NOBODY:
        return Q(**{column: None})
    return Q(**{f"{column}__username__iexact": value})


def _any_of(*conditions: Q) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


_SLA: dict[str, Callable[[], Q]] = {
    "missed": risk.missed,
    "at_risk": at_risk,
    "due_soon": risk.due_soon,
    "paused": risk.waiting,
    "none": risk.without_clock,
}
_CONDITIONS: dict[str, Any] = {
    "priority": lambda actor, value: Q(priority__in=value),
    "state": lambda actor, value: Q(state__in=value),
    "sla": lambda actor, value: _any_of(*(_SLA[each]() for each in value)),
    "group": lambda actor, value: Q(group__key=value, group__company=actor.company_id),
    "assignee": lambda actor, value: _people("assignee", actor, value),
    "requester": lambda actor, value: _people("requester", actor, value),
    "q": search,
    "category": lambda actor, value: Q(category=value),
    "ci": lambda actor, value: Q(ci__number=value),
    "department": lambda actor, value: Q(
        requester__department__key=value, requester__department__company=actor.company_id
    ),
    "opened_from": lambda actor, value: Q(opened_at__gte=instant(value)),
    "opened_before": lambda actor, value: Q(opened_at__lt=instant(value)),
    "problem": lambda actor, value: ~Q(explained()),
}
_COUNTED: dict[str, Any] = {"q": partial(search, at_once=False)}


def _chip_label(path: str, name: str, value: Any, names: dict[str, str]) -> str:
    if name == "priority":
        return ", ".join(f"P{level}" for level in value)
    if name == "state":
        labels = dict(state_choices(path))
        return ", ".join(str(labels[code]) for code in value)
    if name == "sla":
        return f"{_('SLA')}: {', '.join(str(SLA[each]) for each in value)}"
    if name == "q":
        return f"“{value}”"
    if name == "problem":
        return _("No problem explains it")
    words: dict[str, Any] = {ME: _("me"), NOBODY: _("nobody")} | dict(Category.choices) | names
    if name.startswith("opened_"):
        words[value] = formats.exact(instant(value))
    return f"{_TITLES[name]}: {words.get(value, value)}"


_TITLES: dict[str, str | Promise] = {
    "group": gettext_lazy("Group"),
    "assignee": gettext_lazy("Assignee"),
    "requester": gettext_lazy("Requester"),
    "category": gettext_lazy("Category"),
    "ci": gettext_lazy("Service or item"),
    "department": gettext_lazy("Department of the caller"),
    "opened_from": gettext_lazy("Opened from"),
    "opened_before": gettext_lazy("Opened before"),
}


def group_words(groups: Iterable[Any]) -> dict[str, str]:
    """Names of groups by key."""
    return {group.key: group.name for group in groups if group is not None}
