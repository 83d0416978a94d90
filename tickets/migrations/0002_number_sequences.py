"""One sequence per kind gives the human numbers (DOMAIN DN-1)."""

from django.db import migrations

PREFIXES = ["inc", "prb", "chg", "req", "ritm", "sctask", "itask", "ptask", "ctask"]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"CREATE SEQUENCE ticket_number_{prefix} START 1001", f"DROP SEQUENCE ticket_number_{prefix}"
        )
        for prefix in PREFIXES
    ]
