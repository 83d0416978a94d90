"""Addresses of problems and their tasks."""

from __future__ import annotations

from core.api.addresses import Address, keyed
from problems.api import views
from tickets.api.urls import kind_urls

problems = [
    *kind_urls("problems", views.ProblemViewSet, opens=True),
    Address("problems/<key:number>/tell/", views.ProblemViewSet, {"post": "tell"}, "problems-tell"),
]
problem_tasks = kind_urls("problem-tasks", views.ProblemTaskViewSet, opens=True)
_ONE = "problem-candidates/<uuid:public_id>/"
candidates = [
    *keyed("problem-candidates", views.CandidateViewSet, "<uuid:public_id>"),
    Address(f"{_ONE}accept/", views.CandidateViewSet, {"post": "accept"}, "problem-candidates-accept"),
    Address(f"{_ONE}dismiss/", views.CandidateViewSet, {"post": "dismiss"}, "problem-candidates-dismiss"),
]
