"""Incidents that await their caller: what is done about it when. Those that wait already are counted from now."""

import django.db.models.deletion
from django.db import migrations, models

WAITING = """
INSERT INTO incidents_callerwait (incident_id, asked_at, reminders, due_at)
SELECT ticket_ptr_id, now(), 0, now() FROM incidents_incident WHERE hold_reason = 'awaiting_caller';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0004_incident_tasks'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallerWait',
            fields=[
                ('incident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='incidents.incident')),
                ('asked_at', models.DateTimeField()),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='caller_wait_due')],
            },
        ),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
    ]
