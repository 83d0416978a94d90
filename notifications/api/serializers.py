"""Notices and preferences: what is shown and what is taken."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.fields import PersonRef, ref
from core.api.fields import Body, Flag, Moment, Out
from notifications.choices import PageEnd


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


class ChannelsOut(Out):
    """Whether each channel is on."""

    inapp = serializers.BooleanField()
    mail = serializers.BooleanField()


class ChannelsIn(Body):
    """Channels to turn on or off."""

    inapp = Flag(required=False)
    mail = Flag(required=False)


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
