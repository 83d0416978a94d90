"""One search field: forms, own requests, and the way out when nothing fits."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.selectors import people_for
from portal.answers import PersonRequest, show, signed_in
from portal.selectors.search import clean_query, find, suggest

PEOPLE = 10


@require_safe
@signed_in
def search(request: PersonRequest) -> HttpResponse:
    """Everything that matches; with no match the words go along to the problem form."""
    return show(request, "portal/search.html", {"hits": find(request.user, request.GET.get("q", ""))})


@require_safe
@signed_in
def suggestions(request: PersonRequest) -> HttpResponse:
    """The options under the search field while somebody types."""
    hits = suggest(request.user, request.GET.get("q", ""))
    return render(request, "portal/_suggestions.html", {"hits": hits})


@require_safe
@signed_in
def people(request: PersonRequest) -> HttpResponse:
    """Options of a field that names a person; ``field`` says which parameter holds what was typed."""
    query = clean_query(request.GET.get(request.GET.get("field", "q"), ""))
    found = people_for(request.user, query=query)[:PEOPLE] if query else []
    return render(request, "portal/_people.html", {"people": found})
