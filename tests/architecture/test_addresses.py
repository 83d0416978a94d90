"""Addresses name things by number, key or public id, never by a primary key (API A-02)."""

from __future__ import annotations

import re

from accounts.access.report import routes


def test_no_address_takes_a_primary_key() -> None:
    found = [route for route, _view in routes()]
    assert len(found) > 300
    assert [route for route in found if re.search(r"<int:|[<:]pk>|<(?!uuid:)\w*:?\w+_id>", route)] == []
