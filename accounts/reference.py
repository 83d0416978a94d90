"""Seed roles and the default company; loaded after each migration, changing nothing a company has edited."""

from __future__ import annotations

from typing import Any

from accounts.choices import Grant
from accounts.models import Company, Role

_AGENT = [
    Grant.TICKET_READ_ALL,
    Grant.TICKET_READ_INTERNAL,
    Grant.INCIDENT_WRITE,
    Grant.PROBLEM_WRITE,
    Grant.CHANGE_WRITE,
    Grant.REQUEST_WRITE,
    Grant.REQUEST_FULFIL,
    Grant.API_USE,
]
ROLES: dict[str, tuple[str, str, list[Grant]]] = {
    "requester": ("요청자", "Requester", [Grant.API_USE]),
    "approver": ("승인자", "Approver", [Grant.APPROVAL_DECIDE, Grant.API_USE]),
    "agent": ("담당자", "Agent", _AGENT),
    "team_manager": ("팀 관리자", "Team manager", [*_AGENT, Grant.APPROVAL_DECIDE]),
    "incident_manager": ("인시던트 관리자", "Incident manager", [*_AGENT, Grant.INCIDENT_MANAGE]),
    "major_incident_manager": (
        "중대 인시던트 관리자",
        "Major incident manager",
        [*_AGENT, Grant.INCIDENT_MANAGE, Grant.INCIDENT_MAJOR],
    ),
    "problem_manager": ("문제 관리자", "Problem manager", _AGENT),
    "change_manager": ("변경 관리자", "Change manager", [*_AGENT, Grant.APPROVAL_DECIDE]),
    "configuration_admin": ("구성 관리자", "Configuration manager", [*_AGENT, Grant.CMDB_WRITE]),
    "catalog_manager": ("카탈로그 관리자", "Catalog manager", [*_AGENT, Grant.CATALOG_WRITE]),
    "finance_approver": ("재무 승인자", "Finance approver", [Grant.APPROVAL_DECIDE, Grant.FINANCE_APPROVE]),
    "config_admin": ("설정 관리자", "Configuration administrator", [Grant.CONFIG_WRITE, Grant.CATALOG_WRITE]),
    "administrator": (
        "관리자",
        "Administrator",
        [
            *_AGENT,
            Grant.INCIDENT_MANAGE,
            Grant.INCIDENT_MAJOR,
            Grant.CMDB_WRITE,
            Grant.CATALOG_WRITE,
            Grant.CONFIG_WRITE,
            Grant.USERS_WRITE,
            Grant.AUDIT_READ,
            Grant.FORCE_WRITE,
        ],
    ),
    "integrator": ("연동 계정", "Integrator", _AGENT),
    "super": ("최고 관리자", "Super", list(Grant)),
}


def load(**_kwargs: Any) -> None:
    """Make the default company and the seed roles where they are missing."""
    Company.objects.get_or_create(
        is_default=True, defaults={"key": "default", "name_ko": "우리 회사", "name_en": "Our company"}
    )
    for key, (name_ko, name_en, grants) in ROLES.items():
        Role.objects.get_or_create(
            key=key,
            company=None,
            defaults={"name_ko": name_ko, "name_en": name_en, "grants": [str(grant) for grant in grants]},
        )
