"""Wapiti: crawls portal and agent workspace as a person and attacks what it finds (SECURITY CP-13)."""

from __future__ import annotations

import argparse
import json
from typing import Any

from tests.faults.stack import PrivateStack
from tests.security.scanners import target
from tests.security.scanners.summary import Summary
from tests.security.scanners.tools import Tool

# All that work without asking another host; ssrf, xxe, log4shell, wapp, nikto and cms do ask one.
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,information_disclosure,ldap,methods,"
    "permanentxss,redirect,shellshock,sql,timesql,upload,xss"
)
PARTS = {"portal": (target.EMPLOYEE, ""), "desk": (target.AGENT, "w/incidents/")}
# Category → why it is no hole here. Everything else is a finding.
EXPLAINED: dict[str, str] = {
    "Secure Flag cookie": (
        "the installation is attacked over http; with https each cookie has it"
        " (tests/security/test_s12_sessions.py::test_se1_cookies)"
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its bounds."""
    parser.add_argument("--seconds", type=int, default=120, help="of crawling, and of each module, per part")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))


def run(given: argparse.Namespace) -> int:
    """Both parts on one installation; see ``Summary.code``."""
    tool = Tool("wapiti", given.tools)
    summary = Summary(
        tool,
        [f"Modules: {MODULES}.", *[f"Explained: {name}: {why}" for name, why in EXPLAINED.items()]],
        ("part", "as", "pages and forms", "findings", "explained", "exit"),
    )
    with target.installation() as stack:
        for part in given.parts:
            _scan(tool, stack, summary, given, part)
        summary.findings += target.defects(stack)
    summary.write(given.reports)
    return summary.code


def _scan(tool: Tool, stack: PrivateStack, summary: Summary, given: argparse.Namespace, part: str) -> None:
    username, start = PARTS[part]
    report = tool.logs / f"{part}.json"
    report.unlink(missing_ok=True)
    jar = tool.logs / f"{part}-cookies.json"
    jar.write_text(json.dumps(_cookies(stack, username)), encoding="utf-8")
    ran = tool.run(
        [
            *("wapiti", "-u", f"{stack.url}/{start}", "--scope", "domain", "-c", str(jar), "-m", MODULES),
            *(
                "-x",
                f"{stack.url}/accounts/logout/",
                "-x",
                f"{stack.url}/demo/*",
                "--depth",
                "6",
                "--max-links-per-page",
                "60",
            ),
            *("--max-files-per-dir", "20", "--max-parameters", "20", "--flush-session", "--no-bugreport"),
            *("--max-scan-time", str(given.seconds), "--max-attack-time", str(given.seconds)),
            *("--store-session", str(tool.logs / part), "-f", "json", "-o", str(report), "-v", "1"),
        ],
        log=f"{part}.log",
        seconds=given.seconds * (len(MODULES.split(",")) + 2),
    )
    if not report.exists():
        summary.unfinished.append(f"{part}: {ran.text[-300:]!r}")
        return
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    found = [
        (category, f"{each['method']} {each['path']}: {each['info']}")
        for group in ("vulnerabilities", "anomalies")
        for category, entries in told[group].items()
        for each in entries
    ]
    open_ones = [f"{part}: {category}: {text}" for category, text in found if category not in EXPLAINED]
    summary.findings += open_ones
    pages, explained = told["infos"].get("crawled_pages_nbr", "?"), len(found) - len(open_ones)
    summary.rows.append((part, username, pages, len(open_ones), explained, ran.code))


def _cookies(stack: PrivateStack, username: str) -> dict[str, Any]:
    """A cookie file as the tool reads it: host → path → name → attributes."""
    found: dict[str, Any] = {}
    for each in target.cookies(stack, username):
        there = found.setdefault(each.domain, {}).setdefault(each.path, {})
        told = {"version": 0, "expires": each.expires, "secure": each.secure, "port": None}
        there[each.name] = told | {"value": each.value}
    return found
