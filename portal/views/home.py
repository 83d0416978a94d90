"""The first page."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portal.answers import PersonRequest, show, signed_in
from portal.selectors.approvals import waiting_cards
from portal.selectors.home import tiles
from portal.selectors.requests import open_requests
from portal.selectors.stages import stages_at_a_glance

REQUESTS, CARDS = 3, 2


@require_safe
@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """Search, top tasks, my open requests, what waits for me."""
    rows = open_requests(request.user, limit=REQUESTS + 1)
    cards = waiting_cards(request.user)
    request.approvals_waiting = len(cards)
    context = {
        "tiles": tiles(request.user.company_id),
        "rows": rows[:REQUESTS],
        "more": len(rows) > REQUESTS,
        "stages": stages_at_a_glance(rows[0].ticket) if rows else [],
        "cards": cards[:CARDS],
        "waiting": len(cards),
    }
    return show(request, "portal/home.html", context, fragment="portal/_home_live.html")
