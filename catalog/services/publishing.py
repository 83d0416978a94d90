"""Publishing and retiring what can be ordered; a published version never changes again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from catalog import flows
from catalog.entitlement import condition
from catalog.formdata import check_definition
from catalog.formdata.checking import Problems
from catalog.models import CatalogItem, CatalogItemVersion
from catalog.policies import may_publish, visible_versions
from core import audit, outbox
from core.conditions import BadConditionError
from core.errors import FieldError, NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.time import db_now
from core.versions import VersionStatus


@transaction.atomic
def publish_version(version_id: int, *, actor: Actor) -> CatalogItemVersion:
    """The draft published; what was published before is retired, orders stay on it.

    Publishes ``catalog.published``. Raises NotVisibleError, NotAllowedError, WrongStateError (no draft),
    RuleRefusedError with one entry per mistake in texts, form, entitlement, price and flow.
    """
    version = _locked(version_id, actor)
    if version.status != VersionStatus.DRAFT:
        raise WrongStateError(_("Only a draft can be published."), current_state=version.status, allowed=[])
    _check_version(version)
    _retire_published(version.item)
    version.status, version.published_by, version.published_at = VersionStatus.PUBLISHED, actor, db_now()
    version.lock_version += 1
    version.save()
    _tell("published", version, actor)
    return version


@transaction.atomic
def retire_version(version_id: int, *, actor: Actor) -> CatalogItemVersion:
    """The published version taken off the catalogue; open orders go on. Publishes ``catalog.retired``.

    Raises NotVisibleError, NotAllowedError, WrongStateError.
    """
    version = _locked(version_id, actor)
    if version.status != VersionStatus.PUBLISHED:
        raise WrongStateError(
            _("Only what is published can be retired."), current_state=version.status, allowed=[]
        )
    _retire_published(version.item)
    version.refresh_from_db()
    _tell("retired", version, actor)
    return version


def _locked(version_id: int, actor: Actor) -> CatalogItemVersion:
    """The version, with its item locked so that publishing is one at a time."""
    row = CatalogItemVersion.objects.filter(visible_versions(actor), pk=version_id).first()
    if row is None:
        raise NotVisibleError
    if not may_publish(actor):
        raise NotAllowedError
    CatalogItem.objects.select_for_update(of=("self",)).get(pk=row.item_id)
    return CatalogItemVersion.objects.select_related("item").get(pk=version_id)


def _retire_published(item: CatalogItem) -> None:
    for old in item.versions.filter(status=VersionStatus.PUBLISHED):
        old.status = VersionStatus.RETIRED
        old.save(update_fields=["status"])


def _tell(verb: str, version: CatalogItemVersion, actor: Actor) -> None:
    ref = f"{version.item.key} {version.no}"
    audit.write(actor=actor, table="catalog_catalogitemversion", object_ref=ref, action=verb)
    payload = {
        "item_id": version.item_id,
        "key": version.item.key,
        "version_id": version.pk,
        "no": version.no,
    }
    outbox.publish(f"catalog.{verb}", payload, actor=actor)


def _check_version(version: CatalogItemVersion) -> None:
    """Refuse what nobody could order. Raises RuleRefusedError with one entry per mistake."""
    problems = Problems()
    for name in ("name_ko", "name_en"):
        if not getattr(version, name):
            problems.add(name, _("This text is missing."))
    checks: list[Callable[[], object]] = [
        lambda: check_definition(version.form),
        lambda: check_about_person(version.available_for, "available_for"),
    ]
    if version.not_available_for is not None:
        checks.append(lambda: check_about_person(version.not_available_for, "not_available_for"))
    for check in checks:
        try:
            check()
        except RuleRefusedError as refusal:
            problems.found.extend(refusal.errors)
    _check_money_and_flow(version, problems)
    if problems.found:
        raise RuleRefusedError(errors=problems.found)


def _check_money_and_flow(version: CatalogItemVersion, problems: Problems) -> None:
    if (version.recurring_price is None) != (not version.recurring_period):
        problems.add("recurring_period", _("A recurring price and how often it is due go together."))
    if re.fullmatch(r"[A-Z]{3}", version.currency) is None:
        problems.add("currency", _("A currency is three capital letters, such as KRW."))
    if version.flow_key and not flows.exists(version.flow_key):
        problems.add("flow_key", _("There is no published flow with this key."))


def check_about_person(tree: Any, where: str) -> None:
    """Refuse a condition about people that does not compile. Raises RuleRefusedError."""
    try:
        condition(tree)
    except BadConditionError as mistake:
        details = [FieldError(f"{where}.{each.field}", each.code, each.detail) for each in mistake.errors]
        raise RuleRefusedError(errors=details or [FieldError(where, "invalid", mistake.detail)]) from mistake
