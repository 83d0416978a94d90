"""What orders ask of the workflow engine: the only place of this app that knows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.policies import Actor
from catalog.models import CatalogItemVersion, RequestItem


@dataclass(frozen=True)
class ApproverPreview:
    """Who will be asked, before the order is sent: people or a group, by name; ``when`` they are asked."""

    names: tuple[str, ...]
    when: str = ""


@dataclass(frozen=True)
class Standing:
    """Where an item's flow stands. ``outcome`` is None for an item without a flow or while it runs."""

    is_open: bool = False
    outcome: str | None = None
    is_past_approval: bool = False
    reason: str = ""


def exists(flow_key: str) -> bool:
    return False


def asks_approval(flow_key: str) -> bool:
    return False


def start(item: RequestItem, *, actor: Actor) -> None:
    raise NotImplementedError


def stop(item: RequestItem) -> None:
    return None


def standing(item: RequestItem) -> Standing:
    return Standing()


def present_stage(item: RequestItem) -> str:
    return ""


def stages(item: RequestItem) -> list[Any]:
    return []


def approvers_preview(
    version: CatalogItemVersion, person: User, total: Decimal, answers: dict[str, Any]
) -> list[ApproverPreview]:
    return []
