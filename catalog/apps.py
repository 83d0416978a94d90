"""Services people order: the catalogue and its requests."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Catalogue, requests, requested items and catalog tasks (PROCESSES section 5)."""

    name = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the kinds and handlers; load the seed catalogue after each migration."""
        from accounts.access import subjects
        from catalog import handlers, reference  # noqa: F401
        from catalog.choices import (
            EMPLOYEE_ITEM_STATES,
            EMPLOYEE_REQUEST_STATES,
            ItemState,
            RequestState,
        )
        from catalog.models import CatalogTask, Request, RequestItem
        from catalog.policies import why_item, why_publish, why_request, why_task
        from catalog.services import SERVICES, open_task
        from tickets import kinds
        from tickets.choices import TaskState

        subjects.register_area("catalog", _("Service catalog"), ("edit",), why_publish)
        texts = frozenset({"description", "due_at"})
        kinds.register(
            kinds.KindSpec(
                key="request",
                moves=SERVICES["request"],
                prefix="REQ",
                model=Request,
                label=_("Request"),
                plural=_("Requests"),
                icon="package",
                why=why_request,
                path="requests",
                resource="catalog.api.views.RequestViewSet",
                employee_word=_("Request"),
                editable=texts | {"group", "assignee"},
                state_labels=dict(RequestState.choices),
                employee_states={str(code): label for code, label in EMPLOYEE_REQUEST_STATES.items()},
            )
        )
        kinds.register(
            kinds.KindSpec(
                key="ritm",
                moves=SERVICES["ritm"],
                prefix="RITM",
                model=RequestItem,
                label=_("Requested item"),
                plural=_("Requested items"),
                icon="box",
                why=why_item,
                path="request-items",
                resource="catalog.api.views.RequestItemViewSet",
                employee_word=_("Ordered item"),
                editable=texts | {"group", "assignee", "priority", "impact", "urgency"},
                state_labels=dict(ItemState.choices),
                employee_states={str(code): label for code, label in EMPLOYEE_ITEM_STATES.items()},
            )
        )
        kinds.register(
            kinds.KindSpec(
                key="sctask",
                moves=SERVICES["sctask"],
                prefix="SCTASK",
                model=CatalogTask,
                label=_("Catalog task"),
                plural=_("Catalog tasks"),
                icon="clipboard-list",
                why=why_task,
                path="catalog-tasks",
                resource="catalog.api.views.CatalogTaskViewSet",
                open=open_task,
                editable=texts | {"title", "group", "assignee", "impact", "urgency"},
                state_labels=dict(TaskState.choices),
            )
        )
        post_migrate.connect(reference.load, sender=self)
