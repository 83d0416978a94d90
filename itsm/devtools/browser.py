"""Debian's chromium for the browser tests: found, or installed where that is possible without a question."""

from __future__ import annotations

import os
import shutil
import subprocess

from itsm.environment import inherited

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
MISSING = (
    "maru: the browser tests need chromium and a Korean font and were NOT run. "
    "Install them (Debian: apt-get install chromium fonts-noto-cjk) and repeat."
)


def find() -> str | None:
    """The program's path, if it and a Korean font are there."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    return program if program and has_korean_font() else None


def has_korean_font() -> bool:
    """Whether any font covers Korean: without one the screenshots show boxes."""
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=ko", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def install() -> str | None:
    """Install both with apt when we are root; ``None`` when that is not possible."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    print("Installing chromium and a Korean font …", flush=True)
    env = inherited() | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", *arguments], env=env, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return None
    return find()
