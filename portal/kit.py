"""The story page of our components, in development only (SECURITY BR-3): every state of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.components import BUTTON_VARIANTS, SLA_ICONS, TONES, ApprovalCard, Entry, FieldChange, FileLink


@dataclass(frozen=True)
class Person:
    """Someone to show."""

    username: str
    display_name: str
    initials: str
    department: str = "Sales operations"


@dataclass(frozen=True)
class Clock:
    """A promise to show."""

    state: str
    left_seconds: int
    pause_reason: str = ""


@dataclass(frozen=True)
class Stage:
    """A step to show."""

    label: str
    state: str
    detail: str = ""
    since: dt.datetime | None = None
    icon: str = ""


class StoryForm(forms.Form):
    """One field of each layout."""

    title = forms.CharField(label="Title", max_length=20, help_text="In one line.")
    reason = forms.CharField(label="Reason", widget=forms.Textarea, required=False)
    model = forms.ChoiceField(
        label="Model", widget=forms.RadioSelect, choices=[("13", "13 inch"), ("16", "16 inch")]
    )
    size = forms.ChoiceField(label="Keyboard", choices=[("ko", "Korean"), ("en", "English")])
    bag = forms.BooleanField(label="With a bag", required=False)
    needed = forms.DateField(label="Needed by", widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(label="Offer", required=False)


def _stories() -> dict[str, Any]:
    now = timezone.now()
    jimin, seojin = Person("jimin", "김지민", "지민"), Person("seojin", "Seojin Park", "SP")
    wrong = StoryForm({"title": "far too long for this small field", "bag": "on"})
    return {
        "tones": TONES,
        "variants": BUTTON_VARIANTS,
        "clocks": [Clock(state, -372 if state == "breached" else 4938) for state in SLA_ICONS],
        "people": [jimin, seojin, None],
        "priorities": [1, 2, 3, 4, 5],
        "form": StoryForm(),
        "wrong": wrong,
        "stages": [
            Stage("Requested", "done", since=now - dt.timedelta(days=3)),
            Stage("Approved", "done", "Seoyeon Lee"),
            Stage("Purchasing", "now", "Waiting for the supplier", icon="truck"),
            Stage("Set-up", "todo", "IT support"),
            Stage("Pick-up", "todo"),
        ],
        "stopped": [Stage("Requested", "done"), Stage("Approval", "failed", "Declined by Seoyeon Lee")],
        "moments": [now - dt.timedelta(minutes=12), now - dt.timedelta(days=2), now + dt.timedelta(hours=3)],
        "entries": [
            Entry(
                "in",
                now,
                jimin,
                "Checkout freezes after pressing Pay.",
                badge="Requester",
                files=[FileLink("screen.png", "#", 48_213)],
            ),
            Entry("system", now, None, text="Payment triage", changes=[FieldChange("Priority", "3", "1")]),
            Entry(
                "out",
                now,
                seojin,
                "The database is out of connections.",
                badge="Sent",
                badge_tone="accent",
                badge_icon="send",
            ),
            Entry(
                "note",
                now,
                seojin,
                "Pool size went 200 → 50 yesterday.",
                badge="Internal",
                badge_tone="warn",
                badge_icon="lock",
            ),
        ],
        "card": ApprovalCard(
            "0",
            "Design software, 1 year",
            seojin,
            "#",
            "#",
            cost="₩ 684,000",
            reason="For the new campaign.",
            due_at=now + dt.timedelta(hours=5),
        ),
        "tabs": [
            {"label": "Waiting", "url": "#", "current": True, "count": 2},
            {"label": "Decided", "url": "#"},
        ],
    }


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "portal/kit.html", _stories())
