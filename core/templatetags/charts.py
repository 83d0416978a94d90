"""Charts as template tags, for ``{% load charts %}``; each is named by a sentence that tells its figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from core import charts
from core.components import one_of

register = template.Library()


@register.inclusion_tag("components/chart_bar.html")
def chart_bar(pieces: Sequence[charts.Piece], label: str, whole: float = 0) -> dict[str, Any]:
    """One bar of several parts (core.charts.Piece); ``whole`` makes bars of different sums comparable."""
    return {"boxes": charts.bar(pieces, whole=whole), "label": label}


@register.inclusion_tag("components/chart_columns.html")
def chart_columns(
    shown: Sequence[charts.Column], label: str, size: str = "", most_labels: int = 12
) -> dict[str, Any]:
    """Columns of several parts with a line over them (core.charts.Column); ``small`` for one among many."""
    size = one_of("size", size, ("", "small"))
    return {"chart": charts.columns(shown, most_labels=most_labels), "label": label, "size": size}
