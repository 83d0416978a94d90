"""Places where a fault drill may kill, stop or fail a process (RELIABILITY RL-43)."""

from __future__ import annotations

import os
import signal
import time

from django.conf import settings


class FailpointError(Exception):
    """Raised by a failpoint that a drill set to ``raise``."""


def hit(name: str, *, marker: str = "") -> None:
    """Act if ``ITSM_FAILPOINT`` is ``<name>:kill``, ``<name>:sleep:<seconds>`` or ``<name>:raise``.

    ``<name>@<marker>:…`` acts only where the caller gives that marker, such as the node of a flow.
    """
    wanted, _, action = settings.FAILPOINT.partition(":")
    place, _, mark = wanted.partition("@")
    if not place or place != name or (mark and mark != marker):
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action.startswith("sleep:"):
        time.sleep(float(action.removeprefix("sleep:")))
    else:
        raise FailpointError(name)
