"""What can be ordered, and what was ordered."""

from catalog.models.catalogue import CatalogItem, CatalogItemVersion, Category
from catalog.models.orders import CatalogTask, Request, RequestItem

__all__ = ["CatalogItem", "CatalogItemVersion", "CatalogTask", "Category", "Request", "RequestItem"]
