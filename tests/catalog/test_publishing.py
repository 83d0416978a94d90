"""Configuration is versioned data: drafts, publishing, and what never changes again (DOMAIN DR-7)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from catalog import reference, services
from catalog.models import CatalogItem, CatalogItemVersion, Category
from core.errors import (
    BadInputError,
    DuplicateError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import AuditLog, OutboxEvent
from tests.factories.accounts import GroupFactory, UserFactory, default_company
from tests.factories.catalog import SIZES, form_with, make_catalog_item, make_category, make_version

pytestmark = pytest.mark.django_db


def manager():
    return UserFactory(roles=["catalog_manager"])


def test_the_first_draft_is_version_one_and_the_next_a_copy():
    item, editor = make_catalog_item(), manager()
    first = services.save_draft(
        item.pk, actor=editor, name_ko=" 의자 ", name_en="Chair", price="50000", form=form_with(SIZES)
    )
    assert (first.no, first.status, first.name_ko, first.price) == (1, "draft", "의자", Decimal(50_000))
    assert services.save_draft(item.pk, actor=editor, price=60_000).pk == first.pk
    services.publish_version(first.pk, actor=editor)
    second = services.save_draft(item.pk, actor=editor, price=70_000)
    assert (second.no, second.name_en, second.price) == (2, "Chair", Decimal(70_000))


def test_publishing_retires_what_was_published_and_tells():
    editor, first = manager(), make_version()
    draft = services.save_draft(first.item_id, actor=editor, price=70_000)
    services.publish_version(draft.pk, actor=editor)
    rows = CatalogItemVersion.objects.filter(item=first.item_id).order_by("no")
    assert [row.status for row in rows] == ["retired", "published"]
    assert rows[1].published_by == editor
    assert rows[1].published_at is not None
    event = OutboxEvent.objects.filter(name="catalog.published").order_by("-pk")[0]
    assert event.payload == {
        "item_id": first.item_id,
        "key": first.item.key,
        "version_id": draft.pk,
        "no": 2,
    }
    assert AuditLog.objects.filter(object_ref=f"{first.item.key} 2", action="published").count() == 1


def test_only_a_draft_is_published_and_only_what_is_published_retired():
    editor, version = manager(), make_version()
    with pytest.raises(WrongStateError):
        services.publish_version(version.pk, actor=editor)
    services.retire_version(version.pk, actor=editor)
    for call in (services.publish_version, services.retire_version):
        with pytest.raises(WrongStateError):
            call(version.pk, actor=editor)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"name_en": ""}, "name_en"),
        ({"form": {"schema": 1, "fields": [{"key": "Bad", "type": "text"}]}}, "fields.0.key"),
        ({"form": []}, "form"),
        ({"available_for": {"f": "salary", "op": "gt", "v": 1}}, "available_for"),
        ({"not_available_for": {"f": "grade", "op": "regex", "v": "x"}}, "not_available_for"),
        ({"recurring_price": "9900"}, "recurring_period"),
        ({"currency": "won"}, "currency"),
        ({"flow_key": "no_such_flow"}, "flow_key"),
    ],
)
def test_what_nobody_could_order_is_not_published(content, place):
    draft = make_version(publish=False, **content)
    with pytest.raises(RuleRefusedError) as refusal:
        services.publish_version(draft.pk, actor=None)
    assert any(error.field.startswith(place) for error in refusal.value.errors)
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ({"price": -1}, RuleRefusedError),
        ({"price": 1.5}, RuleRefusedError),
        ({"price": "NaN"}, RuleRefusedError),
        ({"price": None}, RuleRefusedError),
        ({"price": "9" * 13}, RuleRefusedError),
        ({"max_quantity": 0}, RuleRefusedError),
        ({"max_quantity": "3"}, RuleRefusedError),
        ({"usual_days": 366}, RuleRefusedError),
        ({"name_ko": "a\x00"}, RuleRefusedError),
        ({"name_ko": "가" * 121}, RuleRefusedError),
        ({"status": "published"}, BadInputError),
        ({"no": 7}, BadInputError),
    ],
)
def test_a_draft_takes_no_value_that_could_not_be_stored(content, refusal):
    item = make_catalog_item()
    with pytest.raises(refusal):
        services.save_draft(item.pk, actor=None, **content)
    assert not CatalogItemVersion.objects.filter(item=item).exists()


def test_a_stale_draft_is_not_overwritten():
    item = make_catalog_item()
    draft = services.save_draft(item.pk, actor=None, name_ko="의자")
    services.save_draft(item.pk, actor=None, expected_version=draft.lock_version, name_en="Chair")
    with pytest.raises(StaleVersionError):
        services.save_draft(item.pk, actor=None, expected_version=draft.lock_version, name_en="Stool")


def test_who_does_not_edit_the_catalogue_changes_nothing():
    stranger, version = UserFactory(), make_version()
    draft = services.save_draft(version.item_id, actor=None, price=1)
    with pytest.raises(NotAllowedError):
        services.save_draft(version.item_id, actor=stranger, price=1)
    with pytest.raises(NotAllowedError):
        services.update_item(version.item_id, actor=stranger, enabled=False)
    with pytest.raises(NotAllowedError):
        services.retire_version(version.pk, actor=stranger)
    with pytest.raises(NotVisibleError):
        services.publish_version(draft.pk, actor=stranger)
    with pytest.raises(NotAllowedError):
        services.create_category(
            actor=stranger, company=default_company(), key="x", name_ko="가", name_en="x"
        )


def test_a_key_is_used_once_in_a_company():
    item, shelf = make_catalog_item(), make_category()
    with pytest.raises(DuplicateError):
        services.create_item(actor=None, company=item.company, key=item.key, category=shelf)
    with pytest.raises(DuplicateError):
        make_category(key=shelf.key)


def test_an_item_is_changed_under_its_version():
    item = make_catalog_item()
    changed = services.update_item(item.pk, actor=None, expected_version=1, icon="chair", enabled=False)
    assert (changed.icon, changed.enabled, changed.lock_version) == ("chair", False, 2)
    with pytest.raises(StaleVersionError):
        services.update_item(item.pk, actor=None, expected_version=1, icon="desk")
    with pytest.raises(BadInputError):
        services.update_item(item.pk, actor=None, key="other")


# --- by the database itself --------------------------------------------------------------------------------


def refused_by_the_database(sql, *params):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_a_published_version_never_changes_whoever_writes():
    version = make_version()
    for change in ("price = 1", "form = '{}'", "name_ko = 'x'", "status = 'draft'", "flow_key = 'x'"):
        refused_by_the_database(f"UPDATE catalog_catalogitemversion SET {change} WHERE id = %s", version.pk)
    refused_by_the_database(
        "UPDATE catalog_catalogitemversion SET status = 'retired', price = 1 WHERE id = %s", version.pk
    )
    refused_by_the_database("DELETE FROM catalog_catalogitemversion WHERE id = %s", version.pk)
    services.retire_version(version.pk, actor=None)
    refused_by_the_database(
        "UPDATE catalog_catalogitemversion SET status = 'published' WHERE id = %s", version.pk
    )


def test_two_published_versions_of_an_item_are_refused():
    version = make_version()
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogItemVersion.objects.create(item=version.item, no=9, status="published", name_ko="x")


# --- seed --------------------------------------------------------------------------------------------------


def test_loading_the_seed_again_changes_nothing():
    reference.load()
    before = (Category.objects.count(), CatalogItem.objects.count(), CatalogItemVersion.objects.count())
    laptop = CatalogItem.objects.get(key="laptop")
    services.update_item(laptop.pk, actor=None, enabled=False)
    services.retire_version(laptop.versions.get().pk, actor=None)
    reference.load()
    assert (
        Category.objects.count(),
        CatalogItem.objects.count(),
        CatalogItemVersion.objects.count(),
    ) == before
    laptop.refresh_from_db()
    assert (laptop.enabled, laptop.versions.get().status) == (False, "retired")


def test_items_get_their_group_once_it_is_there():
    assert CatalogItem.objects.get(key="vpn").owner_group is None
    network = GroupFactory(key="network")
    reference.load()
    assert CatalogItem.objects.get(key="vpn").owner_group == network
