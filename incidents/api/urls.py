"""Addresses of incidents and their tasks."""

from __future__ import annotations

from core.api.addresses import Address
from incidents.api import major, views
from tickets.api.urls import READ, READ_ADD, Part, kind_urls

_MAJOR = "incidents/<key:number>/major/"
_OF_INCIDENTS = {"kind": "incident", "scope": "incidents"}
_CHANGE = {"get": "retrieve", "patch": "partial_update"}


def _major(below: str, view: type[major.PartViewSet], actions: dict[str, str], name: str) -> Address:
    return Address(f"{_MAJOR}{below}", view, actions, f"incidents-major{name}", _OF_INCIDENTS)


_major_urls = [
    _major("", major.MajorViewSet, {"get": "retrieve"}, ""),
    *(
        _major(f"{move}/", major.MajorViewSet, {"post": move}, f"-{move}")
        for move in ("propose", "accept", "reject", "demote")
    ),
    _major("roles/", major.MajorRoleViewSet, READ, "-roles"),
    _major("roles/<key:role>/", major.MajorRoleViewSet, {"patch": "partial_update"}, "-role"),
    _major("updates/", major.MajorUpdateViewSet, READ_ADD, "-updates"),
    _major("actions/", major.MajorActionViewSet, READ_ADD, "-actions"),
    _major("actions/<uuid:part_id>/", major.MajorActionViewSet, _CHANGE | {"delete": "destroy"}, "-action"),
    _major("review/", major.MajorReviewViewSet, _CHANGE, "-review"),
    _major("review/finish/", major.MajorReviewViewSet, {"post": "finish"}, "-review-finish"),
]
_ONE = "incidents/<key:number>/"
_VIEW = views.IncidentViewSet
incidents = [
    *kind_urls("incidents", _VIEW, opens=True),
    Address(f"{_ONE}merge/", _VIEW, {"get": "merged", "post": "merge"}, "incidents-merge"),
    Address(f"{_ONE}unmerge/", _VIEW, {"post": "unmerge"}, "incidents-unmerge"),
    Address(f"{_ONE}split/", _VIEW, {"post": "split"}, "incidents-split"),
    Address(f"{_ONE}similar/", _VIEW, {"get": "similar"}, "incidents-similar"),
    *_major_urls,
]
incident_parts: list[Part] = [("child-comments", views.ChildCommentViewSet, {"post": "create"})]
incident_tasks = kind_urls("incident-tasks", views.IncidentTaskViewSet, opens=True)
