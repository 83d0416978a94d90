"""Reading definitions: as a list, version by version, with the clocks that run by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from accounts.policies import Actor, company_wall
from core.errors import NotVisibleError
from sla.choices import OPEN_STAGES, Status
from sla.models import Clock, SLADefinition
from sla.policies import visible_definitions


@dataclass(frozen=True)
class Entry:
    """One definition in a list: what is in force, what is being prepared, how many clocks are open by it."""

    key: str
    published: SLADefinition | None = None
    draft: SLADefinition | None = None
    retired: SLADefinition | None = None
    open_clocks: int = 0

    @property
    def shown(self) -> SLADefinition:
        """The version that stands for it: the one in force, else the draft, else the last one."""
        found = self.published or self.draft or self.retired
        assert found is not None  # noqa: S101 - an entry is made of at least one version
        return found


@dataclass(frozen=True)
class Version:
    """One version with its open clocks by stage."""

    row: SLADefinition
    clocks: dict[str, int] = field(default_factory=dict)


def definitions_for(actor: Actor) -> QuerySet[SLADefinition]:
    """The versions ``actor`` may see, with their calendars."""
    return SLADefinition.objects.filter(visible_definitions(actor)).select_related("calendar")


def versions_of(actor: Actor, key: str) -> list[SLADefinition]:
    """The versions of a definition, newest first. Raises NotVisibleError when there is none to see."""
    rows = list(definitions_for(actor).filter(key=key).order_by("-no"))
    if not rows:
        raise NotVisibleError
    return rows


def draft_keyed(actor: Actor, key: str) -> SLADefinition | None:
    """The draft of a definition, or None."""
    return definitions_for(actor).filter(key=key, status=Status.DRAFT).first()


def listed(actor: Actor) -> list[Entry]:
    """All definitions by kind and order, the ones out of use last. Two queries."""
    latest = definitions_for(actor).order_by("key", "status", "-no").distinct("key", "status")
    by_key: dict[str, dict[str, SLADefinition]] = {}
    for row in latest:
        by_key.setdefault(row.key, {})[row.status] = row
    clocks = open_clocks_by_key(actor)
    entries = [
        Entry(
            key,
            rows.get(Status.PUBLISHED),
            rows.get(Status.DRAFT),
            rows.get(Status.RETIRED),
            clocks.get(key, 0),
        )
        for key, rows in by_key.items()
    ]
    return sorted(entries, key=_place)


def _place(entry: Entry) -> tuple[bool, str, int, str]:
    is_over = entry.published is None and entry.draft is None
    return is_over, entry.shown.kind, entry.shown.order, entry.key


def open_clocks_by_key(actor: Actor = None) -> dict[str, int]:
    """How many clocks of the actor's company are open by any version of each definition. One query."""
    rows = Clock.objects.filter(company_wall(actor, "ticket__"), stage__in=OPEN_STAGES).values_list(
        "definition__key"
    )
    return dict(rows.annotate(count=Count("pk")).order_by())


def with_clocks(rows: Iterable[SLADefinition], actor: Actor = None) -> list[Version]:
    """The versions with the open clocks of the actor's company by stage. One query."""
    versions = [Version(row) for row in rows]
    by_pk = {version.row.pk: version for version in versions}
    wall = company_wall(actor, "ticket__")
    counted = Clock.objects.filter(wall, definition__in=by_pk, stage__in=OPEN_STAGES)
    for pk, stage, count in counted.values_list("definition", "stage").annotate(n=Count("pk")).order_by():
        by_pk[pk].clocks[stage] = count
    return versions
