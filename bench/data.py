"""The tickets of benchmarks: drawn by number, so the same number has the same words on every machine."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

VOCABULARY = 6_000
TITLE_WORDS, DESCRIPTION_WORDS, COMMENT_WORDS = 6, 60, 9
KOREAN = 0.30
OPEN = 0.20
TEAMS = 20
FIRST_TEAM = 0.20
PRIORITIES, PRIORITY_SHARES = (1, 2, 3, 4), (5, 20, 60, 100)  # 5, 15, 40 and 40 of a hundred
CATEGORIES = ("hardware", "network", "software", "account", "mail", "other")
LEAST_REQUESTERS, TICKETS_PER_REQUESTER = 1_000, 100
COMMENTS = (1, 2, 3, 3, 4, 5, 6, 6)  # of those that have any: four of five, so three in the mean
LONG, LONG_EVERY, LONG_AT, LONG_UNTIL = 20, 50, 7, 10_000  # two hundred tickets with exactly twenty
LONGEST, LONGEST_NUMBERS = 500, frozenset({1_000, 3_000, 5_000, 7_000, 9_000})
_PARTICLES = ("은", "는", "이", "가", "을", "를", "에", "의", "로", "")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_SEED = 7919


@dataclass(frozen=True)
class Drawn:
    """One ticket: what it says, where it is and what was said on it.

    ``team`` counts from 0, ``requester`` too; ``is_begun`` tells an open one that somebody works on.
    """

    number: int
    title: str
    description: str
    category: str
    team: int
    is_open: bool
    is_begun: bool
    priority: int
    requester: int
    comments: tuple[str, ...]


def requesters(size: int) -> int:
    """How many people ask, at that many tickets."""
    return max(LEAST_REQUESTERS, size // TICKETS_PER_REQUESTER)


def is_long(number: int) -> bool:
    """Whether the ticket has exactly twenty comments; such are open and begun."""
    return number <= LONG_UNTIL and number % LONG_EVERY == LONG_AT


def draw(number: int) -> Drawn:
    """The ticket with that number; numbers begin with 1."""
    source = random.Random(number * _SEED)
    comments = _comments(number, source)
    latin, korean, weights = _words()
    is_korean = source.random() < KOREAN
    total = TITLE_WORDS + DESCRIPTION_WORDS + COMMENT_WORDS * comments
    words = source.choices(korean if is_korean else latin, cum_weights=weights, k=total)
    if is_korean:
        words = [word + _PARTICLES[at % len(_PARTICLES)] for at, word in enumerate(words)]
    said = TITLE_WORDS + DESCRIPTION_WORDS
    return Drawn(
        number=number,
        title=" ".join(words[:TITLE_WORDS]),
        description=" ".join(words[TITLE_WORDS:said]),
        category=source.choice(CATEGORIES),
        team=0 if source.random() < FIRST_TEAM else source.randrange(1, TEAMS),
        is_open=source.random() < OPEN or is_long(number),
        is_begun=source.random() < 0.3 or is_long(number),
        priority=source.choices(PRIORITIES, cum_weights=PRIORITY_SHARES)[0],
        requester=source.randrange(requesters(number)),
        comments=tuple(" ".join(words[at : at + COMMENT_WORDS]) for at in range(said, total, COMMENT_WORDS)),
    )


def _comments(number: int, source: random.Random) -> int:
    if number in LONGEST_NUMBERS:
        return LONGEST
    if is_long(number):
        return LONG
    return 0 if source.random() < 0.2 else source.choice(COMMENTS)


@cache
def _words() -> tuple[list[str], list[str], list[float]]:
    """Pseudo-words of both scripts by rank, and how often each rank comes: Zipf with exponent 1."""
    source = random.Random(_SEED)
    syllables = [one + two for one in _CONSONANTS for two in _VOWELS]
    latin = [
        syllables[place % 70] + syllables[place // 70 % 70] + syllables[place // 4_900]
        for place in source.sample(range(70**3), VOCABULARY)
    ]
    letters = [chr(source.randrange(_FIRST_SYLLABLE, _LAST_SYLLABLE + 1)) for _ in range(400)]
    korean = [
        letters[place % 400] + letters[place // 400] for place in source.sample(range(400**2), VOCABULARY)
    ]
    return latin, korean, list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
