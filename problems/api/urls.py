"""Addresses of problems and their tasks."""

from __future__ import annotations

from core.api.addresses import Address, keyed
from problems.api import parts, views
from problems.api.trends import TrendViewSet
from tickets.api.urls import READ, READ_ADD, Part, kind_urls

_TRENDS = {"get": "retrieve", "post": "create"}
problems = [
    Address("problems/trends/", TrendViewSet, _TRENDS, "problems-trends"),
    *kind_urls("problems", views.ProblemViewSet, opens=True),
    Address("problems/<key:number>/tell/", views.ProblemViewSet, {"post": "tell"}, "problems-tell"),
]
_CHANGE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
problem_parts: list[Part] = [
    ("whys", parts.WhyViewSet, READ_ADD),
    ("whys/<uuid:part_id>", parts.WhyViewSet, _CHANGE),
    ("factors", parts.FactorViewSet, READ_ADD),
    ("factors/<uuid:part_id>", parts.FactorViewSet, _CHANGE),
    ("diagram", parts.BoneViewSet, READ),
    ("diagram/<key:bone>", parts.BoneViewSet, {"patch": "partial_update"}),
    ("timeline", parts.StoryViewSet, READ),
]
problem_tasks = kind_urls("problem-tasks", views.ProblemTaskViewSet, opens=True)
_ONE = "problem-candidates/<uuid:public_id>/"
candidates = [
    *keyed("problem-candidates", views.CandidateViewSet, "<uuid:public_id>"),
    Address(f"{_ONE}accept/", views.CandidateViewSet, {"post": "accept"}, "problem-candidates-accept"),
    Address(f"{_ONE}dismiss/", views.CandidateViewSet, {"post": "dismiss"}, "problem-candidates-dismiss"),
]
