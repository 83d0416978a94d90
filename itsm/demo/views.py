"""Saved views of lists, for one agent, a team and all agents, made through the services."""

from __future__ import annotations

from accounts.choices import Audience
from accounts.models import Group, User
from desk.models import SavedView
from desk.saved.services import checked_state, save_view


def load(people: dict[str, User]) -> None:
    """Make the views, unless there is one already."""
    if SavedView.objects.exists():
        return
    agent, admin = people["seojin"], people["admin"]
    desk = Group.objects.get(key="service-desk")
    urgent = {"filters": {"priority": [1, 2]}, "sort": "sla"}
    save_view(
        actor=admin,
        name="긴급 인시던트",
        path="incidents",
        state=checked_state("incidents", urgent),
        audience=Audience.EVERYONE,
    )
    team = {
        "queue": "open",
        "filters": {"group": desk.key},
        "columns": ["state", "assignee", "opened"],
        "density": "compact",
    }
    save_view(
        actor=agent,
        name="서비스데스크 처리 중",
        path="all",
        state=checked_state("all", team),
        audience=Audience.TEAM,
        group=desk,
    )
    mine = {"queue": "mine", "filters": {"priority": [1, 2, 3]}, "sort": "updated"}
    save_view(actor=agent, name="내 급한 일", path="all", state=checked_state("all", mine))
