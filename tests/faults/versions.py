"""Another version of the platform: a copy of the code with more node kinds and a migration."""

from __future__ import annotations

import shutil
from pathlib import Path

from itsm.environment import BASE_DIR

_LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "var",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "node_modules",
    "docs",
)
_KINDS = '''"""Node kinds that only the drills' version knows."""

import os
import signal

from workflows.nodes import telling
from workflows.nodes.base import NodeKind


def _kill(ctx):
    os.kill(os.getpid(), signal.SIGKILL)


def _break(ctx):
    raise RuntimeError("a defect of the drill")


def _eat(ctx):
    bytearray(2**36)


KINDS = (
    NodeKind(key="drill_newer", fields=telling.LOG.fields, enter=telling.LOG.enter, check=telling.LOG.check),
    NodeKind(key="drill_killer", fields=frozenset(), enter=_kill),
    NodeKind(key="drill_broken", fields=frozenset(), enter=_break),
    NodeKind(key="drill_greedy", fields=frozenset(), enter=_eat),
)
'''
_REGISTRATION = """
from workflows.nodes import drill  # noqa: E402

_BY_KEY.update({kind.key: kind for kind in drill.KINDS})
"""
_MIGRATION = '''"""A column more on the busiest table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "{previous}")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE tickets_ticket ADD COLUMN drill_note text NOT NULL DEFAULT 'new'",
            "ALTER TABLE tickets_ticket DROP COLUMN drill_note",
        )
    ]
'''
COLUMN = "drill_note"


def newer_code(folder: Path, *, migration: bool = False) -> Path:
    """The code as the next version would have it, in ``folder``."""
    code = folder / "newer"
    shutil.copytree(BASE_DIR, code, ignore=_LEFT_OUT)
    nodes = code / "workflows" / "nodes"
    (nodes / "drill.py").write_text(_KINDS, encoding="utf-8")
    with (nodes / "__init__.py").open("a", encoding="utf-8") as file:
        file.write(_REGISTRATION)
    if migration:
        migrations = code / "tickets" / "migrations"
        previous = max(path.stem for path in migrations.glob("[0-9]*.py"))
        text = _MIGRATION.format(previous=previous)
        (migrations / "9999_drill.py").write_text(text, encoding="utf-8")
    return code
