"""The mail server of the embedded run: takes every message on loopback and stores it as a file."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from itsm.launcher.ports import LOOPBACK

KEPT = 2000
LARGEST_BYTES = 32 * 1024 * 1024


class Catcher:
    """Stores each message as ``<milliseconds>-<random>.eml``; a reader sees whole files only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{time.time_ns() // 1_000_000}-{secrets.token_hex(4)}"
        recipients = ", ".join(address.replace("\r", "").replace("\n", "") for address in envelope.rcpt_tos)
        header = f"X-Envelope-To: {recipients}\r\n".encode("utf-8", "replace")
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        await asyncio.to_thread(self._store, name, header + content)
        return "250 Stored"

    def _store(self, name: str, content: bytes) -> None:
        fresh = self.folder / f"{name}.part"
        fresh.write_bytes(content)
        os.replace(fresh, self.folder / f"{name}.eml")
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)


async def serve(port: int, folder: Path) -> None:
    """Listen until INT or TERM."""
    loop = asyncio.get_running_loop()
    catcher = Catcher(folder)
    server = await loop.create_server(
        lambda: SMTP(catcher, data_size_limit=LARGEST_BYTES, enable_SMTPUTF8=True, hostname="localhost"),
        LOOPBACK,
        port,
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()


def main(argv: list[str]) -> int:
    """``python -m itsm mailcatcher --port N --folder DIR``; prints nothing."""
    parser = argparse.ArgumentParser(prog="itsm mailcatcher")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args(argv)
    given.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(serve(given.port, given.folder))
    return 0
