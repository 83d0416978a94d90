"""Tasks of incidents: each is part of one, its parent."""

import django.db.models.deletion
import incidents.lifecycle
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


PARENT = """
ALTER TABLE tickets_ticket ADD CONSTRAINT itask_has_a_parent CHECK (kind <> 'itask' OR parent_id IS NOT NULL);
"""
NO_PARENT = "ALTER TABLE tickets_ticket DROP CONSTRAINT itask_has_a_parent;"


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0003_row_history'),
        ('tickets', '0006_row_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='IncidentTask',
            fields=[
                ('ticket_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='tickets.ticket')),
                ('flow_step', models.BigIntegerField(blank=True, db_index=True, null=True)),
            ],
            bases=(incidents.lifecycle.IncidentTaskLifecycle, 'tickets.ticket'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='incidenttask',
            trigger=pgtrigger.compiler.Trigger(name='row_history', sql=pgtrigger.compiler.UpsertTriggerSql(execute="public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '')", func='RETURN NULL;', hash='3cca513e66057ee1b6a04687afb384bb6e6385ca', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_row_history_dac40', table='incidents_incidenttask', when='AFTER')),
        ),
        migrations.RunSQL(PARENT, NO_PARENT),
    ]
