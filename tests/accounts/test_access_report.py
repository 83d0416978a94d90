"""``./run manage access_report``: addresses, the matrix, what is public, what roles grant."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.access.report import report
from tests.security.field_matrix import written as field_rows
from tests.security.matrix import ROLES, rows
from tests.security.test_access_matrix import PUBLIC


def printed(**options: object) -> str:
    out = io.StringIO()
    call_command("access_report", stdout=out, **options)
    return out.getvalue()


def test_it_knows_every_address_and_every_row(db):
    found = report()
    assert found.columns == list(ROLES)
    assert found.cells == len(rows()) * len(ROLES)
    assert not found.without_row
    assert not found.without_address
    assert {row.route for row in found.public} == PUBLIC


def test_it_tells_what_is_reached_in_three_forms(db):
    told = json.loads(printed(format="json"))
    assert told["reached"]["agent"] > told["reached"]["own"] > told["reached"]["anonymous"]
    assert {"route": "healthz", "method": "get"} in told["public"]
    assert next(role for role in told["roles"] if role["key"] == "super")["grants"]
    assert told["agent_fields"]["incidents.api.serializers.IncidentOut"]
    fields = [each for each in told["fields"] if "updated_at" in each["names"] and each["way"] == "read"]
    assert {each["cells"]["own"] for each in fields if each["route"] == "api/v1/incidents/"} == {"no"}
    lines = list(csv.DictReader(io.StringIO(printed(format="csv"))))
    assert len(lines) == len(rows())
    assert all(line["view"] for line in lines)
    text = printed()
    assert "Public (" in text
    assert "/design/roles/" in text
    assert f"Fields ({len(field_rows())})" in text
    assert "/api/v1/cis/: environment\n" in text


def test_an_address_the_matrix_does_not_know_is_told(db, tmp_path: Path):
    small = tmp_path / "matrix.csv"
    small.write_text("route,method,anonymous\nhealthz,get,yes\ngone/,get,yes\n")
    found = report(small)
    assert "readyz" in found.without_row
    assert found.without_address == ["gone/"]
    assert "Rows without an address: gone/" in printed(matrix=small)
    with pytest.raises(CommandError):
        printed(matrix=tmp_path / "none.csv")
