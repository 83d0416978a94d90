"""Versions of what administrators publish: a draft is edited, a published one never changes (DOMAIN DR-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import pgtrigger
from django.db import models
from django.http import Http404
from django.utils.translation import gettext_lazy as _


class VersionStatus(models.TextChoices):
    """Where a version stands; published it never changes, retired is final."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Version(Protocol):
    """A row that is one version of something."""

    @property
    def no(self) -> int:
        """Versions are counted from 1."""

    @property
    def status(self) -> str:
        """A VersionStatus."""


V = TypeVar("V", bound=Version)


def with_status(versions: Sequence[V], status: str) -> V | None:
    """The one that stands there, of all versions of one thing."""
    return next((each for each in versions if each.status == status), None)


def chosen(versions: Sequence[V], number: str) -> V:
    """The version of the number that a reader asked for, without one the published, else the newest.

    ``versions`` begin with the newest. Raises Http404 when none has the number.
    """
    if not number:
        return with_status(versions, VersionStatus.PUBLISHED) or versions[0]
    found = [each for each in versions if str(each.no) == number]
    if not found:
        raise Http404
    return found[0]


def compared(versions: Sequence[V], *, older: str, newer: str) -> tuple[V, V]:
    """The two of these numbers; without numbers the newest and the one before it. Raises Http404."""
    second = chosen(versions, newer or str(versions[0].no))
    before = [each for each in versions if each.no < second.no]
    return chosen(versions, older or str((before or versions)[0].no)), second


def published_is_immutable(what: str) -> pgtrigger.Trigger:
    """The trigger that lets a published row only be retired; ``what`` names the thing in the error.

    The table has ``status`` and the columns of ``core.models.Record``.
    """
    return pgtrigger.Trigger(
        name="published_is_immutable",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__status__in=[VersionStatus.PUBLISHED, VersionStatus.RETIRED]),
        func=f"""
                    IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND NEW.status = 'retired'
                       AND to_jsonb(NEW) - '{{status,updated_at,lock_version}}'::text[]
                         = to_jsonb(OLD) - '{{status,updated_at,lock_version}}'::text[] THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'a published version of {what} never changes'
                        USING ERRCODE = 'check_violation';
                """,
    )
