"""sqlmap: every parameter of ten lists, with a token or a session (SECURITY CP-12, S-1)."""

from __future__ import annotations

import argparse
import re

from tests.faults.stack import PrivateStack
from tests.security.scanners import target
from tests.security.scanners.summary import Summary
from tests.security.scanners.tools import Tool

# Seven lists of the API, whose parameters are all filters, paging and search, and three of the pages.
API = [
    "incidents/?q=vpn&state=new&priority__lte=3&assignee=seojin&ordering=-opened_at&page_size=1",
    "tickets/?q=vpn&kind=incident&phase=open&requester=jimin&ordering=number&page_size=1",
    "requests/?q=laptop&state=in_process&requester=jimin&ordering=number&page_size=1",
    "cis/?q=gw&ci_class=server&status=in_use&ordering=name&page_size=1",
    "users/?q=kim&page_size=1&fields=username",
    "sla/clocks/?track=incident_response&kind=incident&page_size=1&ordering=attached&count=capped",
    "event-log/?types=incident.opened&page_size=1",
]
PAGES = [
    "w/incidents/?q=vpn&sort=updated&priority=4&sla=none",
    "w/search/?q=vpn",
    "w/reports/sla/clocks/?period=quarter&by=team",
]
NOTHING = "all tested parameters do not appear to be injectable"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its bounds."""
    parser.add_argument("--level", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=600, help="per list")
    parser.add_argument("--lists", type=int, default=len(API) + len(PAGES), help="only the first so many")


def run(given: argparse.Namespace) -> int:
    """All lists on one installation; see ``Summary.code``."""
    tool = Tool("sqlmap", given.tools)
    summary = Summary(
        tool,
        [
            f"Level {given.level}, risk 1, all techniques, as {target.AGENT}.",
            "The API with a token, pages with a session.",
        ],
        ("list", "parameters", "requests", "injectable"),
    )
    with target.installation() as stack:
        credential = f"Authorization: Bearer {target.token(stack, target.AGENT)}"
        session = "; ".join(f"{each.name}={each.value}" for each in target.cookies(stack, target.AGENT))
        lists = [(f"api/v1/{path}", credential) for path in API]
        lists += [(path, f"Cookie: {session}") for path in PAGES]
        for path, header in lists[: given.lists]:
            _scan(tool, stack, summary, given, path, header)
        summary.findings += target.defects(stack)
    summary.write(given.reports)
    return summary.code


def _scan(
    tool: Tool, stack: PrivateStack, summary: Summary, given: argparse.Namespace, path: str, header: str
) -> None:
    name = re.sub(r"\W+", "-", path.split("?", maxsplit=1)[0]).strip("-")
    status = target.status(f"{stack.url}/{path}", header)
    if status != 200:  # else every try would be refused for the same reason
        summary.unfinished.append(f"{path}: {status} before anything was tried")
        return
    ran = tool.run(
        [
            *("sqlmap", "-u", f"{stack.url}/{path}", "--headers", header, "--batch", "--flush-session"),
            *("--level", str(given.level), "--risk", "1", "--dbms", "PostgreSQL", "-v", "4"),
            *("--output-dir", str(tool.logs / name), "--disable-coloring", "--timeout", "15"),
        ],
        log=f"{name}.log",
        seconds=given.seconds,
    )
    tested = len(set(re.findall(r"testing if GET parameter '(\S+)' is dynamic", ran.text)))
    sent = re.findall(r"HTTP request \[#(\d+)\]", ran.text)
    found = sorted(set(re.findall(r"^Parameter: .+", ran.text, re.MULTILINE)))
    summary.rows.append((f"`/{path}`", tested, sent[-1] if sent else 0, len(found)))
    summary.findings += [f"{path}: {each}" for each in found]
    if not found and NOTHING not in ran.text:
        summary.unfinished.append(f"{path}: {ran.text[-300:]!r}")
