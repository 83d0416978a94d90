"""People, groups, places, roles and tokens: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.fields import DepartmentField, LocationField, NamedRef, PersonField, PersonRef, ref
from accounts.choices import Language, Theme, TokenKind
from accounts.models import Role, Session
from accounts.sessions.devices import words
from accounts.tokens import DEFAULT_DAYS, DEFAULT_OVERLAP_HOURS, MAX_DAYS, MAX_OVERLAP_HOURS
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Whole


class PersonOut(Out):
    """A person as colleagues see them; ``agent_fields`` also show to the person themself."""

    # Roles are told by MeOut alone; agents find people by them.
    agent_fields = frozenset(
        {"phone", "manager", "grade", "cost_center", "is_vip", "is_service", "is_active", "roles"}
    )

    username = serializers.CharField()
    name = serializers.CharField(source="display_name")
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    email = serializers.CharField()
    department = ref(NamedRef)
    location = ref(NamedRef)
    phone = serializers.CharField()
    manager = ref(PersonRef)
    grade = serializers.CharField()
    cost_center = serializers.CharField()
    is_vip = serializers.BooleanField()
    is_service = serializers.BooleanField()
    is_active = serializers.BooleanField()


class MeOut(Out):
    """The caller: also preferences, groups, roles and grants."""

    username = serializers.CharField()
    name = serializers.CharField(source="display_name")
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    email = serializers.CharField()
    department = ref(NamedRef)
    location = ref(NamedRef)
    manager = ref(PersonRef)
    phone = serializers.CharField()
    grade = serializers.CharField()
    cost_center = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    time_zone = serializers.CharField()
    theme = serializers.ChoiceField(choices=Theme.choices)
    single_keys = serializers.BooleanField()
    groups = NamedRef(many=True, source="member_of")
    roles = NamedRef(many=True)
    grants = serializers.SerializerMethodField()

    def get_grants(self, person: Any) -> list[str]:
        """What the caller's roles give."""
        grants: list[str] = self.context.get("grants", [])
        return grants


class PreferencesIn(Body):
    """What people change about themselves."""

    language = serializers.ChoiceField(choices=Language.choices, required=False)
    time_zone = Line(max_length=60, required=False)
    theme = serializers.ChoiceField(choices=Theme.choices, required=False)
    single_keys = Flag(required=False)
    phone = Line(max_length=40, required=False)


class PersonIn(PreferencesIn):
    """What administrators change about people."""

    name_ko = Line(max_length=80, allow_blank=False, required=False)
    name_en = Line(max_length=80, required=False)
    grade = Line(max_length=40, required=False)
    cost_center = Line(max_length=40, required=False)
    department = DepartmentField(required=False, allow_null=True)
    location = LocationField(required=False, allow_null=True)
    manager = PersonField(required=False, allow_null=True)
    is_vip = Flag(required=False)


class GroupOut(Out):
    """A group."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    manager = ref(PersonRef)
    email = serializers.CharField()
    is_restricted = serializers.BooleanField()


class MembershipOut(Out):
    """A person in a group."""

    id = serializers.UUIDField(source="public_id")
    group = NamedRef()
    user = PersonRef()
    is_manager = serializers.BooleanField()


class DepartmentOut(Out):
    """A node of the organisation tree."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    parent = ref(NamedRef)
    head = ref(PersonRef)


class LocationOut(Out):
    """A place."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    parent = ref(NamedRef)
    time_zone = serializers.CharField()
    address = serializers.CharField()


class RoleOut(Out):
    """A role and what it grants."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    grants = serializers.ListField(child=serializers.CharField())
    needs_second_factor = serializers.BooleanField()
    is_shared = serializers.SerializerMethodField()

    def get_is_shared(self, row: Role) -> bool:
        """Whether all companies share it; others are of the caller's company."""
        return row.company_id is None


class RoleChangeIn(Body):
    """What may be changed of a role; ``grants`` are all it gives from now on."""

    name_ko = Line(max_length=120, allow_blank=False, required=False)
    name_en = Line(max_length=120, required=False)
    grants = serializers.ListField(child=Line(max_length=40), max_length=100, required=False)
    needs_second_factor = Flag(required=False)


class RoleIn(RoleChangeIn):
    """A new role of the company."""

    key = Line(max_length=50, allow_blank=False)
    name_ko = Line(max_length=120, allow_blank=False)


class HolderIn(Body):
    """Who is to hold a role."""

    user = PersonField()


class TokenOut(Out):
    """A token without its secret."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=TokenKind.choices)
    kind_label = Label("kind")
    owner = PersonRef()
    public_part = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    networks = serializers.ListField(child=serializers.CharField())
    created_at = Moment()
    expires_at = Moment()
    former_until = Moment(allow_null=True)
    last_used_at = Moment(allow_null=True)
    revoked_at = Moment(allow_null=True)


class TokenMadeOut(TokenOut):
    """A new token; ``token`` is its secret, told this once and null in a repeat by Idempotency-Key."""

    token = serializers.CharField(allow_null=True)


class TokenIn(Body):
    """A token to make: for oneself, or for a service account one administers."""

    name = Line(max_length=80, allow_blank=False)
    days = Whole(low=1, high=MAX_DAYS, default=DEFAULT_DAYS)
    scopes = serializers.ListField(child=Line(max_length=40, allow_blank=False), max_length=50, default=list)
    networks = serializers.ListField(
        child=Line(max_length=60, allow_blank=False), max_length=20, default=list
    )
    owner = PersonField(required=False)


class TokenRotateIn(Body):
    """How long the token lives from now, and how long the former secret serves beside the new one."""

    days = Whole(low=1, high=MAX_DAYS, default=DEFAULT_DAYS)
    overlap_hours = Whole(low=0, high=MAX_OVERLAP_HOURS, default=DEFAULT_OVERLAP_HOURS)


class SessionOut(Out):
    """A browser somebody is signed in with."""

    id = serializers.UUIDField(source="public_id")
    user = PersonRef()
    device = serializers.SerializerMethodField()
    address = serializers.CharField(allow_null=True)
    signed_in_at = Moment()
    last_active_at = Moment()

    def get_device(self, row: Session) -> str:
        """The browser in words."""
        return words(row.user_agent)


class SignOutIn(Body):
    """Whose sessions end: the caller's, or those of ``user``; with ``tokens`` their tokens end too."""

    user = PersonField(required=False)
    tokens = Flag(default=False)


class SignedOutOut(Out):
    """How many sessions have ended."""

    sessions = serializers.IntegerField()


class ServiceAccountOut(Out):
    """A service account: a program that acts in its own name."""

    username = serializers.CharField()
    name = serializers.CharField(source="display_name")
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    roles = NamedRef(many=True)
    is_active = serializers.BooleanField()
    token_count = serializers.IntegerField()


class ServiceAccountChangeIn(Body):
    """What may be changed; ``roles`` are all it has from now on."""

    name_ko = Line(max_length=80, allow_blank=False, required=False)
    name_en = Line(max_length=80, required=False)
    roles = serializers.ListField(
        child=Line(max_length=50, allow_blank=False), max_length=100, required=False
    )
    is_active = Flag(required=False)


class ServiceAccountIn(Body):
    """A new service account of the company."""

    username = Line(max_length=60, allow_blank=False)
    name_ko = Line(max_length=80, allow_blank=False)
    name_en = Line(max_length=80, required=False)
    roles = serializers.ListField(child=Line(max_length=50, allow_blank=False), max_length=100, default=list)
