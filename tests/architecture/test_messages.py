"""Korean is complete: every text of the user interface has its translation, compiled."""

from __future__ import annotations

import re

import polib

from itsm import messages

_NAMES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_every_text_has_its_korean():
    """Run ``./run manage collect_messages`` after adding a text, and translate it."""
    catalog = polib.pofile(str(messages.CATALOG))
    known = {entry.msgid: entry for entry in catalog}
    missing = sorted(text for text in messages.used() if text not in known or not known[text].translated())
    assert not missing


def test_no_translation_loses_a_value():
    wrong = []
    for entry in polib.pofile(str(messages.CATALOG)):
        korean = entry.msgstr or " ".join(entry.msgstr_plural.values())
        if set(_NAMES.findall(korean)) - set(_NAMES.findall(entry.msgid + (entry.msgid_plural or ""))):
            wrong.append(entry.msgid)
    assert not wrong


def test_the_compiled_file_says_the_same():
    compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(str(messages.CATALOG.with_suffix(".mo")))}
    plain = {entry.msgid: entry.msgstr for entry in polib.pofile(str(messages.CATALOG)) if entry.translated()}
    assert compiled == plain
