"""Records as the API tells them, and changes of them that lose nobody else's change."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, TypeVar

from maru_client.errors import StaleVersionError
from maru_client.session import Session, name

TURNS = 5  # how often a change is put on top of a newer version before others are too quick
E = TypeVar("E", bound="Editable")


class Record:
    """A representation. Fields are attributes and items: ``ticket.title``, ``ticket["title"]``.

    ``data`` is all of it as a dictionary. Fields are not to be set: records change by their methods.
    """

    __slots__ = ("data", "etag", "session")
    data: dict[str, Any]
    etag: str
    session: Session

    def __init__(self, session: Session, data: dict[str, Any], etag: str = "") -> None:
        self.session, self.data, self.etag = session, data, etag

    def __getattr__(self, field: str) -> Any:
        if field.startswith("__") or field in Record.__slots__:
            raise AttributeError(field)
        try:
            return self.data[field]
        except KeyError:
            raise AttributeError(f"This {type(self).__name__} has no field {field!r}.") from None

    def __getitem__(self, field: str) -> Any:
        return self.data[field]

    def __contains__(self, field: object) -> bool:
        return field in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.data})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and other.data == self.data

    __hash__ = None  # type: ignore[assignment] # what can change is no key

    def __repr__(self) -> str:
        known = (self.data.get(key) for key in ("number", "key", "username", "id", "name"))
        return f"<{type(self).__name__} {next((each for each in known if each), '')}>"

    def get(self, field: str, default: Any = None) -> Any:
        """The field, or ``default`` where the answer has none."""
        return self.data.get(field, default)


class Editable(Record):
    """A record that PATCH changes, with the version that was read in ``If-Match``."""

    __slots__ = ()

    def address(self) -> str:
        """Where the record is read and changed."""
        raise NotImplementedError  # each kind of record has its own

    def refresh(self: E) -> E:
        """Read it again."""
        self._take(*self.session.get(self.address()))
        return self

    def edit(self, *, refresh: bool = False) -> Edit:
        """A block in which fields may be set; they are sent together at its end, nothing after an exception.

        Raises StaleVersionError when somebody changed the record since it was read. With ``refresh`` the
        change is put on the newer version instead, unless one of the very fields was changed.
        """
        return Edit(self, refresh=refresh)

    def change(self: E, *, refresh: bool = False, **fields: Any) -> E:
        """Change fields at once; as ``edit``."""
        seen = dict(self.data)
        if not self.etag:  # read in a list, or changed since by ourselves
            self._catch_up(fields, seen)
        turns = TURNS if refresh else 1
        while stale := self._try(fields):
            turns -= 1
            if not turns:
                raise stale
            self._catch_up(fields, seen, stale)
        return self

    def _try(self, fields: dict[str, Any]) -> StaleVersionError | None:
        try:
            self._take(*self.session.patch(self.address(), fields, if_match=self.etag))
        except StaleVersionError as stale:
            return stale
        return None

    def _take(self, data: dict[str, Any], etag: str) -> None:
        self.data, self.etag = data, etag

    def _catch_up(
        self, fields: dict[str, Any], seen: dict[str, Any], stale: StaleVersionError | None = None
    ) -> None:
        """Read the newest version. Raises StaleVersionError when it differs in what is to be changed."""
        self.refresh()
        lost = sorted(field for field in fields if field in seen and seen[field] != self.data.get(field))
        if lost:
            told = "Somebody changed this since it was read."
            raise stale or StaleVersionError(
                412, {"code": "stale_version", "detail": told, "changed_fields": lost}
            )


class Edit:
    """The fields set in an ``edit`` block."""

    def __init__(self, record: Editable, *, refresh: bool) -> None:
        object.__setattr__(self, "_record", record)
        object.__setattr__(self, "_refresh", refresh)
        object.__setattr__(self, "_fields", {})

    def __getattr__(self, field: str) -> Any:
        fields = object.__getattribute__(self, "_fields")
        return fields[field] if field in fields else getattr(object.__getattribute__(self, "_record"), field)

    def __setattr__(self, field: str, value: Any) -> None:
        self._fields[field] = value

    def __enter__(self) -> Edit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._fields:
            self._record.change(refresh=self._refresh, **self._fields)


class User(Editable):
    """A person."""

    __slots__ = ()

    def address(self) -> str:
        """Below ``/users/``."""
        return f"/users/{name(self.username)}/"


class ConfigurationItem(Editable):
    """A configuration item."""

    __slots__ = ()

    def address(self) -> str:
        """Below ``/cis/``."""
        return f"/cis/{name(self.number)}/"
