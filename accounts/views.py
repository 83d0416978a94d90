"""The second step of the sign-in, and signing in again for programs and pages that were told to."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.base.views import AuthenticateView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts import stepup


class SecondStepView(AuthenticateView):
    """Allauth's second step, with the question for a passkey as text where the person has one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """``options`` is JSON, empty without a passkey."""
        names: dict[str, Any] = super().get_context_data(**kwargs)
        options = names["js_data"]["request_options"]
        names["options"] = json.dumps(options) if options["publicKey"].get("allowCredentials") else ""
        return names


second_step = SecondStepView.as_view()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@stepup.required(first=True)
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Ask, then go to the relative path ``next``."""
    target = request.GET.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return redirect(target if is_safe else "/")
