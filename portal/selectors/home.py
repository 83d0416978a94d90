"""What the first page shows, in few queries whatever there is to show (BENCH: at most 8 for the page)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.selectors import people_for
from catalog.models import CatalogItemVersion, Category
from catalog.selectors import shelves_of, usual_times
from cmdb.models import CI
from cmdb.selectors import cis_for
from core.versions import VersionStatus

TILES = 5
TONES = ("accent", "violet", "blue", "amber", "green")
FRAME_SECONDS = 60
_frames: dict[int, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True)
class Tile:
    """One of the things people do most: where it leads and how long it usually takes."""

    name: str
    hint: str
    url: str
    icon: str
    tone: str


def own_devices(actor: User) -> QuerySet[CI]:
    """The equipment assigned to the person, by name."""
    return cis_for(actor).filter(assigned_to=actor)


def reports_of(actor: User) -> QuerySet[User]:
    """The active people who report to the person, by name."""
    return people_for(actor).filter(manager=actor)


def frame_of(company_id: int) -> dict[str, Any]:
    """The company's names and the items everybody in it may order, as plain data, at most a minute old.

    It is the same for all people of the company, so keeping it decides nothing about a person.
    """
    read_at, frame = _frames.get(company_id, (0.0, {}))
    if not frame or time.monotonic() - read_at > FRAME_SECONDS:
        frame = _read_frame(company_id)
        _frames[company_id] = (time.monotonic(), frame)
    return frame


def forget() -> None:
    """Read the frames again at the next question (tests)."""
    _frames.clear()


def _read_frame(company_id: int) -> dict[str, Any]:
    company = Company.objects.get(pk=company_id)
    versions = _open_to_all(company_id)[:TILES]
    times = usual_times(versions)
    return {
        "names": {"ko": company.name_ko, "en": company.name_en},
        "items": [
            {
                "key": row.item.key,
                "icon": row.item.icon,
                "ko": row.name_ko,
                "en": row.name_en,
                "days": times[row.item_id].days,
            }
            for row in versions
        ],
    }


def _open_to_all(company_id: int) -> list[CatalogItemVersion]:
    """Published items that say nothing about who may order them, nor do their shelves, in catalogue order."""
    shelves = shelves_of(company_id)
    rows = CatalogItemVersion.objects.filter(
        item__company=company_id,
        item__enabled=True,
        status=VersionStatus.PUBLISHED,
        available_for={},
        not_available_for__isnull=True,
    )
    ordered = rows.select_related("item").order_by("item__order", "item__key")
    return [row for row in ordered if _is_open(row.item.category_id, shelves)]


def _is_open(category_id: int | None, shelves: dict[int, Category]) -> bool:
    seen: set[int] = set()
    while category_id is not None and category_id not in seen:
        seen.add(category_id)
        shelf = shelves[category_id]
        if shelf.available_for:
            return False
        category_id = shelf.parent_id
    return True


def tiles(company_id: int) -> list[Tile]:
    """Reporting a problem, then what everybody may order, in catalogue order."""
    report = Tile(
        _("Report a problem"), _("We look at it at once"), reverse("portal:report"), "triangle-alert", "red"
    )
    items = frame_of(company_id)["items"]
    return [report, *(_tile(item, TONES[n % len(TONES)]) for n, item in enumerate(items))]


def _tile(item: dict[str, Any], tone: str) -> Tile:
    hint = _("Usually %(days)s d") % {"days": item["days"]}
    return Tile(in_language(item), hint, reverse("portal:item", args=[item["key"]]), item["icon"], tone)


def in_language(texts: dict[str, Any]) -> str:
    """The Korean or English text, the other one when it is missing."""
    english = (get_language() or "ko").startswith("en")
    first, second = ("en", "ko") if english else ("ko", "en")
    return str(texts.get(first) or texts.get(second) or "")
