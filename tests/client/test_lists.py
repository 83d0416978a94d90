"""Lists: filters as the API writes them, pages only as they are needed."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit


def query(path: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(path).query)


def page(*numbers: int, after: str | None = None, **more: object) -> dict[str, object]:
    return {"results": [{"number": f"INC{n}"} for n in numbers], "next": after, "previous": None} | more


def test_pages_are_walked_at_our_own_address(fake, maru):
    """The server may know itself by a name that means nothing here, or that is somebody else."""
    fake.says(page(1, 2, after="https://evil.example/api/v1/incidents/?cursor=c1&phase=open")).says(page(3))
    assert [each.number for each in maru.incidents.list(phase="open")] == ["INC1", "INC2", "INC3"]
    assert fake.paths == [
        "/api/v1/incidents/?page_size=100&phase=open",
        "/api/v1/incidents/?cursor=c1&phase=open",
    ]


def test_no_page_is_read_before_it_is_needed(fake, maru):
    listing = maru.incidents.list(page_size=2)
    assert fake.asked == []
    fake.says(page(1, 2, after="/api/v1/incidents/?cursor=c1"))
    assert [each.number for each in listing.take(2)] == ["INC1", "INC2"]
    assert len(fake.asked) == 1
    fake.says(page())
    assert listing.first() is None


def test_a_page_tells_the_count_that_was_asked_for(fake, maru):
    fake.says(page(1, count=1000, count_capped=True))
    (found,) = maru.incidents.list(count="capped").pages()
    assert (found.count, found.count_capped, found.is_last) == (1000, True, True)


def test_filters_are_written_as_the_api_reads_them(fake, maru):
    since = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    filters = {
        "state": ["new", "on_hold"],
        "unassigned": True,
        "opened_at__gte": since,
        "group": None,
        "fields": ["number", "assignee.name"],
        "ordering": ("-priority", "opened_at"),
        "q": "결제 & more",
    }
    for listing in (maru.incidents.list(**filters), maru.tickets.list(**filters)):
        fake.says(page())
        list(listing)
    one, all_kinds = (query(path) for path in fake.paths)
    assert one == {
        "page_size": ["100"],
        "state": ["new", "on_hold"],
        "unassigned": ["true"],
        "opened_at__gte": ["2026-03-02T00:00:00+00:00"],
        "fields": ["number,assignee.name"],
        "ordering": ["-priority,opened_at"],
        "q": ["결제 & more"],
    }
    assert all_kinds == one | {"state": ["new,on_hold"]}


def test_any_list_of_the_api_can_be_walked(fake, maru):
    fake.says({"results": [{"key": "a"}], "next": "/api/v1/flows/?cursor=x"}).says(
        {"results": [{"key": "b"}]}
    )
    assert [each.key for each in maru.list("/flows/", enabled=True)] == ["a", "b"]
    assert fake.paths == ["/api/v1/flows/?enabled=true", "/api/v1/flows/?cursor=x"]
