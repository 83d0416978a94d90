"""``python -m maru_client`` is the command ``maru``."""

from __future__ import annotations

import sys

from maru_client.cli import main

sys.exit(main())
