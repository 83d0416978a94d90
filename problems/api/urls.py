"""Addresses of problems and their tasks."""

from __future__ import annotations

from core.api.addresses import Address
from problems.api import views
from tickets.api.urls import kind_urls

problems = [
    *kind_urls("problems", views.ProblemViewSet, opens=True),
    Address("problems/<key:number>/tell/", views.ProblemViewSet, {"post": "tell"}, "problems-tell"),
]
problem_tasks = kind_urls("problem-tasks", views.ProblemTaskViewSet, opens=True)
