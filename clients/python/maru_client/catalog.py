"""The catalogue: what may be ordered, what it would cost, and ordering it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maru_client.pages import Listing
from maru_client.records import Record
from maru_client.session import Session, name, query
from maru_client.tickets import Ticket

Answers = Mapping[str, Any]


class CatalogItem(Record):
    """Something the caller may order; ``item`` and ``quote`` give ``form``, ``total``, ``approvers`` too."""

    __slots__ = ()

    def quote(
        self, variables: Answers | None = None, *, quantity: int = 1, requested_for: str = ""
    ) -> CatalogItem:
        """The item as it stands with these answers: form, price, time, who approves. Nothing is stored."""
        body = _order(variables, quantity, requested_for)
        page, _tag = self.session.post(f"/catalog/items/{name(self.key)}/quote/", body)
        return CatalogItem(self.session, page)

    def order(
        self,
        variables: Answers | None = None,
        *,
        quantity: int = 1,
        requested_for: str = "",
        idempotency_key: str = "",
    ) -> Ticket:
        """Order it and return the request. Raises RuleRefusedError that names each answer in ``errors``,
        ConflictError ``item_changed`` when another edition was published since this one was read.
        """
        body = _order(variables, quantity, requested_for)
        return _placed(self.session, self.key, body | {"version": self.version}, idempotency_key)


class Catalog:
    """``maru.catalog``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def categories(self) -> Listing[Record]:
        """The shelves that hold something the caller may order."""
        return Listing(self._session, "/catalog/categories/", {}, lambda row: Record(self._session, row))

    def items(self, q: str | None = None, **filters: Any) -> Listing[CatalogItem]:
        """What the caller may order; with ``q`` the best match first, for others with ``requested_for``."""
        make = lambda row: CatalogItem(self._session, row)  # noqa: E731 - shorter than a function
        return Listing(self._session, "/catalog/items/", {"q": q, **filters}, make)

    def item(self, key: str, *, requested_for: str | None = None) -> CatalogItem:
        """One item with its form."""
        path = f"/catalog/items/{name(key)}/{query({'requested_for': requested_for})}"
        return CatalogItem(self._session, *self._session.get(path))

    def order(
        self,
        key: str,
        variables: Answers | None = None,
        *,
        quantity: int = 1,
        requested_for: str = "",
        idempotency_key: str = "",
    ) -> Ticket:
        """Order an item whose form is known, in whatever edition is published; see ``CatalogItem.order``."""
        return _placed(self._session, key, _order(variables, quantity, requested_for), idempotency_key)


def _order(variables: Answers | None, quantity: int, requested_for: str) -> dict[str, Any]:
    body: dict[str, Any] = {"variables": dict(variables or {}), "quantity": quantity}
    return body | ({"requested_for": requested_for} if requested_for else {})


def _placed(session: Session, key: str, body: dict[str, Any], idempotency_key: str) -> Ticket:
    made, tag = session.post(f"/catalog/items/{name(key)}/order/", body, key=idempotency_key)
    return Ticket(session, made, tag).placed("requests")
