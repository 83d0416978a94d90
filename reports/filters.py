"""What an address may ask of the report on service levels, for pages and API alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError, FieldError
from reports import periods
from reports.choices import Verdict
from reports.periods import Period
from sla.choices import OPEN_STAGES, Stage, Target
from tickets.choices import Priority

NONE = "none"
NARROWING = ("service", "team", "priority", "target", "definition")
PARAMETERS = frozenset({"period", "from", "to", *NARROWING})
MET = Q(stage=Stage.COMPLETED, breached_at=None)
MISSED = Q(stage=Stage.COMPLETED, breached_at__isnull=False)
OVERDUE = Q(stage__in=OPEN_STAGES, breached_at__isnull=False)
VERDICTS = {Verdict.MET: MET, Verdict.MISSED: MISSED, Verdict.OVERDUE: OVERDUE}


class SLAForm(forms.Form):
    """The parameters of the report; an address may have others, which are ignored."""

    period = forms.CharField(required=False, max_length=20)
    service = forms.CharField(required=False, max_length=20, label=gettext_lazy("Service or item"))
    team = forms.SlugField(required=False, max_length=60, label=gettext_lazy("Assignment group"))
    priority = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        choices=Priority.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Priority"),
    )
    target = forms.MultipleChoiceField(
        required=False,
        choices=Target.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Target"),
    )
    definition = forms.SlugField(required=False, max_length=60, label=gettext_lazy("Promise"))
    verdict = forms.MultipleChoiceField(required=False, choices=Verdict.choices)
    after = forms.UUIDField(required=False)

    def __init__(self, data: Any, *, today: dt.date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        for name, label in (("from", gettext_lazy("First day")), ("to", gettext_lazy("Last day"))):
            self.fields[name] = forms.DateField(
                required=False, widget=day, input_formats=["%Y-%m-%d"], label=label
            )

    def offer(self, **choices: list[tuple[str, str]]) -> None:
        """Let the page choose these by name."""
        for name, offered in choices.items():
            self.fields[name].widget = forms.Select(choices=offered)

    @property
    def lines(self) -> list[forms.BoundField]:
        """The fields of one value each, as the page shows them."""
        return [self[name] for name in ("from", "to", "team", "definition")]

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields of which several values can be chosen."""
        return [self[name] for name in ("priority", "target")]

    def clean(self) -> dict[str, Any]:
        """The period: the days given, else what is named, else this month."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = clean.get("from"), clean.get("to")
        if {"from", "to"} & set(self.errors):
            return clean
        if first or last:
            clean["found"] = self._days(first, last)
        else:
            clean["found"] = periods.named(clean.get("period") or "month", self.today)
            if clean["found"] is None:
                self.add_error("period", _("There is no such period. Write 2026-03, 2026-Q1 or month."))
        return clean

    def _days(self, first: dt.date | None, last: dt.date | None) -> Period | None:
        until = last or max(self.today, first or self.today)
        found = periods.between(first or until.replace(day=1), until)
        if found is None:
            text = _("The last day must not be before the first, and three years are the most.")
            self.add_error("to", text)
        return found


@dataclass(frozen=True)
class Asked:
    """The checked parameters: whole days in the company's zone, and what narrows the clocks."""

    period: Period
    zone: str
    values: dict[str, Any]
    verdict: tuple[str, ...] = ()
    after: Any = None

    @property
    def start(self) -> dt.datetime:
        """The instant the period begins."""
        return _midnight(self.period.first, self.zone)

    @property
    def end(self) -> dt.datetime:
        """The instant the period is over."""
        return _midnight(self.period.last + dt.timedelta(days=1), self.zone)

    def tickets(self) -> Q:
        """What narrows the tickets."""
        found, values = Q(), self.values
        if "service" in values:
            found &= Q(ci=None) if values["service"] == NONE else Q(ci__number=values["service"])
        if "team" in values:
            found &= Q(group=None) if values["team"] == NONE else Q(group__key=values["team"])
        if "priority" in values:
            found &= Q(priority__in=values["priority"])
        return found

    def clocks(self) -> Q:
        """What counts of the clocks: completed in the period, or missed in it and open; none cancelled."""
        completed = Q(stage=Stage.COMPLETED, stopped_at__gte=self.start, stopped_at__lt=self.end)
        found = completed | (OVERDUE & Q(breached_at__gte=self.start, breached_at__lt=self.end))
        if "target" in self.values:
            found &= Q(definition__target__in=self.values["target"])
        if "definition" in self.values:
            found &= Q(definition__key=self.values["definition"])
        if self.verdict:
            wanted = Q()
            for verdict in self.verdict:
                wanted |= VERDICTS[Verdict(verdict)]
            found &= wanted
        return found

    def query(self, **changed: Any) -> str:
        """The address's parameters, those in ``changed`` replaced (None leaves one out), without the page."""
        period = (
            {"period": self.period.key} if self.period.key else days_of(self.period.first, self.period.last)
        )
        pairs = {**period, **self.values, "verdict": self.verdict, **changed}
        return urlencode({name: value for name, value in pairs.items() if value}, doseq=True)


def days_of(first: dt.date, last: dt.date) -> dict[str, str]:
    """A span of days as parameters."""
    return {"period": "", "from": first.isoformat(), "to": last.isoformat()}


def asked_from(data: Mapping[str, Any], *, today: dt.date, zone: str, mark: str = "") -> Asked:
    """The checked parameters of an address. Raises BadInputError that names each bad one, after ``mark``."""
    form = SLAForm(data, today=today)
    if not form.is_valid():
        raise BadInputError(errors=list(_errors(form, mark)))
    clean = form.cleaned_data
    values = {name: clean[name] for name in NARROWING if clean[name]}
    return Asked(clean["found"], zone, values, tuple(clean["verdict"]), clean["after"])


def _errors(form: forms.Form, mark: str) -> Iterable[FieldError]:
    for name, texts in form.errors.items():
        for text in texts:
            yield FieldError(f"{mark}{name}", "invalid", str(text) if mark else f"{name}: {text}")


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(zone))
