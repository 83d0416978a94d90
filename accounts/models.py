"""Companies, people, departments, locations, groups, roles and API tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import get_language

from accounts.choices import GroupType, Language, SkillLevel, Theme, TokenKind
from accounts.triggers import end_when_disabled, renew_holders, renew_when_assigned
from core.fields import PublicIdField
from core.models import Record
from core.revisions import new_revision
from core.trail.tracking import RowHistory


def name_reader() -> Callable[[Any], str]:
    """Reads the name of a person or group in the active language, the other one where it is missing."""
    names = ("name_ko", "name_en")
    first, second = reversed(names) if (get_language() or "ko").startswith("en") else names
    return lambda row: getattr(row, first) or getattr(row, second)


class Named(models.Model):
    """Something with a Korean and an English name; ``name`` follows the reader's language."""

    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language, the other one when it is missing."""
        return name_reader()(self)


class Company(Named, Record):
    """The wall between tenants (DOMAIN DM-1); an installation for one company never shows the word."""

    key = models.SlugField(unique=True)
    is_default = models.BooleanField(default=False)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.KO)
    time_zone = models.CharField(max_length=60, default="Asia/Seoul")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_company"
            )
        ]
        triggers = [RowHistory()]


class Department(Named, Record):
    """A node of the organisation tree."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    key = models.SlugField()
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    head = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="heads"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="department_key")]
        triggers = [RowHistory()]


class Location(Named, Record):
    """A place people and equipment are at."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    key = models.SlugField()
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    time_zone = models.CharField(max_length=60, default="Asia/Seoul")
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="location_key")]
        triggers = [RowHistory()]


class Role(Named, Record):
    """A bundle of grants: one that all companies share, or one that a company made."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True)
    key = models.SlugField()
    grants = ArrayField(models.CharField(max_length=40), default=list)
    # Who holds it signs in with a second factor (SECURITY SE-4).
    needs_second_factor = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], nulls_distinct=False, name="role_key")
        ]
        triggers = [RowHistory(), renew_holders()]


class PeopleManager(BaseUserManager["User"]):
    """Django's and allauth's way to look people up and make them."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with that user name, in any case."""
        return self.get(username__iexact=username)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new person; without a password nobody can sign in as them."""
        user = self.model(username=username.lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, Record):
    """A person: employee, agent, approver, administrator or service account."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    username = models.CharField(max_length=60)
    email = models.EmailField(max_length=200, blank=True)
    name_ko = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True)
    manager = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    grade = models.CharField(max_length=40, blank=True)
    cost_center = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.KO)
    time_zone = models.CharField(max_length=60, default="Asia/Seoul")
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    single_keys = models.BooleanField(default=True)
    is_vip = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    # Counts the reset links asked for: only the newest works (SECURITY SE-6).
    reset_serial = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    roles = models.ManyToManyField(Role, through="accounts.RoleAssignment", related_name="holders")

    objects: ClassVar[PeopleManager] = PeopleManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name_ko"]

    class Meta:
        constraints = [
            # Upper, because that is what ``iexact`` compares: look-ups in any case find these indexes.
            models.UniqueConstraint(Upper("username"), name="user_username"),
            models.UniqueConstraint(Upper("email"), condition=~Q(email=""), name="user_email"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(source=""), name="user_source"
            ),
            models.CheckConstraint(
                condition=Q(manager=None) | ~Q(manager=F("id")), name="user_is_not_own_manager"
            ),
        ]
        indexes = [models.Index(fields=["company", "name_ko"], name="user_by_name")]
        triggers = [RowHistory(secret=["password"], noise=["last_login"]), end_when_disabled()]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name as the active language writes it."""
        return name_reader()(self)

    @property
    def initials(self) -> str:
        """One or two letters for the avatar: the last two syllables, or the first letters of the names."""
        name = self.display_name
        if name.isascii():
            return "".join(part[0] for part in name.split()[:2]).upper()
        return name.replace(" ", "")[-2:]

    def get_full_name(self) -> str:
        """Django's name for ``display_name``."""
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Django's admin is not installed; nobody is staff of it."""
        return False


class RoleAssignment(Record):
    """Who holds which role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    role = models.ForeignKey(Role, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_once")]
        triggers = [RowHistory(part_of="user"), renew_when_assigned()]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id}"


class Group(Named, Record):
    """A team that work is assigned to, that decides, or that meets as CAB."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    key = models.SlugField(unique=True)
    types = ArrayField(models.CharField(max_length=20, choices=GroupType.choices), default=list)
    manager = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="managed_groups"
    )
    email = models.EmailField(max_length=200, blank=True)
    is_restricted = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    members = models.ManyToManyField(User, through="accounts.Membership", related_name="member_of")

    class Meta:
        triggers = [RowHistory(), new_revision("group_revision", "routing")]


class Membership(Record):
    """A person in a group."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    is_manager = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="membership_once")]
        triggers = [RowHistory(part_of="group")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.group_id}"


class Skill(Record):
    """What a person knows well enough to be given work for it, from 1 (beginner) to 5 (expert)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(choices=SkillLevel.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="skill_once"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="skill_level"),
            models.CheckConstraint(condition=~Q(name=""), name="skill_has_a_name"),
        ]
        indexes = [models.Index(fields=["name"], name="skill_by_name")]
        triggers = [RowHistory(part_of="user")]

    def __str__(self) -> str:
        return f"{self.name} {self.level}"


class ApiToken(Record):
    """A credential of the REST API. Only a fast hash of its 256 random bits is kept (API A-39).

    After a rotation the former secret serves until ``former_until`` as well (API A-41).
    """

    kind = models.CharField(max_length=3, choices=TokenKind.choices, default=TokenKind.PERSONAL)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    public_part = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    former_hash = models.CharField(max_length=64, blank=True, default="")
    former_until = models.DateTimeField(null=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    # Where it may be used from, as networks (CIDR); empty is everywhere.
    networks = ArrayField(models.CharField(max_length=43), default=list)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    used_hash = ""  # which of the two secrets a request came with; no column

    class Meta:
        triggers = [RowHistory(secret=["secret_hash", "former_hash"], noise=["last_used_at"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_part})"


class Session(AbstractBaseSession):
    """A browser that a person is signed in with, or is about to be (SECURITY SE-1)."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    signed_in_at = models.DateTimeField(null=True)
    last_active_at = models.DateTimeField(db_default=Now())
    # The rights of the person changed: the next page gets another session id.
    must_renew = models.BooleanField(default=False)


class Attempt(models.Model):
    """One guess at a secret that was counted, by a hash of what it was counted for (SECURITY SE-6)."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_by_key")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at}"
