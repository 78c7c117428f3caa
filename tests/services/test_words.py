"""Lists of words: whole words, wildcards, in every disguise, at any length."""

from pathlib import Path

import pytest

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
