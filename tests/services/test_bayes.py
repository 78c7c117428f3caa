"""The filter: what it looks at, and what it makes of counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.services import bayes

SPAM = "Cheap watches at http://shop.example buy now!!! $99"
GOOD = "The ferry was late again, and nobody on the quay knew why."


@pytest.mark.parametrize(
    ("body", "feature"),
    [
        pytest.param(GOOD, "word ferry", id="a word"),
        pytest.param("FERRY", "word ferry", id="in whatever case"),
        pytest.param("fеrry", "word ferry", id="spelled with a Cyrillic е"),
        pytest.param(GOOD, "pair the ferry", id="two words in a row"),
        pytest.param(SPAM, "host shop.example", id="where a link leads"),
        pytest.param("www.Shop.example/buy", "host shop.example", id="without a scheme"),
        pytest.param("see shop.com now", "host shop.com", id="a bare host"),
        pytest.param(GOOD, "links 0", id="no link"),
        pytest.param("http://a.b " * 9, "links 3", id="many links are one kind"),
        pytest.param("SEE MY NEW CHANNEL", "shouts", id="capitals"),
        pytest.param("wow!!!", "exclaims", id="exclamation marks"),
        pytest.param("call 0123456789", "long number", id="a number to call"),
        pytest.param("only $5", "money", id="a price"),
        pytest.param("http://[broken", "host broken", id="a link that is none"),
    ],
)
def test_what_a_text_shows(body: str, feature: str) -> None:
    assert feature in bayes.features("Ann", body)


def test_the_name_is_looked_at_apart_from_the_text() -> None:
    found = bayes.features("Casino Royal", "hello there")
    assert "name casino" in found
    assert "word casino" not in found


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_features_with_ids_that_fit_the_column(name: str, body: str) -> None:
    found = bayes.features(name, body)
    assert found, "its length is one"
    assert all(0 < bayes.number(each) < 2**63 for each in found)


def _learn(*texts: tuple[str, int]) -> dict[int, tuple[int, int]]:
    """Counts after decisions: 0 for an unwanted text, 1 for a wanted one."""
    counts: dict[int, list[int]] = {}
    for text, kind in texts:
        numbers = {bayes.number(each) for each in bayes.features("Ann", text)}
        for number in {bayes.TOTAL, *numbers}:
            counts.setdefault(number, [0, 0])[kind] += 1
    return {number: (bad, good) for number, (bad, good) in counts.items()}


def _likeness(counts: dict[int, tuple[int, int]], text: str) -> int | None:
    return bayes.likeness(counts, [bayes.number(each) for each in bayes.features("Ann", text)])


@pytest.mark.parametrize(("bad", "good"), [(0, 0), (4, 99), (99, 4)])
def test_with_too_few_decisions_of_either_kind_there_is_no_opinion(bad: int, good: int) -> None:
    assert _likeness(_learn(*[(SPAM, 0)] * bad, *[(GOOD, 1)] * good), SPAM) is None


def test_what_was_rejected_is_known_again_and_what_was_approved_is_not_held() -> None:
    counts = _learn(*[(SPAM, 0)] * 5, *[(GOOD, 1)] * 5)
    assert (_likeness(counts, SPAM) or 0) >= 99
    assert (_likeness(counts, GOOD) or 0) <= 1
    assert _likeness(counts, "Zzz qqq") is not None


@given(st.integers(5, 500), st.integers(5, 500))
def test_a_feature_that_both_kinds_share_says_nothing(bad: int, good: int) -> None:
    number = bayes.number("word the")
    counts = {bayes.TOTAL: (bad, good), number: (bad, good)}
    assert bayes.likeness(counts, [number]) in range(45, 56)


@given(
    st.dictionaries(
        st.integers(1, 99), st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40
    )
)
def test_the_answer_is_a_share_whatever_was_counted(counts: dict[int, tuple[int, int]]) -> None:
    found = bayes.likeness({bayes.TOTAL: (9, 9), **counts}, range(1, 99))
    assert found is not None
    assert 0 <= found <= 100
