"""Addresses of the catalogue and its orders."""

from __future__ import annotations

from catalog.api import views
from core.api.addresses import Address, keyed
from tickets.api.urls import kind_urls

_ITEM = "catalog/items/<key:key>/"
catalogue = [
    *keyed("catalog/categories", views.CategoryViewSet),
    *keyed("catalog/items", views.ItemViewSet),
    Address(f"{_ITEM}quote/", views.ItemViewSet, {"post": "quote"}, "catalog-items-quote"),
    Address(f"{_ITEM}order/", views.ItemViewSet, {"post": "order"}, "catalog-items-order"),
]
requests = [
    *kind_urls("requests", views.RequestViewSet, opens=False),
    Address(
        "requests/<key:number>/progress/", views.RequestViewSet, {"get": "progress"}, "requests-progress"
    ),
]
request_items = [
    *kind_urls("request-items", views.RequestItemViewSet, opens=False),
    Address(
        "request-items/<key:number>/progress/",
        views.RequestItemViewSet,
        {"get": "progress"},
        "request-items-progress",
    ),
]
catalog_tasks = kind_urls("catalog-tasks", views.CatalogTaskViewSet, opens=False)
