"""Finding configuration items an actor may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.policies import Actor
from cmdb.models import CI, CIClass
from cmdb.policies import visible_to
from core.text import bigrams


def cis_for(actor: Actor, *, query: str = "") -> QuerySet[CI]:
    """Items ``actor`` may see, by name; ``query`` narrows by part of the name or the number."""
    rows = CI.objects.filter(visible_to(actor)).select_related("ci_class", "assigned_to", "support_group")
    if query:
        match = Q(number__iexact=query) | Q(name__icontains=query)
        pieces = bigrams(query)
        rows = rows.filter(
            match & (Q(bigram__contains=pieces) | Q(number__iexact=query)) if pieces else match
        )
    return rows.order_by("name", "pk")


def ci_numbered(actor: Actor, number: str) -> CI | None:
    """The item with that number if ``actor`` may see it, else None."""
    return cis_for(actor).filter(number=number).first()


def class_keyed(key: str) -> CIClass | None:
    """The class with that key, or None."""
    return CIClass.objects.filter(key=key).first()
