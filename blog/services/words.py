"""Lists of words that hold or refuse a comment, fast at any length of the list.

An entry is a word or several in a row; `*` stands for any letters. Entries match whole words, blind
to case, accents and look-alike letters. They are words, never regular expressions: no entry can
make the search slow.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from blog.services.text import fold

_WORD = re.compile(r"\w+")
_PATTERN = re.compile(r"[\w*]+")
_STARS = re.compile(r"\*+")


@lru_cache(maxsize=8)
def _prepared(path: str, _changed: int) -> "WordList":
    return WordList(Path(path).read_text("utf-8-sig", errors="replace").splitlines())


def load(path: str) -> "WordList":
    """The list in a file, one entry a line; prepared anew when the file changed, empty without."""
    try:
        return _prepared(path, os.stat(path).st_mtime_ns)
    except OSError:
        return WordList(())


@lru_cache(maxsize=8)
def prepared(entries: str) -> "WordList":
    """The list that was typed into the settings, one entry a line."""
    return WordList(entries.splitlines())


class WordList:
    """A list of words, prepared once and asked for each comment."""

    def __init__(self, entries: Iterable[str]) -> None:
        """Prepare entries as a person wrote them, one word or phrase each; blank ones are none."""
        self._phrases: dict[str, str] = {}
        self._lengths: dict[str, set[int]] = defaultdict(set)  # of the phrases, by first word
        self._parts: dict[str, str] = {}  # "casino*", "*casino" and "*casino*" as they are
        self._part_lengths: set[int] = set()
        # With "*" within a word, by the beginning and the end that the first word must have.
        self._patterns: dict[tuple[str, str], dict[tuple[str, ...], str]] = defaultdict(dict)
        self._ends: set[tuple[int, int]] = set()  # how long those are
        self._signs: dict[str, str] = {}
        for entry in entries:
            if written := " ".join(entry.split()):
                self._add(written)
        self._has_entries = bool(self._phrases or self._parts or self._patterns or self._signs)

    def _add(self, entry: str) -> None:
        words = _PATTERN.findall(_STARS.sub("*", _spelled(entry)))
        bare = "".join(words).strip("*")
        if not bare:
            if sign := fold(entry).strip("* "):  # an entry of blanks would stand in every text
                self._signs.setdefault(sign, entry)
        elif "*" not in "".join(words):
            self._phrases.setdefault(" ".join(words), entry)
            self._lengths[words[0]].add(len(words))
        elif len(words) == 1 and "*" not in bare:
            self._parts.setdefault(words[0], entry)
            self._part_lengths.add(len(bare))
        else:
            ends = _ends(words[0])
            self._patterns[ends].setdefault(tuple(words), entry)
            self._ends.add((len(ends[0]), len(ends[1])))

    def matches(self, text: str) -> list[str]:
        """The entries, as they were written, that stand in the text; each once, in its order."""
        if not self._has_entries:
            return []
        words = _WORD.findall(_spelled(text))
        found: list[str] = []
        for place in range(len(words)):
            found += self._phrases_at(words, place)
            found += self._patterns_at(words, place)
        for word in dict.fromkeys(words):
            found += self._parts_of(word)
        folded = fold(text)
        found += [entry for sign, entry in self._signs.items() if sign in folded]
        return list(dict.fromkeys(found))

    def _phrases_at(self, words: list[str], place: int) -> Iterator[str]:
        for length in self._lengths.get(words[place], ()):
            entry = self._phrases.get(" ".join(words[place : place + length]))
            if entry:
                yield entry

    def _parts_of(self, word: str) -> Iterator[str]:
        for length in self._part_lengths:
            starts = range(len(word) - length + 1)
            candidates = [f"{word[:length]}*", f"*{word[-length:]}"]
            candidates += [f"*{word[start : start + length]}*" for start in starts]
            yield from (self._parts[part] for part in candidates if part in self._parts)

    def _patterns_at(self, words: list[str], place: int) -> Iterator[str]:
        word = words[place]
        for begin, end in self._ends:
            key = word[:begin], word[max(0, len(word) - end) :]
            for pattern, entry in self._patterns.get(key, {}).items():
                part = words[place : place + len(pattern)]
                if len(part) == len(pattern) and all(map(_is_like, part, pattern)):
                    yield entry


def _ends(pattern: str) -> tuple[str, str]:
    """The letters that a word must begin and end with to be like a pattern."""
    begin, _, rest = pattern.partition("*")
    return begin, rest.rpartition("*")[2]


def _spelled(text: str) -> str:
    return fold(text).replace("_", " ")


def _is_like(word: str, pattern: str) -> bool:
    """True if the word has the pattern's parts in their order; linear in the word's length."""
    first, *rest = pattern.split("*")
    if not rest:
        return word == pattern
    if not word.startswith(first):
        return False
    place = len(first)
    for part in rest[:-1]:
        place = word.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return len(word) - place >= len(rest[-1]) and word.endswith(rest[-1])
