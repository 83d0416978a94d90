"""Addresses of what belongs to a ticket, the same below each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api.addresses import Address
from tickets.api import parts, worklog

READ = {"get": "list"}
READ_ADD = {"get": "list", "post": "create"}
CHANGE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
Part = tuple[str, type[parts.PartViewSet], dict[str, str]]
# Upper layers add theirs: clocks, approvals, progress.
PARTS: list[Part] = [
    ("comments", parts.CommentViewSet, READ_ADD),
    ("work-notes", parts.WorkNoteViewSet, READ_ADD),
    ("activity", parts.ActivityViewSet, READ),
    ("attachments", parts.AttachmentViewSet, READ_ADD),
    ("attachments/<uuid:file_id>", parts.ContentViewSet, {"get": "retrieve"}),
    ("watchers", parts.WatcherViewSet, READ_ADD),
    ("watchers/<key:username>", parts.WatcherViewSet, {"delete": "destroy"}),
    ("links", parts.LinkViewSet, READ_ADD),
    ("links/<uuid:link_id>", parts.LinkViewSet, {"delete": "destroy"}),
    ("cis", parts.TicketCIViewSet, READ),
    ("checklist", worklog.ChecklistViewSet, READ_ADD),
    ("checklist/<uuid:part_id>", worklog.ChecklistViewSet, CHANGE),
    ("time", worklog.TimeViewSet, READ_ADD),
    ("time/<uuid:part_id>", worklog.TimeViewSet, CHANGE),
    ("survey", parts.SurveyViewSet, {"get": "retrieve", "post": "create"}),
]


def part_urls(prefix: str, kind: str, scope: str, more: Sequence[Part] = ()) -> list[Address]:
    """The parts below ``<prefix>/<number>/`` for tickets of one kind, or of all for an empty ``kind``."""
    return [
        Address(
            f"{prefix}/<key:number>/{below}/",
            view,
            actions,
            f"{prefix}-{below.split('/<')[0]}-{'item' if '<' in below else 'list'}",
            {"kind": kind, "scope": scope},
        )
        for below, view, actions in [*PARTS, *more]
    ]


def kind_urls(prefix: str, view: Any, *, opens: bool) -> list[Address]:
    """List, read, change and transitions of one kind; ``opens`` when callers may make one."""
    one = f"{prefix}/<key:number>/"
    change = {"get": "retrieve", "patch": "partial_update"}
    return [
        Address(f"{prefix}/", view, READ_ADD if opens else READ, f"{prefix}-list"),
        Address(one, view, change, f"{prefix}-detail"),
        Address(f"{one}transitions/", view, {"get": "transitions"}, f"{prefix}-transitions"),
        Address(f"{one}transitions/<key:name>/", view, {"post": "move"}, f"{prefix}-move"),
    ]
