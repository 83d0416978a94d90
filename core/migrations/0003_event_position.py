"""Events get a place in the event log. The column is empty at first: the sweep numbers old events too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tables")]

    operations = [
        migrations.AddField(
            model_name="outboxevent",
            name="position",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(
            sql="CREATE SEQUENCE core_event_position AS bigint",
            reverse_sql="DROP SEQUENCE core_event_position",
        ),
    ]
