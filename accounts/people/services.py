"""Switching a person off and on again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from accounts import tokens
from accounts.access.decisions import OTHER_COMPANY
from accounts.models import Role, Session, User
from accounts.people.policies import why_switch
from accounts.policies import company_wall
from accounts.roles.policies import FIXED
from accounts.roles.services import check_somebody_holds_all, check_somebody_is_left, locked_roles
from core import audit, outbox
from core.errors import NotAllowedError, NotVisibleError


@transaction.atomic
def switch(username: str, *, actor: User, on: bool) -> bool:
    """Switch a person of the company off or on; False when they are so already.

    Off, they can no longer sign in; their sessions and tokens end at the next request and for good, their
    streams within 5 s. Roles, groups and what they worked on stay. Publishes ``user.disabled`` or
    ``user.enabled`` (user_id). Raises NotVisibleError (nobody of that name here; service accounts have a
    service of their own), NotAllowedError (see ``why_switch``), RuleRefusedError (nobody would be left who
    edits roles, or who holds every right).
    """
    locked_roles(actor)  # so that two people do not switch off one another, each as the last but one
    person = _locked(username, actor)
    decision = why_switch(actor, person)
    if decision is OTHER_COMPANY:
        raise NotVisibleError
    if not decision:
        raise NotAllowedError(decision.words)
    if person.is_active == on:
        return False
    diff: dict[str, list[object]] = {"is_active": [not on, on]}
    if not on:
        tokens.revoke_all(person, actor=actor)
        diff["sessions"] = [Session.objects.filter(user=person.pk).delete()[0], 0]
    person.is_active = on
    person.lock_version += 1
    person.save(update_fields=["is_active", "lock_version"])
    if not on:
        check_somebody_is_left(actor, field="is_active")
        if Role.objects.filter(holders=person.pk, key=FIXED, company=None).exists():
            check_somebody_holds_all(field="is_active")
    action = "enabled" if on else "disabled"
    audit.write(actor=actor, table="accounts_user", object_ref=person.username, action=action, diff=diff)
    outbox.publish(f"user.{action}", {"user_id": person.pk}, actor=actor)
    return True


def _locked(username: str, actor: User) -> User:
    """The person, locked together with the actor, who may have been switched off meanwhile."""
    wanted = Q(company_wall(actor), username__iexact=username, is_service=False)
    rows = User.objects.select_for_update(no_key=True, of=("self",)).filter(Q(pk=actor.pk) | wanted)
    found = list(rows.order_by("pk"))
    if not any(row.pk == actor.pk and row.is_active for row in found):
        raise NotAllowedError
    named = [row for row in found if row.username.lower() == username.lower() and not row.is_service]
    if not named:
        raise NotVisibleError
    return named[0]
