"""The closed lists of form definitions: types, named patterns, defaults from the person."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_FIELDS = 300
MAX_CHOICES = 300
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
# What the platform itself puts beside the answers when a flow reads them.
RESERVED = frozenset(
    {
        "price",
        "recurring_price",
        "quantity",
        "person",
        "department",
        "department_name",
        "grade",
        "cost_center",
        "location",
        "manager",
        "csrfmiddlewaretoken",
        "version",
        "requested_for",
    }
)

# Each type with the type a condition sees.
TYPES: dict[str, str] = {
    "text": "text",
    "multiline": "text",
    "choice": "choice",
    "multi_choice": "list",
    "boolean": "boolean",
    "number": "number",
    "date": "date",
    "user": "ref",
    "email": "text",
}
TEXT_SIZES = {"text": 200, "multiline": 4000, "email": 200}
MAX_TEXT = 20_000

# Written by us and linear: no pattern of a customer is ever run.
PATTERNS: dict[str, tuple[re.Pattern[str], str | Promise]] = {
    "digits": (re.compile(r"[0-9]+\Z"), _("Only digits are possible here.")),
    "phone": (re.compile(r"\+?[0-9][0-9 ()-]{5,20}\Z"), _("Write a telephone number, such as 02-1234-5678.")),
    "hostname": (
        re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\Z"),
        _("Write the name of a computer, such as pc-1234.example.com."),
    ),
    "ipv4": (
        re.compile(r"((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\Z"),
        _("Write an IPv4 address, such as 10.0.0.1."),
    ),
    "code": (
        re.compile(r"[A-Za-z0-9._-]+\Z"),
        _("Only letters a–z, digits, dot, hyphen and underscore are possible here."),
    ),
    "cost_center": (re.compile(r"[A-Za-z]{0,4}-?[0-9]{2,10}\Z"), _("Write a cost centre, such as CC-1200.")),
}

USER_PATHS = frozenset(
    {
        "username",
        "display_name",
        "email",
        "phone",
        "grade",
        "cost_center",
        "department.key",
        "department.name",
        "location.key",
        "location.name",
        "manager.username",
        "manager.display_name",
    }
)

COMMON = frozenset({"key", "type", "label", "help", "order", "required", "visible", "readonly", "default"})
MONEY = frozenset({"price_effect", "recurring_effect"})
OWN: dict[str, frozenset[str]] = {
    "text": frozenset({"max_length", "pattern"}),
    "multiline": frozenset({"max_length"}),
    "email": frozenset({"max_length"}),
    "choice": frozenset({"choices"}),
    "multi_choice": frozenset({"choices"}),
    "boolean": MONEY,
    "number": frozenset({"min", "max", "whole"}) | MONEY,
    "date": frozenset({"earliest"}),
    "user": frozenset(),
}
OF_CHOICE = frozenset({"value", "label"}) | MONEY
