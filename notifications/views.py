"""The bell, the list of notices, and the demo mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from approvals.services import store_mail
from core.context import NavItem
from core.errors import BadInputError, WrongStateError
from notifications import mailbox, paging, selectors, services
from notifications.texts import rendered
from tickets.policies import works_inside

MAX_KEY = 2**63
MAX_REPLY = 5000


def has_mailbox(_request: HttpRequest) -> bool:
    """Whether this is a demonstration whose mail is caught here."""
    return bool(settings.DEMO and settings.MAIL_FOLDER)


MAILBOX = NavItem(
    "account", "mailbox", _("Demo mailbox"), "notifications:mailbox", icon="mail", order=80, show=has_mailbox
)


def unread(request: HttpRequest) -> int:
    """The number on the bell."""
    return selectors.unread_count(request.user) if isinstance(request.user, User) else 0


def notices_url(request: HttpRequest) -> str:
    """Where the bell leads; nowhere for a guest."""
    return reverse("notifications:list") if isinstance(request.user, User) else ""


@require_safe
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """What the bell holds, newest first; as a fragment for htmx."""
    actor = _person(request)
    page, following = selectors.page_for(actor, before=_cursor(request))
    texts, asking = rendered(page, actor), selectors.answerable(page)
    names = {
        "rows": [
            {"notice": row, "text": texts[row.pk], "can_answer": row.pk in asking and bool(texts[row.pk])}
            for row in page
        ],
        "next_url": f"{reverse('notifications:list')}?before={following}" if following else "",
        "shell_template": "desk.html" if works_inside(actor) else "portal.html",
        "page_class": "desk-page" if works_inside(actor) else "stack",
    }
    response = render(request, "notifications/list.html", names)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, with its present number."""
    return render(request, "base/_bell.html", {})


@require_POST
@login_required
def read_one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark one notice read and go to what it speaks of."""
    notice = services.mark_read(public_id, actor=_person(request))
    return HttpResponseRedirect(notice.url or reverse("notifications:list"))


@require_POST
@login_required
def acknowledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer the page a notice tells of, and go to its ticket; also when somebody was faster."""
    actor = _person(request)
    try:
        notice = paging.acknowledge_notice(public_id, actor=actor)
    except WrongStateError as refusal:
        messages.warning(request, str(refusal.detail))
        notice = services.mark_read(public_id, actor=actor)
    else:
        messages.success(request, _("You have answered the page."))
    return HttpResponseRedirect(notice.url or reverse("notifications:list"))


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything read."""
    services.mark_all_read(actor=_person(request))
    return redirect("notifications:list")


@never_cache
@require_safe
@login_required
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """The mails that the embedded run caught, newest first."""
    query = request.GET.get("q", "")[:100]
    names: dict[str, Any] = {"mails": mailbox.newest(_folder(request), query=query), "query": query}
    return render(request, "notifications/mailbox.html", names)


@never_cache
@require_safe
@login_required
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    """One caught mail as plain text with its links."""
    mail = mailbox.one(_folder(request), name)
    if mail is None:
        raise Http404
    return render(request, "notifications/mail.html", {"mail": mail, "body": mailbox.linked(mail.body)})


@require_POST
@login_required
def mailbox_reply(request: HttpRequest, name: str) -> HttpResponse:
    """An answer to a caught mail as its receiver would send it; the sweep looks at it a moment later."""
    mail = mailbox.one(_folder(request), name)
    if mail is None or not mail.reply_to:
        raise Http404
    try:
        raw = mailbox.answer_to(mail, request.POST.get("text", "")[:MAX_REPLY])
    except (ValueError, IndexError, AttributeError) as error:  # addresses of a broken mail
        raise BadInputError(_("This mail cannot be answered.")) from error
    store_mail(raw, trusted=True)
    messages.success(request, str(_("Your reply was sent.")))
    return redirect("notifications:mail", name)


def _folder(request: HttpRequest) -> Path:
    """Where the catcher stores mail; there is no such page outside a demonstration."""
    folder: Path | None = settings.MAIL_FOLDER
    if folder is None or not has_mailbox(request):
        raise Http404
    return folder


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _cursor(request: HttpRequest) -> int | None:
    given = request.GET.get("before", "")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or int(given) >= MAX_KEY:
        raise BadInputError
    return int(given)
