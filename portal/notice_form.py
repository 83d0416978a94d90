"""The form in which people choose how they are told (NTF-03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from notifications.choices import Channel, Quiet, Rhythm, Way
from notifications.choosing import DAYS, HOURS, Choice
from notifications.models import NotificationHours
from notifications.topics import Topic

NAMES = ("quiet", "quiet_from", "quiet_until", "quiet_days", "rhythm", "digest_hour")


@dataclass(frozen=True)
class TopicRow:
    """One kind of notice with its two drop-downs; none when it cannot be switched off."""

    topic: Topic
    inapp: BoundField | None = None
    mail: BoundField | None = None


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"


class NoticesForm(forms.Form):
    """How the reader hears of each kind of notice, when mails wait, when the digest comes."""

    quiet = forms.ChoiceField(label=_("When do mails wait?"), choices=Quiet.choices, widget=forms.RadioSelect)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=TimeInput(format="%H:%M"), input_formats=["%H:%M"]
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=TimeInput(format="%H:%M"), input_formats=["%H:%M"]
    )
    quiet_days = forms.TypedMultipleChoiceField(
        label=_("Days without mail"),
        required=False,
        coerce=int,
        choices=[(day, dates.WEEKDAYS[day]) for day in DAYS],
        widget=forms.CheckboxSelectMultiple,
    )
    rhythm = forms.ChoiceField(
        label=_("How often does the digest come?"), choices=Rhythm.choices, widget=forms.RadioSelect
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the daily digest"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in HOURS],
    )

    def __init__(self, data: Any = None, *, choices: Sequence[Choice], hours: NotificationHours) -> None:
        super().__init__(data, initial={name: getattr(hours, name) for name in NAMES})
        self.topics = [each.topic for each in choices]
        for each in choices:
            for channel, way in ((Channel.INAPP, each.inapp), (Channel.MAIL, each.mail)):
                if not each.topic.fixed:
                    options = [(code.value, code.label) for code in each.topic.ways(channel)]
                    label = Channel(channel).label
                    field = forms.ChoiceField(label=label, choices=options, initial=way)
                    self.fields[f"{each.topic.key}_{channel}"] = field

    def rows(self) -> Iterator[TopicRow]:
        """The kinds of notices in their order."""
        for topic in self.topics:
            if topic.fixed:
                yield TopicRow(topic)
            else:
                yield TopicRow(topic, self[f"{topic.key}_inapp"], self[f"{topic.key}_mail"])

    def ways(self) -> dict[tuple[str, str], str]:
        """What was chosen, by topic and channel."""
        free = [topic.key for topic in self.topics if not topic.fixed]
        return {
            (key, channel): Way(self.cleaned_data[f"{key}_{channel}"])
            for key in free
            for channel in Channel.values
        }

    def hours(self) -> dict[str, Any]:
        """What was said of quiet hours and digest."""
        return {name: self.cleaned_data[name] for name in NAMES}
