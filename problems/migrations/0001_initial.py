"""Problems, their tasks and what their incidents were told."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import problems.lifecycle
from django.db import migrations, models


RULES = """
ALTER TABLE tickets_ticket
    ADD CONSTRAINT ptask_has_a_parent CHECK (kind <> 'ptask' OR parent_id IS NOT NULL),
    ADD CONSTRAINT problem_end_has_a_code CHECK (kind <> 'problem' OR state_rank < 60 OR close_code <> '');
"""
NO_RULES = """
ALTER TABLE tickets_ticket DROP CONSTRAINT ptask_has_a_parent, DROP CONSTRAINT problem_end_has_a_code;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tickets', '0006_row_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProblemTask',
            fields=[
                ('ticket_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='tickets.ticket')),
                ('type', models.CharField(choices=[('root_cause', 'Root cause'), ('general', 'General')], default='general', max_length=12)),
                ('flow_step', models.BigIntegerField(blank=True, db_index=True, null=True)),
            ],
            bases=(problems.lifecycle.ProblemTaskLifecycle, 'tickets.ticket'),
        ),
        migrations.CreateModel(
            name='Telling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('workaround', 'Workaround'), ('fix', 'Fix')], max_length=10)),
                ('digest', models.CharField(max_length=64)),
                ('is_public', models.BooleanField()),
                ('told_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Problem',
            fields=[
                ('ticket_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='tickets.ticket')),
                ('cause_notes', models.TextField(blank=True)),
                ('fix_notes', models.TextField(blank=True)),
                ('workaround', models.TextField(blank=True)),
                ('is_known_error', models.BooleanField(default=False)),
                ('risk_reason', models.TextField(blank=True)),
                ('risk_review_date', models.DateField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('risk_review_date__isnull', False)), fields=['risk_review_date'], name='problem_risk_review'), models.Index(condition=models.Q(('is_known_error', True)), fields=['is_known_error'], name='problem_known_errors')],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_known_error', False), models.Q(('workaround', ''), _negated=True), _connector='OR'), name='known_error_has_a_workaround')],
            },
            bases=(problems.lifecycle.ProblemLifecycle, 'tickets.ticket'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problem',
            trigger=pgtrigger.compiler.Trigger(name='row_history', sql=pgtrigger.compiler.UpsertTriggerSql(execute="public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '')", func='RETURN NULL;', hash='46e5c356a7fd22812de8180c6643fee62cbff295', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_row_history_c81d0', table='problems_problem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='problemtask',
            trigger=pgtrigger.compiler.Trigger(name='row_history', sql=pgtrigger.compiler.UpsertTriggerSql(execute="public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '')", func='RETURN NULL;', hash='8e1c10aacfc96384c5557b8860ba3212ca522a63', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_row_history_d4c12', table='problems_problemtask', when='AFTER')),
        ),
        migrations.AddField(
            model_name='telling',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='telling',
            name='problem',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='problems.problem'),
        ),
        migrations.AddConstraint(
            model_name='telling',
            constraint=models.UniqueConstraint(fields=('problem', 'incident', 'what', 'digest', 'is_public'), name='told_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='telling',
            trigger=pgtrigger.compiler.Trigger(name='row_history', sql=pgtrigger.compiler.UpsertTriggerSql(execute="public.core_note_change('tickets_ticket', 'id', 'problem_id', '', '', '')", func='RETURN NULL;', hash='673542671d8616bdbed52ecad7ff868b8a8eb949', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_row_history_4d1bf', table='problems_telling', when='AFTER')),
        ),
        migrations.RunSQL(RULES, NO_RULES),
    ]
