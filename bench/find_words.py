"""The words that ``./run bench search`` looks for, and what the generator itself says holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bench import data
from bench.api_paths import PAGE, number

# Ranks of words by how often they come (BENCH section 2): in 0.7 % of the tickets, in 0.15 %, in half.
COMMON, RARE, HOT = range(1_000, 1_300, 40), range(5_500, 5_900, 50), (10,)
NOWHERE = ("zqxwvu", "뷁쉙", "qqqqzz", "꿻뛣")


@dataclass
class Word:
    """One query, and the numbers of the tickets that hold it: in the title, and elsewhere alone."""

    text: str
    in_title: list[int] = field(default_factory=list)
    in_text: list[int] = field(default_factory=list)

    def answer(self) -> list[str]:
        """The first page: titles before texts, the newest first."""
        return [number(each) for each in [*self.in_title[::-1], *self.in_text[::-1]][:PAGE]]


def words() -> dict[str, list[Word]]:
    """The queries by sort; Korean ones are two syllables that come as often as COMMON."""
    latin, korean, _weights = data._words()
    return {
        "COMMON": [Word(latin[rank - 1]) for rank in COMMON],
        "Korean": [Word(korean[rank - 1]) for rank in COMMON],
        "RARE": [Word(latin[rank - 1]) for rank in RARE],
        "HOT": [Word(latin[rank - 1]) for rank in HOT],
        "nowhere": [Word(each) for each in NOWHERE],
    }


def look(asked: Iterable[Word], first: int, last: int) -> None:
    """Note for each query which of the tickets ``first`` to ``last`` hold it."""
    by_text = {each.text: each for each in asked}
    for place in range(first, last + 1):
        drawn = data.draw(place)
        in_title = _held(by_text, drawn.title)
        for text in in_title:
            by_text[text].in_title.append(place)
        for text in _held(by_text, " ".join((drawn.description, *drawn.comments))) - in_title:
            by_text[text].in_text.append(place)


def _held(by_text: dict[str, Word], text: str) -> set[str]:
    """The queries that the text holds: whole Latin words, pairs of syllables anywhere in a Korean one."""
    found = set()
    for word in text.split():
        if word.isascii():
            if word in by_text:
                found.add(word)
            continue
        found.update(word[at : at + 2] for at in range(len(word) - 1) if word[at : at + 2] in by_text)
    return found
