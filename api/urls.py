"""Every address of the REST API."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path, register_converter

from accounts.api.urls import addresses as people
from api import views
from api.bulk import BulkViewSet
from api.eventlog import ChangeFeedViewSet, EventLogViewSet
from api.jobs import JobResultViewSet, JobViewSet
from api.search import SearchViewSet
from approvals.api.urls import addresses as approvals
from approvals.api.views import TicketApprovalViewSet
from catalog.api import urls as orders
from cmdb.api.urls import addresses as configuration_items
from connectors.api.urls import addresses as connectors
from core.api.addresses import Address, keyed
from core.api.converters import KeyConverter
from desk.api.urls import addresses as views_of_lists
from handovers.api.urls import addresses as hand_overs
from history.api.urls import addresses as audit
from history.api.views import TicketHistoryViewSet
from incidents.api import urls as incidents
from macros.api.urls import addresses as macros
from macros.api.views import RunMacroViewSet
from notifications.api.pages import addresses as pages
from notifications.api.urls import addresses as notices
from problems.api import urls as problems
from reports.api.urls import addresses as reports
from scheduled.api.urls import addresses as ticket_schedules
from schedules.api.urls import addresses as calendars
from sla.api.breakdown import ClockBreakdownViewSet
from sla.api.explain import TicketExplanationViewSet
from sla.api.explain import addresses as explanations
from sla.api.urls import addresses as service_levels
from sla.api.views import TicketClockViewSet
from tickets.api.parts import UploadViewSet
from tickets.api.urls import READ, Part, part_urls
from tickets.api.views import TicketViewSet
from webhooks.api.urls import addresses as webhooks
from workflows.api.urls import addresses as flows
from workflows.api.views import TicketProgressViewSet

register_converter(KeyConverter, "key")

# What the engines add to every ticket.
_MORE: list[Part] = [
    ("clocks", TicketClockViewSet, READ),
    ("clocks/<uuid:clock_id>/breakdown", ClockBreakdownViewSet, {"get": "retrieve"}),
    ("approvals", TicketApprovalViewSet, READ),
    ("history", TicketHistoryViewSet, READ),
]
_EXPLAINED: Part = ("sla-explain", TicketExplanationViewSet, {"get": "retrieve"})
_RUN: Part = ("run-macro", RunMacroViewSet, {"post": "create"})
_PROGRESS: Part = ("progress", TicketProgressViewSet, READ)
_JOB = "jobs/<uuid:public_id>/"
addresses = [
    *keyed("tickets", TicketViewSet, "<key:number>"),
    *part_urls("tickets", "", "tickets", [*_MORE, _PROGRESS, _EXPLAINED]),
    *incidents.incidents,
    *part_urls("incidents", "incident", "incidents", [*_MORE, _PROGRESS, _RUN, *incidents.incident_parts]),
    *incidents.incident_tasks,
    *part_urls("incident-tasks", "itask", "incidents", [*_MORE, _RUN]),
    *problems.problems,
    *part_urls("problems", "problem", "problems", [*_MORE, _PROGRESS, _RUN, *problems.problem_parts]),
    *problems.problem_tasks,
    *problems.candidates,
    *part_urls("problem-tasks", "ptask", "problems", [*_MORE, _RUN]),
    *orders.catalogue,
    *orders.requests,
    *part_urls("requests", "request", "requests", [*_MORE, _RUN]),
    *orders.request_items,
    *part_urls("request-items", "ritm", "requests", [*_MORE, _RUN]),
    *orders.catalog_tasks,
    *part_urls("catalog-tasks", "sctask", "requests", [*_MORE, _RUN]),
    *approvals,
    *flows,
    *connectors,
    *webhooks,
    *service_levels,
    *explanations,
    *reports,
    *audit,
    *calendars,
    *ticket_schedules,
    *macros,
    *hand_overs,
    *notices,
    *pages,
    *views_of_lists,
    Address("attachments/", UploadViewSet, {"post": "create"}, "attachments-upload"),
    *people,
    *configuration_items,
    Address("bulk/", BulkViewSet, {"post": "create"}, "bulk"),
    Address("jobs/", JobViewSet, {"get": "list"}, "jobs-list"),
    Address(_JOB, JobViewSet, {"get": "retrieve"}, "jobs-detail"),
    Address(f"{_JOB}results/", JobResultViewSet, {"get": "list"}, "jobs-results"),
    Address(f"{_JOB}cancel/", JobViewSet, {"post": "cancel"}, "jobs-cancel"),
    Address("event-log/", EventLogViewSet, {"get": "poll"}, "event-log"),
    Address("search/", SearchViewSet, {"get": "retrieve"}, "search"),
    Address("changes/", ChangeFeedViewSet, {"get": "poll"}, "changes"),
]
collections = {each.route.rstrip("/"): each.scope for each in addresses if each.is_collection}

urlpatterns = [
    path("v1/", views.RootView.as_view(names=collections), name="api-root"),
    path("v1/schema/", views.SchemaView.as_view(), name="api-schema"),
    path("v1/docs/", login_required(views.DocsView.as_view()), name="api-docs"),
    *[each.pattern("v1/") for each in addresses],
    # A path without its last slash gets the same answer, never a redirect (API A-01).
    re_path(r"^v1/(?P<rest>.+[^/])$", views.without_slash, name="api-without-slash"),
    re_path(r"^v1$", views.without_slash, {"rest": ""}, name="api-root-without-slash"),
    re_path(r"^", views.unknown, name="api-unknown"),
]
