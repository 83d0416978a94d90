"""Rules that find major incidents among those that were opened or changed (PROCESSES INC-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import name_reader
from core.revisions import revisions
from core.time import db_now
from incidents.choices import MajorAction, MajorStatus
from incidents.major import fits, rules
from incidents.major_selectors import children_of, has_major_on_item, people_reporting, same_report
from incidents.models import Incident, MajorProposal, MajorRule
from incidents.services.standing import accept_major, propose_major

_CANDIDATE = {MajorStatus.NONE, MajorStatus.REJECTED}


@transaction.atomic
def weigh(pk: int) -> None:
    """Let the rules look at an incident that was opened or changed, at its parent, and at the first report of
    the same item; by order, the first that fits proposes it or makes it a major incident.

    A rule finds an incident once: what was rejected it does not propose again, others may. Run twice it acts
    once. Publishes ``incident.major_proposed`` or ``incident.major_accepted``.
    """
    known = rules.under(revisions())
    if not known:
        return
    for target in sorted(set(_targets(pk, known))):
        _weigh_one(target, known)


def _targets(pk: int, known: list[MajorRule]) -> Iterator[int]:
    incident = Incident.objects.select_related("group").filter(pk=pk, state_rank__lt=60).first()
    if incident is None:
        return
    if incident.parent_id is not None:
        yield incident.parent_id
        return  # a child is no candidate, and no report of its own
    yield pk
    minutes = [rule.people_minutes for rule in known if rule.least_people is not None]
    if minutes and incident.ci_id is not None:
        since = db_now() - dt.timedelta(minutes=max(minutes))
        first = same_report(incident, since=since).filter(parent=None).values_list("pk", flat=True).first()
        if first is not None:
            yield first


def _weigh_one(pk: int, known: list[MajorRule]) -> None:
    row = Incident.objects.filter(pk=pk, parent=None, state_rank__lt=60, major_status__in=_CANDIDATE)
    incident = row.select_for_update(no_key=True, of=("self", "ticket_ptr")).first()
    if incident is None:
        return
    spent = set(MajorProposal.objects.filter(incident=pk).values_list("rule", flat=True))
    now = db_now()
    for rule in known:
        if rule.pk not in spent and _finds(rule, incident, now):
            _act(rule, incident)
            return


def _finds(rule: MajorRule, incident: Incident, now: dt.datetime) -> bool:
    people = 0
    if rule.least_people is not None:
        if has_major_on_item(incident) or not _is_first(incident, rule, now):
            return False
        people = people_reporting(incident, rule, now)
    children = children_of(incident.pk).count() if rule.least_children is not None else 0
    return fits(rule, incident, children=children, people=people, now=now)


def _is_first(incident: Incident, rule: MajorRule, now: dt.datetime) -> bool:
    """Of all that report the same only the first is the candidate."""
    since = now - dt.timedelta(minutes=rule.people_minutes)
    first = same_report(incident, since=since).filter(parent=None).values_list("pk", flat=True).first()
    return bool(first == incident.pk)


def _act(rule: MajorRule, incident: Incident) -> None:
    reason = _("Found by the rule “%(name)s”.") % {"name": name_reader()(rule)}
    impact = _("Not known yet: the rule cannot tell. Priority %(priority)s.") % {
        "priority": incident.get_priority_display()
    }
    if rule.action == MajorAction.PROMOTE and incident.major_status == MajorStatus.NONE:
        accept_major(incident.pk, actor=None, work_note=reason, business_impact=impact, rule=rule)
    else:
        propose_major(incident.pk, actor=None, reason=reason, business_impact=impact, rule=rule)
