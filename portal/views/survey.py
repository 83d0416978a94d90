"""How did it go? One tap on the ticket's page, or behind a mailed link (PROCESSES INC-16)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError, NotVisibleError, RuleRefusedError, WrongStateError
from core.time import db_now
from portal.answers import PersonRequest, signed_in
from tickets.choices import Score
from tickets.models import Survey
from tickets.selectors import ticket_numbered
from tickets.services import answer_survey, answer_survey_by_link, survey_behind


@require_POST
@signed_in
def answer(request: PersonRequest, number: str) -> HttpResponse:
    """The answer of a signed-in person."""
    ticket = ticket_numbered(request.user, number)
    place = reverse("portal:request", args=[number])
    try:
        answer_survey(
            ticket.pk,
            actor=request.user,
            score=_score(request.POST.get("score")),
            comment=request.POST.get("comment", ""),
        )
    except (RuleRefusedError, WrongStateError) as refusal:
        messages.warning(request, str(refusal.detail))
    else:
        messages.success(request, _("Thank you, we have noted it."))
    return redirect(f"{place}#survey")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The question behind a mailed link, in the language of its person; only a POST answers it.

    As for decision links no session begins here and no address leaves the page (SECURITY SE-7); nobody can
    forge the POST who does not know the token.
    """
    try:
        survey = survey_behind(token)
        with override(survey.person.language):
            response = _answer(request, token) if request.method == "POST" else _ask(request, token, survey)
    except (NotVisibleError, WrongStateError) as refusal:
        response = _closed(request, refusal)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _ask(
    request: HttpRequest, token: str, survey: Survey, *, wrong: str = "", given: str = "", status: int = 200
) -> HttpResponse:
    if survey.closes_at <= db_now():
        raise WrongStateError(_("It is too late to say how this went; the question is closed."))
    names = {
        "survey": survey,
        "scores": Score.choices,
        "chosen": _score(request.GET.get("score")) or survey.score,
        "action": reverse("portal:survey_link", args=[token]),
        "wrong": wrong,
        "given": given,
    }
    return render(request, "portal/survey_link.html", names, status=status)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    score, comment = _score(request.POST.get("score")), request.POST.get("comment", "")
    try:
        survey = answer_survey_by_link(token, score=score, comment=comment)
    except RuleRefusedError as refusal:
        return _ask(
            request, token, survey_behind(token), wrong=str(refusal.detail), given=comment, status=422
        )
    return render(request, "portal/survey_done.html", {"survey": survey})


def _closed(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    return render(request, "portal/decision_closed.html", {"error": refusal}, status=refusal.status)


def _score(given: str | None) -> int:
    """The number that was sent; 0, which is no answer, for anything else."""
    return int(given) if given and given.isascii() and given.isdigit() and len(given) == 1 else 0
