"""Leading major incidents is a right of its own; the roles that ship with all rights get it."""

from typing import Any

from django.db import migrations

MANAGE, MAJOR = "incident.manage", "incident.major"
KEYS = ("administrator", "super")


def give(apps: Any, _editor: Any) -> None:
    """Give it to the two seed roles, where they still manage incidents."""
    rows = apps.get_model("accounts", "Role").objects.filter(key__in=KEYS, company=None)
    for role in rows.filter(grants__contains=[MANAGE]):
        if MAJOR not in role.grants:
            role.grants.insert(role.grants.index(MANAGE) + 1, MAJOR)
            role.save(update_fields=["grants"])


def take(apps: Any, _editor: Any) -> None:
    """Take it away from every role."""
    for role in apps.get_model("accounts", "Role").objects.filter(grants__contains=[MAJOR]):
        role.grants = [grant for grant in role.grants if grant != MAJOR]
        role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_internal_fields")]
    operations = [migrations.RunPython(give, take)]
