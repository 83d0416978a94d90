"""Approval requests, the row of each approver, delegations and decision links."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Company, Group, User
from approvals.choices import DECISIONS, Reason, Scope, Status, Why
from core.models import Record
from core.settings_store import declare
from tickets.models import Ticket

declare("approval.own", default=False, help="Whether people may decide their own requests.")
declare("approval.link_days", default=7, help="Days for which a decision link in a mail works.")


def _absorbing(name: str) -> pgtrigger.Trigger:
    """A status other than ``requested`` never changes again, and no row disappears (PROCESSES APR-07)."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'an approval is never deleted' USING ERRCODE = 'check_violation';
            END IF;
            IF OLD.status <> 'requested' AND (NEW.status, NEW.decided_at, NEW.decided_by_id)
               IS DISTINCT FROM (OLD.status, OLD.decided_at, OLD.decided_by_id) THEN
                RAISE EXCEPTION 'this approval has been decided' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


class ApprovalRequest(Record):
    """One question put to people, usually about a ticket. A new round is a new row (PROCESSES APR-06).

    ``policy`` is the rule and what happens when time passes; ``summary`` is what the approver is shown, as it
    was when asked; ``fired`` counts the due actions that ran.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, db_index=False)
    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_requests",
        db_index=False,
    )
    title = models.CharField(max_length=160)
    summary = models.JSONField(default=dict, blank=True)
    policy = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.REQUESTED)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    next_fire_at = models.DateTimeField(null=True, blank=True)
    fired = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.REQUESTED, decided_at=None)
                | (~Q(status=Status.REQUESTED) & Q(decided_at__isnull=False)),
                name="approval_request_end",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.REQUESTED) | Q(next_fire_at=None), name="approval_request_timer"
            ),
        ]
        indexes = [
            models.Index("ticket", F("id").desc(), name="approval_of_ticket"),
            models.Index(
                fields=["next_fire_at", "id"], condition=Q(next_fire_at__isnull=False), name="approval_due"
            ),
        ]
        triggers = [_absorbing("request_end_is_final")]

    def __str__(self) -> str:
        return self.title


class Approval(Record):
    """One person's part in a request.

    ``seat`` groups rows that count once: the members of a group, or a person and the manager who was asked
    later. ``instead_of`` and ``why`` say whom the person stands in for; ``delegate`` is who stood in for them
    when they were asked; ``decided_by`` is who answered ("B for A" when it is not the approver).
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="approvals")
    seat = models.CharField(max_length=30)
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approvals", db_index=False)
    via_group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    instead_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=12, choices=Why.choices, default=Why.ASKED)
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.REQUESTED)
    comment = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "approver"], name="approver_once"),
            models.CheckConstraint(
                condition=Q(status__in=DECISIONS, decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(status__in=DECISIONS) & Q(decided_at=None, decided_by=None)),
                name="approval_answer",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.REJECTED) | ~Q(comment=""), name="approval_no_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["approver", "id"], condition=Q(status=Status.REQUESTED), name="approval_waiting"
            ),
            models.Index("decided_by", F("id").desc(), name="approval_decided_by"),
            models.Index("approver", F("id").desc(), name="approval_of_person"),
        ]
        triggers = [_absorbing("answer_is_final")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.approver_id} {self.status}"


class Delegation(Record):
    """From when to when somebody acts for somebody else (DOMAIN DD-2)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations", db_index=False)
    delegate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegated_to_me")
    scope = models.CharField(max_length=16, choices=Scope.choices, default=Scope.APPROVALS)
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("delegate")), name="delegate_is_another"),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__upper_inf=False, during__lower_inf=False),
                name="delegation_has_an_end",
            ),
            ExclusionConstraint(
                name="delegations_do_not_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.user_id}"


class DecisionLink(models.Model):
    """A secret in a mail that decides one approval as one person, once; only its hash is kept (SE-7)."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"link to {self.approval_id}"
