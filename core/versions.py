"""Versions of what administrators publish: a draft is edited, a published one never changes (DOMAIN DR-7)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionStatus(models.TextChoices):
    """Where a version stands; published it never changes, retired is final."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


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
