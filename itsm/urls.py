"""All addresses: each app brings its own."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

urlpatterns = [
    path("", include("core.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
]
for prefix, module in [
    ("", "notifications.urls"),
    ("design/flows/", "workflows.urls"),
    ("api/", "api.urls"),
    ("w/on-call/", "schedules.urls_on_call"),
    ("w/reports/", "reports.urls"),
    ("w/history/", "history.urls"),
    ("w/", "desk.urls"),
    ("design/on-call/", "schedules.urls_rotas"),
    ("design/calendars/", "schedules.urls"),
    ("design/ticket-schedules/", "scheduled.urls"),
    ("design/rules/", "routing.urls"),
    ("design/sla/what-if/", "sla.whatif.urls"),
    ("design/sla/", "sla.urls"),
    ("design/connect/", "connectors.urls"),
    ("design/webhooks/", "webhooks.urls"),
    ("design/roles/", "accounts.roles.urls"),
    ("design/access/", "accounts.access.urls"),
    ("design/people/", "accounts.people.urls"),
    ("design/sessions/", "accounts.sessions.urls"),
    ("design/", "accounts.machines.urls"),
    ("account/", "accounts.security.urls"),
    ("", "portal.urls"),
]:
    if find_spec(module.split(".")[0]) and find_spec(module):
        urlpatterns.append(path(prefix, include(module)))
