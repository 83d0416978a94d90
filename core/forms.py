"""How pages hand a form to a service and show what it refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from core.errors import (
    DomainError,
    DuplicateError,
    NotAllowedError,
    RuleRefusedError,
    StaleVersionError,
)
from core.idempotency import fingerprint, once

T = TypeVar("T")
INVALID, CONFLICT = 422, 409  # statuses of a page with a form that was not accepted


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with: what was posted, nothing when its page is only asked for."""
    return request.POST if request.method == "POST" else None


def accepted(form: forms.BaseForm, write: Callable[[], T], *, rights_at: str = "") -> T | None:
    """What ``write``, a call of a service, gives for a form that was filled well.

    None when nothing was sent, it was not well formed, or the service refused: then the form says why.
    ``rights_at`` names the field whose choice may ask for more rights than the person has; it says so then.
    """
    if not form.is_valid():
        return None
    try:
        return write()
    except (RuleRefusedError, DuplicateError) as refusal:
        refuse(form, refusal)
    except NotAllowedError as refusal:
        _lacking(form, rights_at, refusal)
    return None


def refused(form: forms.BaseForm, write: Callable[[], object], *, version: int, rights_at: str = "") -> int:
    """Let ``write`` change a record by a form that was sent: 0 when it did, else the status of its page.

    422: the form says what was wrong. 409: somebody was faster; the form bears ``version``, the present one,
    so that what was typed can be saved over it knowingly. ``rights_at`` as in ``accepted``.
    """
    if not form.is_valid():
        return INVALID
    try:
        write()
    except RuleRefusedError as refusal:
        refuse(form, refusal)
        return INVALID
    except NotAllowedError as refusal:
        _lacking(form, rights_at, refusal)
        return INVALID
    except StaleVersionError:
        posted: Any = form.data  # a QueryDict, which cannot be changed
        data = posted.copy()
        data["lock_version"] = str(version)
        form.data = data
        return CONFLICT
    return 0


def _lacking(form: forms.BaseForm, field: str, refusal: NotAllowedError) -> None:
    """Tell a lack of rights at the field it comes from; without one it is the whole page's refusal."""
    if not field:
        raise refusal
    form.add_error(field, str(refusal.detail))


def form_page(request: HttpRequest, template: str, form: forms.BaseForm, **names: object) -> HttpResponse:
    """The page with ``form``: 422 when it was sent and not accepted."""
    return render(request, template, {"form": form, **names}, status=INVALID if form.is_bound else 200)


def refuse(form: forms.BaseForm, refusal: DomainError) -> None:
    """Show a service's refusal at the fields it names, or above the form; ``rules.0.if`` is of ``rules``."""
    for error in refusal.errors:
        name = error.field.split(".")[0]
        form.add_error(name if name in form.fields else None, str(error.detail))
    if not refusal.errors:
        form.add_error(None, str(refusal.detail))


def run_once(request: HttpRequest, scope: str, act: Callable[[], Any]) -> Any:
    """What ``act`` answers (JSON): sent twice, a form acts once and answers the same (RELIABILITY RL-20).

    The form carries ``once_key`` (the template tag of that name); the key is bound to what the form says, so
    a form edited after going back counts as a new one. Without a valid key every call acts. The request comes
    from a person who is signed in. Raises what ``act`` raises; then the key stays free.
    """
    try:
        nonce = uuid.UUID(request.POST.get("once_key", ""))
    except ValueError:
        nonce = uuid.uuid4()
    key = f"{nonce}.{_said(request)[:32]}"
    return once(caller=f"user:{request.user.pk}", scope=scope, key=key, body_hash="", action=act).answer


def kept_key(request: HttpRequest) -> str:
    """The one-time key a refused form was sent with, to show it again; empty when it is no key."""
    try:
        return str(uuid.UUID(request.POST.get("once_key", "")))
    except ValueError:
        return ""


def _said(request: HttpRequest) -> str:
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    fields = sorted((name, value) for name in names for value in request.POST.getlist(name))
    files = sorted((k, f.name or "", f.size or 0) for k in request.FILES for f in request.FILES.getlist(k))
    return fingerprint(request.path, repr(fields), repr(files))
