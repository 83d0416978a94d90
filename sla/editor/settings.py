"""The settings of a definition: the one table of what people may set.

The form, its sections, and the comparison of versions follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sla.choices import (
    CalendarSource,
    CancelMode,
    OnRetarget,
    Relative,
    ResumeMode,
    Target,
    Type,
    ZoneSource,
)
from sla.editor.fields import LengthField, PercentagesField, StepsField
from tickets.editing.fields import ConditionField


@dataclass(frozen=True)
class Setting:
    """One column of a definition: the part of the form it is in, and how it is typed."""

    name: str
    section: str
    field: forms.Field

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.field.label)


def _choice(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text)


def _when(label: Any, help_text: Any, *, required: bool = False) -> ConditionField:
    absent = {"required": gettext_lazy("Say when the clock starts.")}
    return ConditionField(label=label, help_text=help_text, required=required, error_messages=absent)


ABOUT, TARGET, LATE, CONDITIONS, CHANGES = "about", "target", "late", "conditions", "changes"
SECTIONS: dict[str, str | Promise] = {
    ABOUT: gettext_lazy("What it is about"),
    TARGET: gettext_lazy("What it promises"),
    LATE: gettext_lazy("When time runs out"),
    CONDITIONS: gettext_lazy("When the clock runs"),
    CHANGES: gettext_lazy("When things change"),
}
# One row for each column that people may set, as the page has them; ``sla.rules.CHECKS`` has the same names.
SETTINGS: tuple[Setting, ...] = (
    Setting("name_ko", ABOUT, forms.CharField(label=gettext_lazy("Korean name"), max_length=120)),
    Setting(
        "name_en", ABOUT, forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    ),
    Setting("kind", ABOUT, _choice(gettext_lazy("Kind of ticket"), ())),
    Setting("type", ABOUT, _choice(gettext_lazy("With whom"), Type.choices)),
    Setting(
        "track",
        ABOUT,
        forms.CharField(
            label=gettext_lazy("Track"),
            max_length=60,
            required=False,
            help_text=gettext_lazy(
                "Definitions of one track are one promise with several targets, such as one per priority."
            ),
        ),
    ),
    Setting(
        "order",
        ABOUT,
        forms.IntegerField(
            label=gettext_lazy("Place in the track"),
            initial=100,
            help_text=gettext_lazy("Where two of a track fit, the lower number wins."),
        ),
    ),
    Setting("target", TARGET, _choice(gettext_lazy("What is promised"), Target.choices)),
    Setting(
        "relative",
        TARGET,
        forms.ChoiceField(label=gettext_lazy("Due"), choices=Relative.choices, required=False),
    ),
    Setting(
        "target_s",
        TARGET,
        LengthField(
            label=gettext_lazy("Within"),
            max_length=40,
            required=False,
            help_text=gettext_lazy("Open time, such as 4h, 1h 30m or 45m. A day of nine open hours is 9h."),
        ),
    ),
    Setting(
        "due_field",
        TARGET,
        forms.ChoiceField(
            label=gettext_lazy("Date of the ticket"),
            required=False,
            help_text=gettext_lazy("Only where the promise is due at a date of the ticket."),
        ),
    ),
    Setting(
        "relative_at",
        TARGET,
        forms.TimeField(
            label=gettext_lazy("Time of the day"),
            required=False,
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            help_text=gettext_lazy("Only where the promise is due on the next business day, at a time."),
        ),
    ),
    Setting("calendar_source", TARGET, _choice(gettext_lazy("Whose hours count"), CalendarSource.choices)),
    Setting(
        "calendar",
        TARGET,
        forms.ChoiceField(
            label=gettext_lazy("Calendar"),
            required=False,
            help_text=gettext_lazy(
                "Where a group, a place or an item has no calendar of its own, it counts as well."
            ),
        ),
    ),
    Setting("tz_source", TARGET, _choice(gettext_lazy("In whose time zone"), ZoneSource.choices)),
    Setting(
        "thresholds",
        TARGET,
        PercentagesField(
            label=gettext_lazy("Warn at"),
            max_length=120,
            required=False,
            initial="50, 75",
            help_text=gettext_lazy("Percent of the target, such as 50, 75."),
        ),
    ),
    Setting(
        "overdue_repeat_s",
        LATE,
        LengthField(
            label=gettext_lazy("Remind after the breach every"),
            max_length=40,
            required=False,
            help_text=gettext_lazy("Open time, such as 1h. Empty: nobody is reminded."),
        ),
    ),
    Setting(
        "escalations",
        LATE,
        StepsField(
            label=gettext_lazy("What the marks set going"),
            required=False,
            help_text=gettext_lazy(
                "What is done beside the usual notices. Marks are the percentages above, the breach, and "
                "each reminder after it."
            ),
        ),
    ),
    Setting(
        "start_cond",
        CONDITIONS,
        _when(
            gettext_lazy("Starts when"),
            gettext_lazy("A clock starts on a ticket for which this holds."),
            required=True,
        ),
    ),
    Setting(
        "retro_start_field",
        CONDITIONS,
        forms.ChoiceField(
            label=gettext_lazy("Counts from"),
            required=False,
            help_text=gettext_lazy("A clock that starts later counts from that instant on."),
        ),
    ),
    Setting(
        "retro_pause",
        CONDITIONS,
        forms.BooleanField(
            label=gettext_lazy("Leave out the waiting before the clock started"),
            required=False,
            help_text=gettext_lazy("Only where it counts from an earlier instant."),
        ),
    ),
    Setting("stop_cond", CONDITIONS, _when(gettext_lazy("Ends when"), gettext_lazy("The promise is kept."))),
    Setting(
        "pause_cond",
        CONDITIONS,
        _when(gettext_lazy("Pauses when"), gettext_lazy("No time passes and nothing is missed meanwhile.")),
    ),
    Setting("resume_mode", CONDITIONS, _choice(gettext_lazy("A pause ends when"), ResumeMode.choices)),
    Setting(
        "resume_cond",
        CONDITIONS,
        _when(
            gettext_lazy("Goes on when"),
            gettext_lazy("Only where a pause ends by a condition of its own."),
        ),
    ),
    Setting(
        "cancel_mode", CONDITIONS, _choice(gettext_lazy("A clock is cancelled when"), CancelMode.choices)
    ),
    Setting(
        "cancel_cond",
        CONDITIONS,
        _when(
            gettext_lazy("Is cancelled when"),
            gettext_lazy("Only where a condition of its own cancels the clock."),
        ),
    ),
    Setting(
        "reset_cond",
        CHANGES,
        _when(gettext_lazy("Starts anew when"), gettext_lazy("The clock ends, and another one begins.")),
    ),
    Setting(
        "on_retarget",
        CHANGES,
        _choice(gettext_lazy("When another definition of the track fits"), OnRetarget.choices),
    ),
)
