"""Addresses of incidents and their tasks."""

from __future__ import annotations

from incidents.api import views
from tickets.api.urls import Part, kind_urls

incidents = kind_urls("incidents", views.IncidentViewSet, opens=True)
incident_parts: list[Part] = [("child-comments", views.ChildCommentViewSet, {"post": "create"})]
incident_tasks = kind_urls("incident-tasks", views.IncidentTaskViewSet, opens=True)
