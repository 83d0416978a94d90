"""Reading work notes and internal fields is a right of its own; who read all tickets had it, and keeps it."""

from typing import Any

from django.db import migrations

ALL, INTERNAL = "ticket.read_all", "ticket.read_internal"


def give(apps: Any, _editor: Any) -> None:
    """Give it to each role that reads all tickets."""
    for role in apps.get_model("accounts", "Role").objects.filter(grants__contains=[ALL]):
        if INTERNAL not in role.grants:
            role.grants.insert(role.grants.index(ALL) + 1, INTERNAL)
            role.save(update_fields=["grants"])


def take(apps: Any, _editor: Any) -> None:
    """Take it away; a role that had only the other of the two keeps that."""
    for role in apps.get_model("accounts", "Role").objects.filter(grants__contains=[INTERNAL]):
        role.grants = [grant for grant in role.grants if grant != INTERNAL]
        role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_token_history")]
    operations = [migrations.RunPython(give, take)]
