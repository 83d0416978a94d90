"""Finding configuration items an actor may see."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from accounts.policies import Actor
from cmdb.models import CI, CIClass
from cmdb.policies import visible_to
from core import hangul, searching
from core.text import bigrams

_NUMBER = re.compile(r"(?:ci[\s\-#]*)?0*(\d{1,9})", re.IGNORECASE | re.ASCII)


def cis_for(actor: Actor, *, query: str = "") -> QuerySet[CI]:
    """Items ``actor`` may see, by name; ``query`` narrows by part of the name or the number."""
    rows = CI.objects.filter(visible_to(actor)).select_related("ci_class", "assigned_to", "support_group")
    if query:
        rows = rows.filter(named_like(query))
    return rows.order_by("name", "pk")


def named_like(query: str) -> Q:
    """Items with ``query`` in any part of the name, in either keyboard layout, or in the number.

    Initial consonants stand for the syllables of a Korean name.
    """
    found = Q(number__in=numbers_meant(query))
    for each in searching.readings(query):
        held, pieces = Q(name__icontains=each), bigrams(each)
        found |= held & Q(bigram__contains=pieces) if pieces else held
    if hangul.is_initials(query):
        found |= Q(name__regex=searching.as_pattern(query))
    return found


def numbers_meant(text: str) -> list[str]:
    """The number that ``CI0000012``, ``ci 12`` or ``12`` stands for."""
    found = _NUMBER.fullmatch(searching.cleaned(text))
    return [f"CI{int(found[1]):07d}"] if found else []


def ci_numbered(actor: Actor, number: str) -> CI | None:
    """The item with that number if ``actor`` may see it, else None."""
    return cis_for(actor).filter(number=number).first()


def class_keyed(key: str) -> CIClass | None:
    """The class with that key, or None."""
    return CIClass.objects.filter(key=key).first()
