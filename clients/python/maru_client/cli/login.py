"""Where the command finds its server and token: the environment, else a file that only its owner reads.

The only module of the client that reads the environment.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


class NoLoginError(Exception):
    """There is no usable login; ``args[0]`` is the key of a text, ``values`` fill it."""

    def __init__(self, text: str, **values: str) -> None:
        super().__init__(text)
        self.values = values


@dataclass(frozen=True)
class Login:
    """A server and the token for it."""

    url: str
    token: str
    stream_url: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"<Login {self.url}>"  # never the token


def environment() -> Mapping[str, str]:
    """The environment of the process."""
    return os.environ


def config_file() -> Path:
    """``MARU_CONFIG``, else ``maru/login.json`` in the user's configuration folder."""
    given = os.environ.get("MARU_CONFIG")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(home) / "maru" / "login.json"


def load(url: str = "") -> Login:
    """The login to use; ``url`` and the environment come before the file. Raises NoLoginError.

    A kept token is sent to the server it was kept for and to no other.
    """
    wanted = (url or os.environ.get("MARU_URL", "")).rstrip("/")
    token = os.environ.get("MARU_TOKEN", "")
    more = {
        "stream_url": os.environ.get("MARU_STREAM_URL", ""),
        "ca_file": os.environ.get("MARU_CA_FILE", ""),
    }
    kept = {} if wanted and token else _kept()
    if not wanted:
        wanted = kept.get("url", "")
    if not token and wanted == kept.get("url"):
        token = kept.get("token", "")
    if not wanted:
        raise NoLoginError("no_login")
    if not token:
        raise NoLoginError("no_token", url=wanted)
    return Login(wanted, token, **more)


def _kept() -> dict[str, str]:
    path = config_file()
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NoLoginError("file_is_open", path=str(path))
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise NoLoginError("file_is_broken", path=str(path)) from error
    if not isinstance(found, dict):
        raise NoLoginError("file_is_broken", path=str(path))
    return {str(key): value for key, value in found.items() if isinstance(value, str)}


def keep(url: str, token: str) -> Path:
    """Write the file, readable by its owner only from its first moment on. Raises OSError."""
    path = config_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".login-")  # 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"url": url.rstrip("/"), "token": token}, file)
        os.replace(made, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(made)
        raise
    return path


def forget() -> bool:
    """Remove the file; whether there was one. Raises OSError."""
    try:
        config_file().unlink()
    except FileNotFoundError:
        return False
    return True


def language(asked: str = "") -> str:
    """``ko`` or ``en``: what was asked for, else what the environment speaks."""
    if asked:
        return asked
    spoken = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    return "ko" if spoken.lower().startswith("ko") else "en"
