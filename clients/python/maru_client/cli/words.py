"""What commands share: the client, the words around it, and answers for people or programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from maru_client.cli import login, tables
from maru_client.cli.texts import Texts
from maru_client.client import Maru
from maru_client.errors import MaruError
from maru_client.records import Record


class WordsError(MaruError):
    """What was typed makes no sense; ``args[0]`` is a key of a text, ``values`` fill it."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.values = values


class Context:
    """One run of the command."""

    def __init__(self, args: argparse.Namespace, texts: Texts) -> None:
        self.args, self.texts = args, texts
        self.as_json = bool(getattr(args, "json", False))
        self._client: Maru | None = None

    def client(self) -> Maru:
        """The client of the kept login or the environment. Raises NoLoginError, ValueError."""
        found = login.load(getattr(self.args, "url", ""))
        return self.client_of(found)

    def client_of(self, found: login.Login) -> Maru:
        """A client that speaks the language of the command."""
        self.close()
        self._client = Maru(
            found.url,
            found.token,
            language=self.texts.language,
            timeout=getattr(self.args, "timeout", 30.0),
            stream_url=found.stream_url,
            ca_file=found.ca_file,
        )
        return self._client

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            self._client.close()

    def say(self, key: str, **values: object) -> None:
        """A sentence for people; nothing for programs."""
        if not self.as_json:
            print(
                self.texts(key, **{name: tables.plain(value) for name, value in values.items()}), flush=True
            )

    def warn(self, key: str, **values: object) -> None:
        """A sentence beside the result."""
        told = {name: tables.plain(value) for name, value in values.items()}
        print(self.texts(key, **told), file=sys.stderr)

    def data(self, value: Any) -> bool:
        """Print it for programs; whether that was asked for."""
        if self.as_json:
            print(json.dumps(plain_data(value), ensure_ascii=False, indent=2))
        return self.as_json

    def line(self, value: Any) -> None:
        """One line of JSON, at once: for what has no end."""
        print(json.dumps(value, ensure_ascii=False), flush=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Rows for people under heads that are keys of texts."""
        if not rows:
            self.say("nothing")
            return
        print(tables.table([self.texts(head) for head in heads], rows, space=tables.room()))

    def pairs(self, rows: Sequence[tuple[str, object]]) -> None:
        """Names, which are keys of texts, and values."""
        told = tables.pairs([(self.texts(name), value) for name, value in rows])
        if told:
            print(told)


def plain_data(value: Any) -> Any:
    """Records as the dictionaries they are."""
    if isinstance(value, Record):
        return value.data
    return [plain_data(each) for each in value] if isinstance(value, (list, tuple)) else value


def named(pairs: Sequence[str]) -> dict[str, Any]:
    """``name=text`` and ``name:=JSON`` as a dictionary. Raises WordsError."""
    found: dict[str, Any] = {}
    for given in pairs:
        name, mark, value = given.partition("=")
        if not mark or not name.rstrip(":"):
            raise WordsError("bad_pair", given=given)
        if name.endswith(":"):
            try:
                found[name[:-1]] = json.loads(value)
            except ValueError as error:
                raise WordsError("bad_json", name=name[:-1]) from error
        else:
            found[name] = value
    return found


def text_of(words: str) -> str:
    """The words, or what standard input says for ``-``."""
    return sys.stdin.read().strip() if words == "-" else words


def name_of(reference: Any) -> str:
    """A person, group or other reference in short."""
    return str(reference.get("name", "")) if isinstance(reference, dict) else ""


def moment_of(text: Any) -> str:
    """An instant to the minute, in UTC as the API tells it."""
    return str(text)[:16].replace("T", " ") if text else ""


def money_of(amount: Any) -> str:
    """An amount with its currency."""
    return f"{amount['amount']} {amount['currency']}" if isinstance(amount, dict) else ""
