"""How jobs stand and why they ended early."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    STOPPED = "stopped", _("Stopped")


LIVE_JOBS = (JobState.QUEUED, JobState.RUNNING)


class StopReason(models.TextChoices):
    """Why a job was stopped before its last operation."""

    OWNER_GONE = "owner_gone", _("The account is no longer active.")
    NO_API = "no_api", _("The owner of the token may no longer use the API.")
    TOKEN_ENDED = "token_ended", _("The token has expired or was revoked.")
    SCOPES_REDUCED = "scopes_reduced", _("The token has fewer scopes than when the job was made.")
