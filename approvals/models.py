"""Approval requests, the row of each approver, delegations and decision links."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Company, Group, User
from approvals.choices import DECISIONS, MailResult, Reason, Scope, Status, Why
from core.models import Record
from core.settings_store import declare
from core.trail.tracking import RowHistory
from tickets.models import Ticket

declare("approval.own", default=False, help="Whether people may decide their own requests.")
declare("approval.link_days", default=7, help="Days for which a decision link in a mail works.")
declare(
    "approval.mail_server",
    default="",
    help="Name by which our own mail server signs Authentication-Results; it vouches for who sent a reply.",
)


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

    ``policy`` holds the stages and what happens when time passes or a field changes (``approvals.plans``);
    ``stage`` is the one that is asked now, ``due_at`` and ``fired`` (the due actions that ran) are of that
    stage. ``summary`` is what the approver is shown, as it was when asked. ``previous`` is the round that
    this one replaces: that one has this as its ``successor``.
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
    round = models.PositiveSmallIntegerField(default=1)
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )
    stage = models.PositiveSmallIntegerField(default=1)
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
            models.CheckConstraint(
                condition=Q(round=1, previous=None) | Q(round__gt=1, previous__isnull=False),
                name="approval_request_round",
            ),
        ]
        indexes = [
            models.Index("ticket", F("id").desc(), name="approval_of_ticket"),
            models.Index(
                fields=["next_fire_at", "id"], condition=Q(next_fire_at__isnull=False), name="approval_due"
            ),
        ]
        triggers = [RowHistory(noise=["next_fire_at", "fired"]), _absorbing("request_end_is_final")]

    def __str__(self) -> str:
        return self.title

    @property
    def stage_count(self) -> int:
        """How many stages the question has."""
        return len(self.policy["stages"])


class Approval(Record):
    """One person's part in one stage of a request.

    ``seats`` say what an answer counts for: ``2/group:7`` is the seat of a group in the second approve set.
    Rows that share a seat count once in it: the members of a group, or a person and the manager who was asked
    later; an answer takes its seats from the rows that stay open. ``instead_of`` and ``why`` say whom the
    person stands in for; ``delegate`` is who stood in for them when they were asked; ``decided_by`` is who
    answered ("B for A" when it is not the approver).
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="approvals")
    stage = models.PositiveSmallIntegerField(default=1)
    seats = ArrayField(models.CharField(max_length=40))
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
            models.UniqueConstraint(fields=["request", "stage", "approver"], name="approver_once"),
            models.CheckConstraint(condition=~Q(seats=[]), name="approval_has_a_seat"),
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
        triggers = [RowHistory(part_of="request"), _absorbing("answer_is_final")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.approver_id} {self.status}"

    @property
    def sets(self) -> list[int]:
        """The numbers of the approve sets that the answer counts for."""
        return sorted({int(seat.partition("/")[0]) for seat in self.seats})


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
        triggers = [RowHistory(part_of="user")]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.user_id}"


class DecisionLink(models.Model):
    """A secret in a mail that decides one approval as one person, once; only its hash is kept (SE-7).

    ``by_reply`` marks the token of a reply: it also stands in headers that travel on with a conversation, so
    it opens no page and counts from a verified sender only (APR-13).
    """

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    by_reply = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"link to {self.approval_id}"


class ReceivedMail(models.Model):
    """A mail that came to the mailbox for replies, byte for byte, before anything reads it (NTF-05).

    The same mail is stored once, however often it is fetched (RL-21). ``is_trusted`` says that the mailbox
    itself vouches for senders. ``result`` is empty until it was looked at; ``person`` is whose token it bore.
    """

    message_id = models.CharField(max_length=300)
    body_sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    is_trusted = models.BooleanField(default=False)
    received_at = models.DateTimeField(db_default=Now())
    result = models.CharField(max_length=16, choices=MailResult.choices, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, null=True, related_name="mails")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "body_sha256"], name="mail_once"),
            models.CheckConstraint(
                condition=Q(result="", done_at=None) | (~Q(result="") & Q(done_at__isnull=False)),
                name="mail_done",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(result=""), name="mail_waiting"),
            models.Index(
                fields=["person", "answered_at"], condition=Q(answered_at__isnull=False), name="mail_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.result}"
