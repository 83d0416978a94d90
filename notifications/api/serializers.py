"""Notices and preferences: what is shown and what is taken."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.fields import PersonRef, ref
from core.api.fields import Body, Flag, Moment, Out, TimeOfDay, Whole
from notifications.choices import PageEnd, Quiet, Rhythm, Way
from notifications.topics import TOPICS


class NotificationOut(Out):
    """One notice in the reader's words; subject and body are null once its subject is out of sight."""

    id = serializers.UUIDField(source="public_id")
    template = serializers.CharField()
    subject = serializers.CharField(source="words.subject", allow_null=True, default=None)
    body = serializers.CharField(source="words.body", allow_null=True, default=None)
    url = serializers.CharField()
    created_at = Moment()
    read_at = Moment(allow_null=True)


class CountOut(Out):
    """How many notices changed."""

    read = serializers.IntegerField()


class TopicOut(Out):
    """How the caller hears of one kind of notice; ``reason`` says why a ``fixed`` one is always at once."""

    topic = serializers.CharField(source="topic.key")
    name = serializers.CharField(source="topic.label")
    inapp = serializers.ChoiceField(choices=Way.choices)
    mail = serializers.ChoiceField(choices=Way.choices)
    fixed = serializers.BooleanField(source="topic.is_fixed")
    reason = serializers.CharField(source="topic.fixed")


class NoticePreferencesOut(Out):
    """How the caller is told: by topic and channel, when mails wait, when the digest comes.

    ``inapp`` and ``mail`` say whether anything that can be switched off comes by that channel. Days are
    numbers, 0 is Monday; times are in the caller's time zone.
    """

    inapp = serializers.BooleanField()
    mail = serializers.BooleanField()
    topics = TopicOut(many=True)
    quiet = serializers.ChoiceField(choices=Quiet.choices, source="hours.quiet")
    quiet_from = TimeOfDay(source="hours.quiet_from", allow_null=True)
    quiet_until = TimeOfDay(source="hours.quiet_until", allow_null=True)
    quiet_days = serializers.ListField(child=serializers.IntegerField(), source="hours.quiet_days")
    rhythm = serializers.ChoiceField(choices=Rhythm.choices, source="hours.rhythm")
    digest_hour = serializers.IntegerField(source="hours.digest_hour")


class TopicIn(Body):
    """How to be told of one kind of notice from now on; a channel that is not named stays."""

    topic = serializers.ChoiceField(choices=[(topic.key, topic.key) for topic in TOPICS])
    inapp = serializers.ChoiceField(choices=Way.choices, required=False)
    mail = serializers.ChoiceField(choices=Way.choices, required=False)


class NoticePreferencesIn(Body):
    """What to change. ``inapp`` and ``mail`` turn a channel on or off for all that can be switched off."""

    inapp = Flag(required=False)
    mail = Flag(required=False)
    topics = TopicIn(many=True, required=False, max_length=len(TOPICS))  # type: ignore[call-arg] # of the list
    quiet = serializers.ChoiceField(choices=Quiet.choices, required=False)
    quiet_from = TimeOfDay(required=False, allow_null=True)
    quiet_until = TimeOfDay(required=False, allow_null=True)
    quiet_days = serializers.ListField(child=Whole(low=0, high=6), required=False, max_length=7)
    rhythm = serializers.ChoiceField(choices=Rhythm.choices, required=False)
    digest_hour = Whole(low=0, high=23, required=False)


class PageCallOut(Out):
    """Somebody who was called by a page; ``level`` 1 first."""

    level = serializers.IntegerField()
    person = PersonRef(source="user")
    at = Moment()


class PageOut(Out):
    """A page to who is on call: who was called when, and how it ended; ``next_at`` while nobody answers."""

    id = serializers.UUIDField(source="public_id")
    rota = serializers.CharField(source="rota.key")
    percent = serializers.IntegerField()
    created_at = Moment()
    next_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    end = serializers.ChoiceField(choices=PageEnd.choices, allow_blank=True)
    acknowledged_by = ref(PersonRef)
    calls = PageCallOut(many=True)
