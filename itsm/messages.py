"""The texts of the user interface: found in code and templates, kept in ``locale/ko/LC_MESSAGES/django.po``.

Django's ``makemessages`` needs the gettext programs, which no PyPI wheel brings; this needs none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation import template

from itsm.environment import BASE_DIR

CATALOG = BASE_DIR / "locale" / "ko" / "LC_MESSAGES" / "django.po"
SKIPPED = {
    ".venv",
    "var",
    "tests",
    "bench",
    "clients",
    "node_modules",
    ".git",
}  # clients bring their own texts
_SIMPLE = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy"}
_PLURAL = {"ngettext", "ngettext_lazy", "npgettext"}
_CALL = re.compile(r"""\b(n?p?gettext|_)\((?:u?(?P<q>['"]))""")
_STRING = re.compile(r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.DOTALL)


def python_files() -> Iterator[Path]:
    """Our modules, migrations and tests left out."""
    for path in sorted(BASE_DIR.rglob("*.py")):
        parts = path.relative_to(BASE_DIR).parts
        if not SKIPPED & set(parts) and "migrations" not in parts:
            yield path


def template_files() -> Iterator[Path]:
    """Our templates, mails included."""
    for suffix in ("*.html", "*.txt", "*.svg"):
        yield from sorted((BASE_DIR / "templates").rglob(suffix))


def from_python(source: str) -> Iterator[tuple[str, str]]:
    """(text, plural or "") of each translated literal in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        literals = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in _SIMPLE and literals:
            yield literals[-1], ""
        elif name in _PLURAL and len(literals) >= 2:
            yield literals[-2], literals[-1]


def from_template(source: str) -> Iterator[tuple[str, str]]:
    """(text, plural or "") of each translated text in a template, by Django's own reading of its tags."""
    text = template.templatize(source)
    for found in _CALL.finditer(text):
        literals = [ast.literal_eval(each) for each in _arguments(text, found.end() - 1)]
        if "n" in found[1] and found[1].startswith("n") and len(literals) >= 2:
            yield literals[-2], literals[-1]
        else:
            yield literals[-1], ""


def _arguments(text: str, at: int) -> list[str]:
    found = []
    while (match := _STRING.match(text, at)) is not None:
        found.append(match.group(0).removeprefix("u"))
        at = match.end()
        gap = re.compile(r"\s*,?\s*").match(text, at)
        at = gap.end() if gap else at
    return found


def used() -> dict[str, tuple[str, set[str]]]:
    """Every text in use: its plural and the files it is in."""
    texts: dict[str, tuple[str, set[str]]] = {}
    for paths, read in ((python_files(), from_python), (template_files(), from_template)):
        for path in paths:
            for text, plural in read(path.read_text(encoding="utf-8")):
                known = texts.setdefault(text, (plural, set()))
                known[1].add(path.relative_to(BASE_DIR).as_posix())
    texts.pop("", None)
    return texts


def collect(translations: dict[str, str] | None = None) -> polib.POFile:
    """The catalogue brought up to date: new texts in, unused out; ``translations`` fills what is empty."""
    known = polib.pofile(str(CATALOG)) if CATALOG.exists() else polib.POFile(wrapwidth=110)
    old = {entry.msgid: entry for entry in known}
    catalog = polib.POFile(wrapwidth=110)
    catalog.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "ko",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for text, (plural, files) in sorted(used().items()):
        entry = polib.POEntry(msgid=text, occurrences=[(name, "") for name in sorted(files)])
        before = old.get(text)
        korean = (translations or {}).get(text, "")
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = {0: (before.msgstr_plural.get(0, "") if before else "") or korean}
        else:
            entry.msgstr = (before.msgstr if before else "") or korean
        if re.search(r"%\(\w+\)", text):
            entry.flags.append("python-format")
        catalog.append(entry)
    return catalog


def save(catalog: polib.POFile) -> None:
    """Write catalogue and compiled file."""
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(CATALOG))
    catalog.save_as_mofile(str(CATALOG.with_suffix(".mo")))
