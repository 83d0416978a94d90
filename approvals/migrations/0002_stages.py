"""Stages with approve sets, and rounds that know the one they replace (PROCESSES APR-01, APR-06, APR-14)."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

TO_STAGES = """
UPDATE approvals_approvalrequest SET policy = jsonb_build_object(
  'stages', jsonb_build_array(jsonb_build_object(
    'sets', jsonb_build_array(jsonb_build_object(
      'rule', policy->'rule', 'members', 'once', 'approvers', '[]'::jsonb)),
    'reject', coalesce(policy->'reject', '""'::jsonb), 'carry', false,
    'due', coalesce(policy->'due', '{}'::jsonb))),
  'on_empty', policy->'on_empty', 'watch', '[]'::jsonb, 'on_change', 'keep', 'watch_after', false,
  'summary', 'given')
WHERE policy ? 'rule'
"""
TO_ONE_RULE = """
UPDATE approvals_approvalrequest SET policy = jsonb_build_object(
  'rule', policy#>'{stages,0,sets,0,rule}', 'reject', policy#>'{stages,0,reject}',
  'on_empty', policy->'on_empty', 'due', policy#>'{stages,0,due}')
WHERE policy ? 'stages'
"""
TO_SEATS = "UPDATE approvals_approval SET seats = ARRAY['1/' || seat]"
TO_SEAT = "UPDATE approvals_approval SET seat = split_part(seats[1], '/', 2)"


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("approvalrequest", "round", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("approvalrequest", "stage", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField(
            "approvalrequest",
            "previous",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successor",
                to="approvals.approvalrequest",
            ),
        ),
        migrations.AlterField(
            "approvalrequest",
            "reason",
            models.CharField(
                blank=True,
                choices=[
                    ("answers", "The answers decided"),
                    ("empty", "There was nobody to ask"),
                    ("due", "The time was over"),
                    ("withdrawn", "The question was withdrawn"),
                    ("changed", "What was asked has changed"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            "approvalrequest",
            models.CheckConstraint(
                condition=models.Q(round=1, previous=None) | models.Q(round__gt=1, previous__isnull=False),
                name="approval_request_round",
            ),
        ),
        migrations.RunSQL(TO_STAGES, TO_ONE_RULE),
        migrations.AddField("approval", "stage", models.PositiveSmallIntegerField(default=1)),
        migrations.AlterField(
            "approval",
            "why",
            models.CharField(
                choices=[
                    ("asked", "Named as approver"),
                    ("own_request", "Nobody decides an own request; the manager is asked"),
                    ("inactive", "The named approver is not active"),
                    ("escalated", "Not answered in time"),
                    ("fallback", "Nobody else could be asked"),
                    ("carried", "Approved in an earlier stage already"),
                ],
                default="asked",
                max_length=12,
            ),
        ),
        migrations.AddField(
            "approval",
            "seats",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, size=None
            ),
            preserve_default=False,
        ),
        # The way back fills the old column after it exists again, so the order here is the order there reversed.
        migrations.AlterField("approval", "seat", models.CharField(default="", max_length=30)),
        migrations.RunSQL(TO_SEATS, TO_SEAT),
        migrations.RemoveField("approval", "seat"),
        migrations.AddConstraint(
            "approval", models.CheckConstraint(condition=~models.Q(seats=[]), name="approval_has_a_seat")
        ),
        migrations.RemoveConstraint("approval", "approver_once"),
        migrations.AddConstraint(
            "approval",
            models.UniqueConstraint(fields=["request", "stage", "approver"], name="approver_once"),
        ),
        # Mails that answer a question (APR-13).
        migrations.AddField(
            model_name="decisionlink",
            name="by_reply",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="ReceivedMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(max_length=300)),
                ("body_sha256", models.CharField(max_length=64)),
                ("raw", models.BinaryField()),
                ("is_trusted", models.BooleanField(default=False)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decided", "It decided"),
                            ("already_decided", "It had been decided already"),
                            ("no_reason", "Declining needs a reason"),
                            ("unclear", "It does not begin with approve or reject"),
                            ("not_allowed", "The sender may not decide it now"),
                            ("expired", "It came too late"),
                            ("no_token", "It answers no question of ours"),
                            ("wrong_sender", "It came from another address than the approver's"),
                            ("not_authentic", "Nothing vouches for its sender"),
                            ("automatic", "A machine wrote it"),
                            ("unreadable", "It could not be read"),
                            ("failed", "Reading it failed by a defect of ours"),
                        ],
                        max_length=16,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("sender", models.CharField(blank=True, max_length=254)),
                ("done_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "approval",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="approvals.approval",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("result", "")), fields=["id"], name="mail_waiting"),
                    models.Index(
                        condition=models.Q(("answered_at__isnull", False)),
                        fields=["person", "answered_at"],
                        name="mail_answered",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message_id", "body_sha256"), name="mail_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("result", "")),
                            models.Q(models.Q(("result", ""), _negated=True), ("done_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="mail_done",
                    ),
                ],
            },
        ),
    ]
