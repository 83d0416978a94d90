"""What texts are found by: their pieces as a ``tsvector``, and what somebody typed as a ``tsquery``.

PostgreSQL has no parser for Korean, so the pieces are made here, for texts and queries alike (DOMAIN DQ-1 to
DQ-4, decision 0037): a Latin word is one piece, found by its beginning; a run of Hangul is cut into pairs of
syllables, so that a word is found inside its particles. Pieces of a title are kept a second time behind
``^``, with the initial consonants beside, and Latin ones backwards behind ``<``, found by their ending.
Positions make neighbours: 노트 and 트북 must stand side by side to be 노트북.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import BooleanField, Func

from core import hangul
from core.synonyms import alike

LONGEST_QUERY = 200
MOST_WORDS = 8
_TITLE, _ENDING = "^", "<"
_LONGEST_PIECE, _MOST_PLACES, _LAST_PLACE = 50, 255, 16_000
_LEAST_PREFIX, _LEAST_ENDING, _LEAST_TYPO = 2, 3, 4
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MARKS = re.compile("[\u0300-\u036f]")
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_CHUNK = re.compile(r"[^\W_]+")
_DENSE = "가-힣ㄱ-ㆎぁ-ヿ㐀-鿿"
_RUN = re.compile(f"[가-힣]+|[ㄱ-ㆎ]+|[ぁ-ヿ㐀-鿿]+|[^{_DENSE}]+")
_IS_DENSE = re.compile(f"[{_DENSE}]")
_PARTICLES = (
    "에서", "으로", "에게", "까지", "부터",
    "은", "는", "이", "가", "을", "를", "에", "의", "로", "도", "만", "과", "와",
)  # fmt: skip


class Matches(Func):
    """Whether the pieces of a row are what a query wants: ``words @@ query``."""

    template = "%(expressions)s::tsquery"
    arg_joiner = " @@ "
    output_field = BooleanField()
    conditional = True


def folded(text: str) -> str:
    """The text as it is compared: NFC, small letters, narrow forms, Latin letters without accents."""
    text = unicodedata.normalize("NFC", text).translate(_WIDE).lower()
    if _ACCENTED.search(text):
        text = _ACCENTED.sub(lambda found: unicodedata.normalize("NFD", found[0]), text)
    return _MARKS.sub("", text)


def cleaned(text: str) -> str:
    """What was typed, without what cannot be looked for, at most ``LONGEST_QUERY`` characters."""
    seen = (each if each.isprintable() else " " for each in text[: 4 * LONGEST_QUERY])
    return " ".join("".join(seen).split())[:LONGEST_QUERY]


def vector(title: str, *texts: str) -> str:
    """The pieces of a title and of the texts below it, in the words of a ``tsvector``."""
    found: dict[str, list[int]] = {}
    for piece, place in _title_pieces(title):
        _note(found, piece, place)
    return _written(_note_text(found, "\n".join((title, *texts))))


def more(text: str) -> str:
    """The pieces of a text that is added to what is there already."""
    return _written(_note_text({}, text, begin=2))


def _note_text(found: dict[str, list[int]], text: str, *, begin: int = 1) -> dict[str, list[int]]:
    for run, place in _runs(folded(text), begin):
        for at, piece in enumerate(_pieces(run)):
            _note(found, piece, place + at)
    return found


def _note(found: dict[str, list[int]], piece: str, place: int) -> None:
    places = found.setdefault(piece, [])
    if len(places) < _MOST_PLACES:
        places.append(place)


def _written(found: dict[str, list[int]]) -> str:
    return " ".join(f"'{piece}':{','.join(map(str, places))}" for piece, places in found.items())


def _runs(text: str, place: int = 1) -> Iterator[tuple[str, int]]:
    """Each run of one script with the place of its first piece; words stand one place apart."""
    for chunk in _CHUNK.finditer(text):
        for run in _RUN.findall(chunk[0]):
            if place > _LAST_PLACE:
                return
            yield run, place
            place += len(run) if _IS_DENSE.match(run) else 1
        place += 1


def _pieces(run: str) -> list[str]:
    if not _IS_DENSE.match(run):
        return [run[:_LONGEST_PIECE]]
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _title_pieces(title: str) -> Iterator[tuple[str, int]]:
    for run, place in _runs(folded(title)):
        pieces = _pieces(run)
        for at, piece in enumerate(pieces):
            yield _TITLE + piece, place + at
        if not _IS_DENSE.match(run):
            yield _ENDING + pieces[0][::-1], place
            continue
        if len(run) > 1:
            yield _TITLE + run[-1], place + len(pieces)  # 책 is found in 공책
        first = hangul.initials(run)
        if first != run:
            yield from ((_TITLE + piece, place + at) for at, piece in enumerate(_pieces(first)))
            yield _TITLE + first[-1], place + len(pieces)


@dataclass(frozen=True)
class Wanted:
    """A query as two ``tsquery``: what a title must hold, and what a ticket must hold anywhere.

    ``words`` are what it was made of, for highlighting.
    """

    title: str
    anywhere: str
    words: tuple[str, ...]


def wanted(text: str) -> Wanted | None:
    """What ``text`` asks for: every word, each also by its synonyms; None when it holds no word."""
    units = _units(text)
    if not units:
        return None
    title, anywhere = [], []
    for unit in units:
        ways = alike(unit)
        title.append(_either(part for way in ways for part in _in_title(way)))
        anywhere.append(_either(part for way in ways for part in _anywhere(way)))
    words = tuple(dict.fromkeys(way for unit in units for way in alike(unit)))
    return Wanted(" & ".join(title), " & ".join(anywhere), words)


def _units(text: str) -> list[str]:
    """The words between blanks, folded, without particles; each holds a letter or a digit."""
    found = [_bare(each) for each in folded(cleaned(text)).split() if _CHUNK.search(each)]
    return list(dict.fromkeys(found))[:MOST_WORDS]


def _bare(unit: str) -> str:
    """A Korean word without its particle: what holds 서버가 holds 서버."""
    for particle in _PARTICLES if len(alike(unit)) == 1 else ():
        stem = unit.removesuffix(particle)
        if stem != unit and len(stem) >= 2 and re.fullmatch("[가-힣]{2}", stem[-2:]):
            return stem
    return unit


def _either(parts: Iterable[str]) -> str:
    return f"({' | '.join(dict.fromkeys(parts))})"


def _in_title(unit: str) -> Iterator[str]:
    yield _phrase(unit, _TITLE)
    if len(unit) >= _LEAST_ENDING and re.fullmatch(f"[^\\W_{_DENSE}]+", unit):
        yield f"'{_ENDING}{unit[:_LONGEST_PIECE][::-1]}':*"


def _anywhere(unit: str) -> Iterator[str]:
    """Titles are in the text too; initial consonants and endings are of titles alone."""
    yield _phrase(unit, "")
    if hangul.is_initials(unit) or not _IS_DENSE.search(unit):
        yield from _in_title(unit)


def _phrase(unit: str, space: str) -> str:
    """The pieces of a unit side by side; the last one is a beginning."""
    found: list[str] = []
    before = 0
    run = ""
    for run, place in _runs(unit):
        for at, piece in enumerate(_pieces(run)):
            if found:
                found.append(f"<{place + at - before}>")
            found.append(f"'{space}{piece}'")
            before = place + at
    found[-1] += ":*" if _may_go_on(run) else ""
    return found[0] if len(found) == 1 else f"({' '.join(found)})"


def _may_go_on(run: str) -> bool:
    """Whether longer words are meant too: Latin ones from two letters on, and a single syllable."""
    return len(run) == 1 if _IS_DENSE.match(run) else len(run) >= _LEAST_PREFIX


def other_layout(text: str) -> str:
    """What the same keys write in the other layout, word by word; empty when nobody can have meant that."""
    words = cleaned(text).split()
    meant = [hangul.from_latin_keys(each) or hangul.to_latin_keys(each) or each for each in words]
    return " ".join(meant) if meant != words else ""


def readings(text: str) -> tuple[str, ...]:
    """A name as typed, and as Hangul when the Latin layout was on; for loose letters the other way."""
    typed = cleaned(text)
    loose = any("ㄱ" <= each <= "ㆎ" for each in typed) and not hangul.is_initials(typed)
    meant = other_layout(typed) if typed.isascii() or loose else ""
    return (typed, meant) if meant else (typed,)


def near(text: str) -> Wanted | None:
    """Titles that may hold what was meant, a letter wrong in a word; ``likeness`` judges them.

    A wrong letter leaves one half of a Latin word as it was, and the initial consonants of most Korean ones.
    None when a word is too short to guess.
    """
    units = _units(text)
    parts = [_either(_near(unit)) for unit in units]
    if not units or "()" in parts:
        return None
    joined = " & ".join(parts)
    return Wanted(joined, joined, tuple(units))


def _near(unit: str) -> Iterator[str]:
    if re.fullmatch("[가-힣]{2,}", unit):
        yield _phrase(hangul.initials(unit), _TITLE)
        if len(unit) > 2:
            yield from (f"'{_TITLE}{piece}'" for piece in _pieces(unit))
    elif len(unit) >= _LEAST_TYPO and re.fullmatch(f"[^\\W_{_DENSE}]+", unit):
        half = len(unit) // 2
        yield f"'{_TITLE}{unit[:half]}':*"
        yield f"'{_ENDING}{unit[:half:-1] if len(unit) % 2 else unit[half:][::-1]}':*"


def likeness(text: str, title: str) -> float:
    """How well every word of ``text`` is meant by some word of ``title``: 0 to 1, of the worst word."""
    there = [_letters(each) for each in _CHUNK.findall(folded(title))]
    return min(
        (max((_alike(_letters(unit), each) for each in there), default=0.0) for unit in _units(text)),
        default=0.0,
    )


def _letters(word: str) -> str:
    return hangul.letters(word)[:60]


def _alike(typed: str, there: str) -> float:
    """One less the share of letters to change, the ending of a longer word left out."""
    sizes = {len(typed), min(len(there), len(typed) + 1), min(len(there), len(typed))}
    return max(1 - _changes(typed, there[:size]) / max(len(typed), 1) for size in sizes)


def _changes(one: str, two: str) -> int:
    """Letters to add, drop, change or swap with the neighbour to make one of the other."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, 1):
        earlier, before, row = before, row, [at]
        for place, other in enumerate(two, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != other))
            if at > 1 and place > 1 and letter == two[place - 2] and one[at - 2] == other:
                cost = min(cost, earlier[place - 2] + 1)
            row.append(cost)
    return row[-1]


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """``text`` cut into parts, each with whether it is one of ``words``: to be shown with marks."""
    plain = folded(text)
    if len(plain) != len(text):  # a letter that folds into two: its places would be wrong
        return [(text, False)]
    found = sorted({each for word in words for each in _CHUNK.findall(word)}, key=len, reverse=True)
    if not found:
        return [(text, False)]
    parts: list[tuple[str, bool]] = []
    at = 0
    for hit in re.finditer("|".join(map(re.escape, found)), plain):
        if hit.start() > at:
            parts.append((text[at : hit.start()], False))
        parts.append((text[hit.start() : hit.end()], True))
        at = hit.end()
    return [*parts, (text[at:], False)] if at < len(text) else parts


def as_pattern(initials: str) -> str:
    """A pattern of the database for names with these initial consonants: ㄱㅈ is [가-깋][자-짛]."""
    return "".join(hangul.syllables_with(each) for each in initials if not each.isspace())
