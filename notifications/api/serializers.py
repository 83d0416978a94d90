"""Notices and preferences: what is shown and what is taken."""

from __future__ import annotations

from rest_framework import serializers

from core.api.fields import Body, Flag, Moment, Out


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
