"""The history page of a record (UI section 2)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.errors import NotVisibleError
from history import selectors, subjects, words

OF_THE_DESK = {"ticket", "ci"}


@require_safe
@login_required
def record(request: HttpRequest, sort: str, key: str) -> HttpResponse:
    """What changed on one record, newest first. Raises Http404 for a record without a history to see."""
    actor: Any = request.user
    try:
        found = subjects.find(actor, sort, key)
    except NotVisibleError as error:
        raise Http404 from error
    rows = selectors.changes_of(found.records)
    page, following = selectors.page_of(rows, before=_place(request.GET.get("before", "")))
    names = {
        "frame": "desk/frame.html" if sort in OF_THE_DESK else "design.html",
        "found": found,
        "writes": words.writes_of(words.lines_of(actor, page)),
        "following": following,
        "is_later_page": "before" in request.GET,
        "way_back": reverse(found.subject.address, args=[key]) if found.subject.address else "",
    }
    return render(request, "history/record.html", names)


def _place(text: str) -> str:
    """A public id, or nothing for a text that is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
