"""The words of the command line, with help and complaints in the reader's language."""

from __future__ import annotations

import argparse
import functools
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from maru_client.cli.texts import Texts

USAGE = 2
# What argparse complains of, and our text for it; anything else stays as it says it.
_COMPLAINTS = (
    (re.compile(r"^the following arguments are required: (?P<rest>.*)$"), "required"),
    (re.compile(r"^unrecognized arguments: (?P<rest>.*)$"), "unrecognized"),
    (
        re.compile(r"^argument (?P<name>.*?): invalid choice: (?P<given>.*?) \(choose from (?P<rest>.*)\)$"),
        "choice",
    ),
    (re.compile(r"^argument (?P<name>.*?): expected one argument$"), "one_argument"),
    (re.compile(r"^argument (?P<name>.*?): invalid \w+ value: (?P<given>.*)$"), "bad_value"),
)


def spoken(argv: Sequence[str]) -> str:
    """The language of ``--lang``, read before the rest: help and complaints are in it. Empty without it."""
    found = ""
    for word, following in zip(argv, [*argv[1:], ""]):
        found = following if word == "--lang" else word[7:] if word.startswith("--lang=") else found
    return found if found in {"ko", "en"} else ""


class Parser(argparse.ArgumentParser):
    """argparse in two languages."""

    def __init__(self, *, texts: Texts, **kwargs: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_formatter(texts), **kwargs)
        self.texts = texts
        self._positionals.title = texts("arguments")
        self._optionals.title = texts("options")
        self.add_argument("-h", "--help", action="help", help=texts("help"))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words and end with 2."""
        told = message
        for pattern, key in _COMPLAINTS:
            found = pattern.match(message)
            if found:
                told = self.texts(key, **found.groupdict())
                break
        self.exit(USAGE, f"{self.format_usage()}{self.texts('error')}{told}\n")


def _formatter(texts: Texts) -> Any:
    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
            super().add_usage(usage, actions, groups, texts("usage") if prefix is None else prefix)

    return Formatter


def build(texts: Texts) -> Parser:
    """The parser of all commands. Options that all share may stand before or after the command."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--url", metavar="URL", help=texts("help_url"))
    shared.add_argument("--lang", choices=("ko", "en"), help=texts("help_lang"))
    shared.add_argument("--json", action="store_true", help=texts("help_json"))
    shared.add_argument("--timeout", type=float, metavar="S", help=texts("help_timeout"))
    parser = Parser(
        texts=texts, prog="maru", description=texts("about"), epilog=texts("epilog"), parents=[shared]
    )
    commands = parser.add_subparsers(  # type: ignore[call-overload] # typed for classes, works with any callable
        dest="command",
        required=True,
        metavar="COMMAND",
        title=texts("commands"),
        parser_class=functools.partial(Parser, texts=texts, parents=[shared]),
    )

    def command(name: str) -> Parser:
        made: Parser = commands.add_parser(
            name, help=texts(f"help_{name}"), description=texts(f"help_{name}")
        )
        return made

    _account(command, texts)
    _reading(command, texts)
    _writing(command, texts)
    _orders(command, texts)
    return parser


def _account(command: Any, texts: Texts) -> None:
    command("login").add_argument("address", metavar="URL", nargs="?", help=texts("help_url"))
    command("logout")
    command("whoami")


def _reading(command: Any, texts: Texts) -> None:
    listing = command("list")
    listing.add_argument("q", nargs="?", metavar="TEXT", help=texts("arg_query"))
    for name in ("kind", "phase", "state", "group", "assignee", "requester", "priority", "ordering"):
        listing.add_argument(f"--{name}")
    listing.add_argument(
        "--filter", action="append", default=[], metavar="NAME=VALUE", help=texts("opt_filter")
    )
    listing.add_argument("--limit", type=int, default=20, help=texts("opt_limit"))
    for name in ("show", "clocks"):
        command(name).add_argument("number", help=texts("arg_number"))
    watch = command("watch")
    watch.add_argument("number", nargs="*", help=texts("arg_number"))
    watch.add_argument("--queue", action="append", default=[], metavar="KEY", help=texts("opt_queue"))
    watch.add_argument("--mine", action="store_true", help=texts("help_approvals"))
    watch.add_argument("--count", type=int, default=0, help=texts("opt_count"))


def _writing(command: Any, texts: Texts) -> None:
    opening = command("open")
    opening.add_argument("title", help=texts("arg_title"))
    opening.add_argument("--description", metavar="TEXT", help=texts("arg_words"))
    for name in ("impact", "urgency"):
        opening.add_argument(f"--{name}", type=int, choices=(1, 2, 3))
    for name in ("category", "requester", "group", "ci", "location"):
        opening.add_argument(f"--{name}")
    for name in ("comment", "note"):
        saying = command(name)
        saying.add_argument("number", help=texts("arg_number"))
        saying.add_argument("words", metavar="TEXT", help=texts("arg_words"))
        saying.add_argument("--attach", action="append", default=[], metavar="FILE", help=texts("opt_attach"))
    moving = command("move")
    moving.add_argument("number", help=texts("arg_number"))
    moving.add_argument("transition", nargs="?", help=texts("arg_transition"))
    moving.add_argument("inputs", nargs="*", metavar="NAME=VALUE", help=texts("arg_inputs"))
    assigning = command("assign")
    assigning.add_argument("number", help=texts("arg_number"))
    assigning.add_argument("person", nargs="?", help=texts("arg_person"))
    assigning.add_argument("--group")


def _orders(command: Any, texts: Texts) -> None:
    order = command("order")
    order.add_argument("item", help=texts("arg_item"))
    order.add_argument("answers", nargs="*", metavar="NAME=VALUE", help=texts("arg_inputs"))
    order.add_argument("--quantity", type=int, default=1)
    order.add_argument("--for", dest="requested_for", default="", metavar="USER", help=texts("opt_for"))
    order.add_argument("--quote", action="store_true", help=texts("opt_quote"))
    command("approvals")
    approve = command("approve")
    approve.add_argument("approval", help=texts("arg_approval"))
    approve.add_argument("--comment", default="", help=texts("opt_comment"))
    reject = command("reject")
    reject.add_argument("approval", help=texts("arg_approval"))
    reject.add_argument("--comment", required=True, help=texts("opt_comment"))
