"""What can be done with the catalogue and its orders; moves wrap the one door of ``tickets.services``."""

from catalog.services.editing import create_category, create_item, save_draft, update_item
from catalog.services.moving import (
    SERVICES,
    accept_item,
    cancel_item,
    cancel_request,
    complain_item,
    complete_item,
    complete_task,
    incomplete_item,
    incomplete_task,
    skip_item,
    skip_task,
    start_task,
)
from catalog.services.ordering import OrderLine, order_item, place_order
from catalog.services.publishing import publish_version, retire_version
from catalog.services.settling import (
    close_accepted,
    note_stage,
    open_complaint_task,
    settle_item,
    settle_item_of_task,
    settle_request,
    settle_request_of_item,
    stop_work,
    withdraw_items,
)
from catalog.services.tasks import open_task

__all__ = [
    "SERVICES",
    "OrderLine",
    "accept_item",
    "cancel_item",
    "cancel_request",
    "close_accepted",
    "complain_item",
    "complete_item",
    "complete_task",
    "create_category",
    "create_item",
    "incomplete_item",
    "incomplete_task",
    "note_stage",
    "open_complaint_task",
    "open_task",
    "order_item",
    "place_order",
    "publish_version",
    "retire_version",
    "save_draft",
    "settle_item",
    "settle_item_of_task",
    "settle_request",
    "settle_request_of_item",
    "skip_item",
    "skip_task",
    "start_task",
    "stop_work",
    "update_item",
    "withdraw_items",
]
