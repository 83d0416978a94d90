"""Giving people skills, and taking them away."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import SkillLevel
from accounts.models import Skill, User
from accounts.people.policies import kept_people
from accounts.policies import why_people
from accounts.skills.rules import skill_name
from core import audit
from core.errors import NotAllowedError, NotVisibleError, invalid
from core.time import db_now

MOST_SKILLS = 50
TABLE = "accounts_skill"


@transaction.atomic
def give_skill(username: str, *, actor: User, name: Any, level: Any) -> Skill:
    """The person's skill at that level, whether new or at another level before.

    Raises NotAllowedError (who does not edit people), NotVisibleError (nobody of that name in the company),
    RuleRefusedError (name, level, too many skills).
    """
    person = _locked(username, actor)
    given = skill_name("name", name)
    if isinstance(level, bool) or level not in SkillLevel.values:
        raise invalid("level", _("A level is a whole number from 1 to 5."), code="range")
    known = {row.name: row for row in Skill.objects.filter(user=person)}
    row = known.get(given)
    if row is None and len(known) >= MOST_SKILLS:
        raise invalid("name", _("This person has %(count)s skills already.") % {"count": MOST_SKILLS})
    before = None if row is None else row.level
    if before == level:
        return known[given]
    if row is None:
        row = Skill(user=person, name=given, level=level)
    else:
        row.level, row.lock_version, row.updated_at = level, row.lock_version + 1, db_now()
    row.save()
    _told(person, actor, given, before, level)
    return row


@transaction.atomic
def take_skill(username: str, *, actor: User, name: str) -> bool:
    """Take the skill away; False when the person does not have it. Raises as ``give_skill``."""
    person = _locked(username, actor)
    row = Skill.objects.filter(user=person, name=skill_name("name", name)).first()
    if row is None:
        return False
    row.delete()
    _told(person, actor, row.name, row.level, None)
    return True


def _locked(username: str, actor: User) -> User:
    """The person of the company, locked: two at once count skills one after the other."""
    if not why_people(actor, "edit"):
        raise NotAllowedError
    rows = User.objects.select_for_update(no_key=True, of=("self",))
    person = rows.filter(kept_people(actor), username__iexact=username, is_service=False).first()
    if person is None:
        raise NotVisibleError
    return person


def _told(person: User, actor: User, name: str, before: int | None, after: int | None) -> None:
    diff = {name: [before, after]}
    audit.write(actor=actor, table=TABLE, object_ref=person.username, action="changed", diff=diff)
