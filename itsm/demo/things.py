"""Configuration items and assignment rules of the demo company."""

from __future__ import annotations

from accounts.models import Company, Group, User
from cmdb.models import CI
from cmdb.services import create_ci
from tickets.models import AssignmentRule

# Class, name, criticality (1 highest), support group's key.
ITEMS = [
    ("service", "온라인 결제 · Online checkout", 1, "service-desk"),
    ("service", "사내 무선망 · Office Wi-Fi", 2, "network"),
    ("application", "payment-api", 1, "service-desk"),
    ("application", "hr-web", 3, "service-desk"),
    ("database", "payment-db-01", 1, "service-desk"),
    ("server", "vm-app-07", 3, "service-desk"),
    ("network_gear", "vpn-gateway-01", 2, "network"),
    ("network_gear", "pangyo-3f-ap-12", 4, "network"),
    ("printer", "pangyo-3f-printer", 5, "service-desk"),
]
# Name, order, condition, group's key, strategy.
RULES = [
    (
        "네트워크와 VPN · Network and VPN",
        10,
        {"f": "category", "op": "eq", "v": "network"},
        "network",
        "none",
    ),
    (
        "가장 급한 일 · Most urgent",
        20,
        {"f": "priority", "op": "eq", "v": 1},
        "service-desk",
        "on_call",
    ),
    ("그 밖의 모든 것 · Everything else", 900, {}, "service-desk", "least_open"),
]


def load(people: dict[str, User]) -> None:
    """Make the items and rules where they are missing."""
    company = Company.objects.get(is_default=True)
    groups = {row.key: row for row in Group.objects.filter(company=company)}
    for class_key, name, criticality, group in ITEMS:
        if not CI.objects.filter(company=company, name=name).exists():
            create_ci(
                actor=None,
                company=company,
                class_key=class_key,
                name=name,
                criticality=criticality,
                support_group=groups[group],
                owner=people["jiwoo"],
            )
    for name, order, condition, group, strategy in RULES:
        AssignmentRule.objects.get_or_create(
            name=name,
            kind="incident",
            defaults={"order": order, "condition": condition, "group": groups[group], "strategy": strategy},
        )
