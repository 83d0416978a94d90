"""The client: one object for one server and one token."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from maru_client.approvals import Approvals
from maru_client.catalog import Catalog
from maru_client.files import Multipart, Source
from maru_client.pages import PAGE_SIZE, Listing
from maru_client.records import ConfigurationItem, Record, User
from maru_client.session import Retries, Session, name, query
from maru_client.stream import EventStream
from maru_client.tickets import Clock, Ticket

R = TypeVar("R", bound=Record)


class Collection(Generic[R]):
    """A resource: a list, and one record by its key."""

    joined: frozenset[str] = frozenset()

    def __init__(
        self, session: Session, path: str, make: Callable[[Session, dict[str, Any], str], R]
    ) -> None:
        self._session, self._path, self._make = session, path, make

    def list(self, **filters: Any) -> Listing[R]:
        """What the caller may see; pages are read as they are needed. An unknown filter is refused."""
        asked = {"page_size": PAGE_SIZE, **filters}
        return Listing(
            self._session,
            self._path,
            asked,
            lambda row: self._make(self._session, row, ""),
            joined=self.joined,
        )

    def get(self, key: str, **params: Any) -> R:
        """One record. Raises NotFoundError. ``fields`` and ``expand`` may be lists."""
        asked = query(params, {"fields", "expand"})
        return self._make(self._session, *self._session.get(f"{self._path}{name(key)}/{asked}"))


class TicketCollection(Collection[Ticket]):
    """Tickets of one kind, or of all."""

    def __init__(self, session: Session, below: str) -> None:
        super().__init__(session, f"/{below}/", lambda *told: Ticket(*told).placed(below))
        if below == "tickets":
            self.joined = frozenset({"state", "kind"})  # here several are one text with commas


class OpeningCollection(TicketCollection):
    """Tickets that may be opened at this address."""

    def create(self, *, title: str, idempotency_key: str = "", **fields: Any) -> Ticket:
        """Open one. Raises RuleRefusedError that names each field."""
        made, tag = self._session.post(self._path, {"title": title, **fields}, key=idempotency_key)
        return Ticket(self._session, made, tag).placed(self._path.strip("/"))


class Maru:
    """The REST API of one Maru server, with one token. One object may be shared by threads.

    ``language`` is ``ko`` or ``en`` for labels and refusals; ``timeout`` the seconds to wait for a connection
    and for each piece of an answer; ``retries`` how often and how long a call that is safe to repeat is
    repeated; ``stream_url`` where the live stream is, if the server's own word for it is not right from here;
    ``ca_file`` a certificate authority of one's own. Raises ValueError for an address or token that is none.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        language: str = "",
        timeout: float = 30.0,
        retries: Retries | None = None,
        stream_url: str = "",
        ca_file: str = "",
    ) -> None:
        self.session = session = Session(
            url,
            token,
            language=language,
            timeout=timeout,
            retries=retries,
            stream_url=stream_url,
            ca_file=ca_file,
        )
        self.tickets = TicketCollection(session, "tickets")
        self.incidents = OpeningCollection(session, "incidents")
        self.incident_tasks = OpeningCollection(session, "incident-tasks")
        self.problems = OpeningCollection(session, "problems")
        self.problem_tasks = OpeningCollection(session, "problem-tasks")
        self.requests = TicketCollection(session, "requests")
        self.request_items = TicketCollection(session, "request-items")
        self.catalog_tasks = TicketCollection(session, "catalog-tasks")
        self.catalog = Catalog(session)
        self.approvals = Approvals(session)
        self.clocks = Collection(session, "/sla/clocks/", Clock)
        self.users = Collection(session, "/users/", User)
        self.groups = Collection(session, "/groups/", Record)
        self.cis = Collection(session, "/cis/", ConfigurationItem)
        self.notifications = Collection(session, "/notifications/", Record)

    def __repr__(self) -> str:
        return f"<Maru {self.session.base}>"

    def __enter__(self) -> Maru:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up. The client may still be used; it connects again."""
        self.session.close()

    def me(self) -> Record:
        """Who the token speaks for: name, groups, roles, grants."""
        return Record(self.session, *self.session.get("/users/me/"))

    def events(self, *topics: str, last_id: str = "", reconnect: bool = True) -> EventStream:
        """The live stream: ``tickets/<number>``, ``queue/<group key>``, ``queue/all``, ``users/me``."""
        return EventStream(self.session, topics, last_id=last_id, reconnect=reconnect)

    def upload(self, file: Source, *, filename: str = "", idempotency_key: str = "") -> Record:
        """A file to name by its ``id`` in a later call, such as an answer of an order form."""
        content = Multipart(file, filename)
        try:
            return Record(self.session, self.session.upload("/attachments/", content, key=idempotency_key))
        finally:
            content.close()

    # Everything else of the API

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an address below ``/api/v1/``."""
        return self.session.get(path + query(params, {"fields", "expand", "ordering"}))[0]

    def list(self, path: str, **filters: Any) -> Listing[Record]:
        """The rows of any list, page by page."""
        return Listing(self.session, path, filters, lambda row: Record(self.session, row))

    def post(self, path: str, body: Any = None, *, idempotency_key: str = "") -> Any:
        """The JSON answer; safe to repeat."""
        return self.session.post(path, body, key=idempotency_key)[0]

    def patch(self, path: str, body: Any, *, if_match: str = "") -> Any:
        """The JSON answer."""
        return self.session.patch(path, body, if_match=if_match)[0]

    def delete(self, path: str, *, if_match: str = "") -> None:
        """Delete what is at the address."""
        self.session.delete(path, if_match=if_match)
