"""The command ``maru``: the most common jobs from a terminal or a script."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from maru_client.cli import login, tables
from maru_client.cli.commands import COMMANDS
from maru_client.cli.parser import build, spoken
from maru_client.cli.texts import Texts
from maru_client.cli.words import Context, WordsError
from maru_client.errors import AnswerError, ConnectionLostError, MaruError, ProblemError

DONE, REFUSED, USAGE, NOT_SIGNED_IN, NOT_ALLOWED, NOT_FOUND, NO_ANSWER, SERVER = range(8)
INTERRUPTED = 130
_BY_STATUS = {401: NOT_SIGNED_IN, 403: NOT_ALLOWED, 404: NOT_FOUND, 429: SERVER}
_FAILURES: tuple[tuple[type[BaseException], str, int], ...] = (
    (ConnectionLostError, "no_answer", NO_ANSWER),
    (AnswerError, "wrong_answer", NO_ANSWER),
    (KeyboardInterrupt, "interrupted", INTERRUPTED),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code, see ``maru --help``."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr] # not of every stream
    texts = Texts(login.language(spoken(words)))
    try:
        args = build(texts).parse_args(words)
    except SystemExit as end:  # help, or words that make no sense
        return int(end.code or 0)
    return _run(Context(args, texts))


def _run(context: Context) -> int:
    try:
        COMMANDS[context.args.command](context)
    except (MaruError, login.NoLoginError, OSError, ValueError, KeyboardInterrupt) as error:
        return _failed(context.texts, error)
    finally:
        context.close()
    return DONE


def _failed(texts: Texts, error: BaseException) -> int:
    if isinstance(error, ProblemError):
        return _told_problem(texts, error)
    if isinstance(error, (login.NoLoginError, WordsError)):
        code = USAGE if isinstance(error, WordsError) else NOT_SIGNED_IN
        return _told(texts, texts(str(error), **error.values), code)
    if isinstance(error, BrokenPipeError):  # the reader of the pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    for kind, key, code in _FAILURES:
        if isinstance(error, kind):
            return _told(texts, texts(key, detail=error), code)
    return _told(texts, str(error), USAGE)


def _told(texts: Texts, sentence: str, code: int) -> int:
    print(f"{texts('error')}{tables.plain(sentence)}", file=sys.stderr)
    return code


def _told_problem(texts: Texts, problem: ProblemError) -> int:
    code = _BY_STATUS.get(problem.status, SERVER if problem.status >= 500 else REFUSED)
    _told(texts, f"{problem.detail} ({problem.code})", code)
    for each in problem.errors:
        if each.field:
            print(f"  {tables.plain(each.field)}: {tables.plain(each.detail)}", file=sys.stderr)
    if problem.request_id:
        print(texts("request_id", id=tables.plain(problem.request_id)), file=sys.stderr)
    return code
