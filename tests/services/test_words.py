"""Lists of words: whole words, wildcards, in every disguise, at any length."""

from pathlib import Path

import pytest

from blog.services import words
from blog.services.words import WordList, load


@pytest.mark.parametrize(
    ("entry", "text", "expected"),
    [
        pytest.param("casino", "At the casino!", True, id="a word"),
        pytest.param("casino", "casinos", False, id="whole words only"),
        pytest.param("casino", "CASINO", True, id="in another case"),
        pytest.param("Casino", "cäsíno", True, id="with accents"),
        pytest.param("casino", "cаsіno", True, id="with Cyrillic letters"),
        pytest.param("casino", "ｃａｓｉｎｏ", True, id="in full-width letters"),
        pytest.param("casino", "ca\u200bsino", True, id="with an invisible character"),
        pytest.param("casino*", "casinoroyale", True, id="the start of a word"),
        pytest.param("casino*", "mycasino", False, id="but only the start"),
        pytest.param("*casino", "mycasino", True, id="the end of a word"),
        pytest.param("*casino*", "mycasinos", True, id="a part of a word"),
        pytest.param("c*no", "casino", True, id="a word with a gap"),
        pytest.param("c*no", "canoe", False, id="and its right end"),
        pytest.param("cheap pills", "very Cheap,\n pills here", True, id="a phrase over lines"),
        pytest.param("cheap pills", "pills cheap", False, id="in its order"),
        pytest.param("buy * now", "buy this now", True, id="any word in a phrase"),
        pytest.param("buy * now", "buy now", False, id="but one there must be"),
        pytest.param("a.b", "a.b", True, id="signs are not a regular expression"),
        pytest.param(":))", "great :))", True, id="an entry without letters"),
        pytest.param("example.org", "see https://example.org/x", True, id="a host in an address"),
        pytest.param("  ", "anything", False, id="a blank line"),
        pytest.param("*", "anything", False, id="a lone star holds nothing"),
    ],
)
def test_what_an_entry_matches(entry: str, text: str, expected: bool) -> None:
    assert bool(WordList([entry]).matches(text)) is expected


def test_matches_are_named_once_and_as_they_were_written() -> None:
    assert WordList(["Casino", "pill*"]).matches("casino pills pills CASINO") == ["Casino", "pill*"]


def test_a_hostile_pattern_takes_no_time() -> None:
    assert WordList(["a*a*a*a*a*a*a*b"]).matches("a" * 5000) == []


def test_a_file_is_read_again_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    assert load(str(path)).matches("casino") == []
    path.write_text("casino\n", "utf-8")
    assert load(str(path)).matches("casino") == ["casino"]


def test_patterns_are_found_by_their_ends_not_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list of 65,000 is no burden, also where each has "*" within a word."""
    tried: list[str] = []
    is_like = words._is_like

    def count(word: str, pattern: str) -> bool:
        tried.append(pattern)
        return is_like(word, pattern)

    monkeypatch.setattr(words, "_is_like", count)
    letters = "abcdefghijklmnopqrstuvwxyz"
    entries = [
        f"{a}{b}*{c}{d}" for a in letters for b in letters for c in letters[:9] for d in "xyz"
    ]
    entries += ["q*q" + "*" * number for number in range(1_000)]
    found = words.WordList([*entries, "ca*no"]).matches("casino abcx zzzz quiz " * 500)
    assert set(found) == {"ab*cx", "ca*no", "qu*iz"}
    assert len(tried) < 10_000


@pytest.mark.parametrize(
    ("entry", "written", "is_found"),
    [
        pytest.param("c*s*o", "casino", True, id="three parts"),
        pytest.param("*s*o", "casino", True, id="an open beginning"),
        pytest.param("c*s*", "casino", True, id="an open end"),
        pytest.param("c**o", "casino", True, id="two stars are one"),
        pytest.param("ca*ca", "ca", False, id="beginning and end share no letters"),
        pytest.param("ca*ca", "caca", True, id="nothing between"),
        pytest.param("on*ne casino", "online casino", True, id="the first of two words"),
        pytest.param("online c*o", "online casino", True, id="the second of two words"),
        pytest.param("* casino", "any casino", True, id="any word before"),
        pytest.param("c*x", "casino", False, id="another end"),
    ],
)
def test_stars_within_a_word(entry: str, written: str, is_found: bool) -> None:
    assert words.WordList([entry]).matches(written) == ([entry] if is_found else [])
