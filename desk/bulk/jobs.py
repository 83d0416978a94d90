"""What a bulk needs of the machine that does it: the jobs of the REST API, which is a layer above.

``api`` registers its jobs here when it is ready. So each ticket of a bulk goes the way of a single call, with
the same gate, rules and refusals (decision 0017).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from accounts.models import User


@dataclass(frozen=True)
class Call:
    """One call of the REST API; ``ref`` is the number of the ticket it is about."""

    ref: str
    method: str
    path: str
    body: Any = None
    if_match: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one call; ``status`` is None while it waits, ``problem`` is a refusal's document."""

    ref: str
    status: int | None
    etag: str
    problem: dict[str, Any] | None

    @property
    def is_done(self) -> bool:
        """Whether it changed its ticket."""
        return self.status is not None and self.status < 400


@dataclass(frozen=True)
class Progress:
    """How far a job is; ``ended_at`` is None until it is over, ``stopped``: something is left undone."""

    total: int
    done: int
    failed: int
    ended_at: dt.datetime | None
    stopped: bool


class Jobs(Protocol):
    """The machine."""

    def start(
        self, actor: User, calls: Sequence[Call], *, language: str, request_id: str, held: bool
    ) -> UUID:
        """Take the calls in; ``held`` keeps them for the caller of ``work`` for a moment.

        Raises WrongStateError when too many of the person's jobs are not over.
        """

    def work(self, job_id: UUID, *, seconds: float) -> None:
        """Do calls of the job here and now, until it is over or the time is up; others go on with it."""

    def progress(self, actor: User, job_id: UUID) -> Progress:
        """How far the job is. Raises NotVisibleError when it was forgotten."""

    def outcomes(self, actor: User, job_id: UUID) -> list[Outcome]:
        """What came of each call, in order. Raises NotVisibleError when it was forgotten."""


_registered: list[Jobs] = []


def register(machine: Jobs) -> None:
    """Make the machine known; called once, when its app is ready."""
    _registered[:] = [machine]


def machine() -> Jobs:
    """The machine there is."""
    return _registered[0]
