"""Hangul as people type it when they search: initials only, or on the wrong layout."""

from __future__ import annotations

import unicodedata

_FIRST, _LAST = 0xAC00, 0xD7A3
_MEDIALS, _FINALS = 21, 28
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_ENDINGS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
_VOWEL_PAIRS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
}  # fmt: skip
_ENDING_PAIRS = {
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ",
    "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip


def initials(text: str) -> str:
    """The initial consonants of the syllables: ``노트북`` → ``ㄴㅌㅂ``; other letters stay."""
    found = []
    for letter in unicodedata.normalize("NFC", text):
        code = ord(letter)
        inside = _FIRST <= code <= _LAST
        found.append(_INITIALS[(code - _FIRST) // (_MEDIALS * _FINALS)] if inside else letter)
    return "".join(found)


def is_initials(text: str) -> bool:
    """Whether somebody typed initial consonants only."""
    letters = [letter for letter in text if not letter.isspace()]
    return bool(letters) and all(letter in _INITIALS for letter in letters)


def from_latin_keys(text: str) -> str:
    """What the keys of ``text`` write with the Korean layout on: ``shxmqnr`` → ``노트북``.

    Empty when they make no whole syllables, that is when nobody meant Korean.
    """
    if not text.isascii():
        return ""
    typed = [_KEYS.get(key) or _KEYS.get(key.lower()) or key for key in text]
    written = _Typewriter().write(typed)
    whole = all(_FIRST <= ord(letter) <= _LAST or letter.isspace() for letter in written)
    return written if whole and written.strip() else ""


class _Typewriter:
    """Composes single letters into syllables, the way an input method does."""

    def __init__(self) -> None:
        self.done = ""
        self.first = self.vowel = self.last = ""

    def write(self, letters: list[str]) -> str:
        """The composed text."""
        for letter in letters:
            if letter in _VOWELS:
                self._take_vowel(letter)
            elif letter in _INITIALS:
                self._take_consonant(letter)
            else:
                self._flush()
                self.done += letter
        self._flush()
        return self.done

    def _take_consonant(self, letter: str) -> None:
        if self.vowel and not self.last and self.first and letter in _ENDINGS:
            self.last = letter
        elif self.last and self.last + letter in _ENDING_PAIRS:
            self.last = _ENDING_PAIRS[self.last + letter]
        else:
            self._flush()
            self.first = letter

    def _take_vowel(self, letter: str) -> None:
        if self.last:
            self._move_ending()
        elif self.vowel + letter in _VOWEL_PAIRS:
            self.vowel = _VOWEL_PAIRS[self.vowel + letter]
            return
        elif self.vowel:
            self._flush()
        self.vowel = letter

    def _move_ending(self) -> None:
        """A vowel takes the last consonant along to its own syllable."""
        pair = next((pair for pair, joined in _ENDING_PAIRS.items() if joined == self.last), self.last)
        self.last, first = pair[:-1], pair[-1]
        self._flush()
        self.first = first

    def _flush(self) -> None:
        if self.first and self.vowel:
            code = _INITIALS.index(self.first) * _MEDIALS + _VOWELS.index(self.vowel)
            self.done += chr(_FIRST + code * _FINALS + _ENDINGS.index(self.last or " "))
        else:
            self.done += self.first + self.vowel + self.last
        self.first = self.vowel = self.last = ""


_LETTER_KEYS = {letter: key for key, letter in reversed(_KEYS.items())}
_APART = {joined: pair for pair, joined in (*_VOWEL_PAIRS.items(), *_ENDING_PAIRS.items())}


def letters(text: str) -> str:
    """The single letters that the syllables are made of: ``노트북`` → ``ㄴㅗㅌㅡㅂㅜㄱ``; others stay."""
    return "".join(_APART.get(each, each) for syllable in text for each in _apart(syllable))


def _apart(syllable: str) -> str:
    code = ord(syllable) - _FIRST
    if not 0 <= code <= _LAST - _FIRST:
        return syllable
    first, rest = divmod(code, _MEDIALS * _FINALS)
    vowel, last = divmod(rest, _FINALS)
    return _INITIALS[first] + _VOWELS[vowel] + _ENDINGS[last].strip()


def to_latin_keys(text: str) -> str:
    """What the keys of ``text`` write with the Latin layout on: ``페ㅜ`` → ``vpn``; empty without Hangul."""
    typed = letters(unicodedata.normalize("NFC", text))
    if typed == text and not any(each in _LETTER_KEYS for each in text):
        return ""
    return "".join(_LETTER_KEYS.get(each, each) for each in typed).lower()


def syllables_with(initial: str) -> str:
    """The range of a pattern that holds the syllables with this initial consonant."""
    begin = _FIRST + _INITIALS.index(initial) * _MEDIALS * _FINALS
    return f"[{chr(begin)}-{chr(begin + _MEDIALS * _FINALS - 1)}]"
