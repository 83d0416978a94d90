"""The lifecycle pages say what the state machines do."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from tickets import kinds
from tickets.lifecycle_docs import pages
from tickets.transitions import all_edges


def test_every_kind_has_a_page_and_a_line_in_the_list():
    made = pages()
    assert set(made) == {"README.md", *(f"{spec.key}.md" for spec in kinds.all_kinds())}
    assert all(f"({spec.key}.md)" in made["README.md"] for spec in kinds.all_kinds())


@pytest.mark.parametrize("key", ["incident", "request", "ritm", "sctask"])
def test_a_page_draws_every_edge(key):
    text = pages()[f"{key}.md"]
    for each in all_edges(kinds.get(key).model):
        assert f"    {each.source} --> {each.target} : " in text
        assert f"| `{each.name}` |" in text


def test_a_page_says_what_is_needed_and_why_it_is_refused():
    text = pages()["incident.md"]
    assert "| `hold` | Put on hold | `new`, `in_progress` | `on_hold` | person | `hold_reason`*" in text
    assert "An incident task is still open. Close it first." in text


def test_the_check_names_the_page_that_is_out_of_date(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    call_command("lifecycle_docs")
    call_command("lifecycle_docs", "--check")
    stale = tmp_path / "docs" / "lifecycles" / "ritm.md"
    stale.write_text("old")
    with pytest.raises(CommandError, match=r"ritm\.md"):
        call_command("lifecycle_docs", "--check")
    assert stale.read_text() == "old"
