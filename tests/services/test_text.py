"""What a typed text is: storable, visible, a name, a website, an e-mail address."""

import pytest

from blog.services import text


@pytest.mark.parametrize(
    ("value", "lines", "expected"),
    [
        pytest.param("Ann", False, True, id="a plain name can be stored"),
        pytest.param("a\nb\tc", True, True, id="a text may have lines and tabs"),
        pytest.param("a\nb", False, False, id="a name has one line"),
        pytest.param("a\0b", True, False, id="NUL is refused: PostgreSQL cannot keep it"),
        pytest.param("a\x1bb", True, False, id="other control characters are refused"),
        pytest.param("a\ufffdb", True, False, id="what is left of broken UTF-8 is refused"),
        pytest.param("\ud800", True, False, id="a lone surrogate is refused"),
        pytest.param("\u202eevil", False, False, id="a name does not turn the line's direction"),
        pytest.param("\u2067שלום\u2069", True, True, id="a text in Hebrew may"),
        pytest.param("👩‍👩‍👧", False, True, id="an emoji joined by invisible characters is fine"),
    ],
)
def test_what_can_be_stored(value: str, lines: bool, expected: bool) -> None:
    assert text.is_storable(value, lines=lines) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("a", True, id="a letter shows"),
        pytest.param("7", True, id="a digit shows"),
        pytest.param("!?", True, id="a sign shows"),
        pytest.param("🙂", True, id="an emoji shows"),
        pytest.param("", False, id="nothing shows nothing"),
        pytest.param(" \t\n\u00a0\u3000", False, id="spaces of any kind show nothing"),
        pytest.param("\u200b\u200d\ufeff\u2060", False, id="zero-width characters show nothing"),
        pytest.param("\u3164\u115f\uffa0\u2800", False, id="blank letters show nothing"),
        pytest.param("\u0301", False, id="an accent on nothing shows nothing"),
    ],
)
def test_what_is_visible(value: str, expected: bool) -> None:
    assert text.is_visible(value) is expected


@pytest.mark.parametrize(
    "imitation",
    [
        pytest.param("ruth ANSELL", id="in another case"),
        pytest.param("Rúth Änsell", id="with accents"),
        pytest.param("R u t h.Ansell", id="with spaces and points"),
        pytest.param("Ruth Аnsell", id="with a Cyrillic A"),
        pytest.param("Ruth Αnsell", id="with a Greek Alpha"),
        pytest.param("Ｒｕｔｈ Ansell", id="in full-width letters"),
        pytest.param("𝐑𝐮𝐭𝐡 Ansell", id="in mathematical letters"),
        pytest.param("Ru\u200bth An\u00adsell", id="with invisible characters"),
        pytest.param("Ruth Anse11", id="with digits for letters"),
        pytest.param("Ruth Anseｌｌ ✓", id="with a sign of approval"),
    ],
)
def test_a_name_folds_to_what_the_eye_takes_it_for(imitation: str) -> None:
    assert text.fold_name(imitation) == text.fold_name("Ruth Ansell")


@pytest.mark.parametrize(
    ("name", "least", "most", "found"),
    [
        pytest.param("Ruth Ansell (Author)", 2, 2, {"ruthansell", "ansellauthor"}, id="pairs"),
        pytest.param("Admin1", 1, 1, {"admlnl", "admln"}, id="a digit that is one, or a letter"),
        pytest.param("a_b", 1, 1, {"a", "b"}, id="a line parts words"),
        pytest.param("Ann", 2, 6, set(), id="too few"),
        pytest.param("— ✓", 1, 6, set(), id="no words"),
    ],
)
def test_the_runs_of_a_name(name: str, least: int, most: int, found: set[str]) -> None:
    assert text.word_runs(name, least, most) == found


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("Ruth", True, id="Latin"),
        pytest.param("Рут", True, id="Cyrillic"),
        pytest.param("Ρουθ", True, id="Greek"),
        pytest.param("Tanakaさん", True, id="Latin and Japanese look nothing alike"),
        pytest.param("R2D2", True, id="digits"),
        pytest.param("Ωmega", False, id="Greek in Latin"),
        pytest.param("Анна-Maria", True, id="two words of two alphabets"),
        pytest.param("Анна Mаria", False, id="one of two words"),
        pytest.param("Яuth", False, id="Cyrillic in Latin"),
        pytest.param("Ｒｕth", True, id="wide Latin is Latin"),
    ],
)
def test_a_word_of_one_alphabet(word: str, expected: bool) -> None:
    assert text.is_of_one_alphabet(word) is expected


@pytest.mark.parametrize("other", ["Ruth Ansel", "Roth Ansell", "Ansell Ruth"])
def test_another_name_stays_another_name(other: str) -> None:
    assert text.fold_name(other) != text.fold_name("Ruth Ansell")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param("https://example.org/a?b=c#d", "https://example.org/a?b=c#d", id="as it is"),
        pytest.param("http://example.org", "http://example.org", id="http stays http"),
        pytest.param("example.org/me", "https://example.org/me", id="a bare host gets https"),
        pytest.param("https://exämple.org", "https://exämple.org", id="a host with an umlaut"),
        pytest.param("https://example.org:8080/", "https://example.org:8080/", id="with a port"),
    ],
)
def test_a_website_in_its_stored_spelling(typed: str, stored: str) -> None:
    assert text.website(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)", "JaVaScRiPt://example.org/%0aalert(1)", "data:text/html,x",
        "ftp://example.org", "https://", "https://localhost", "https://a b.org",
        "https://example.org/ x", "https://user@example.org", "https://user:pw@example.org",
        "http://[::1", "http://[::1]/", "https://example.org:99999", "https://example.org:0",
        "https://.org", "https://example..org", 'https://example.org/"onclick', "mailto:a@b.org",
        "https://example.org\\@evil.org", "//example.org", "just words",
        "https://:google.com@evil.org", "https://@evil.org", "https://x.org/%00", "https://-.-",
        "https://x-.org",
    ],
)  # fmt: skip
def test_what_is_no_website(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        text.website(typed)


def test_an_address_is_kept_in_its_normal_spelling() -> None:
    assert text.email("Ann@EXAMPLE.org") == "ann@example.org"


@pytest.mark.parametrize(
    "typed", ["", "ann", "ann@", "@example.org", "ann@example", "a b@example.org", "a@b@c.org"]
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        text.email(typed)
