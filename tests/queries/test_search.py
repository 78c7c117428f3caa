"""How a search is cut into words, and what finding them costs."""

import re
import sys

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from blog.extensions import db
from blog.queries import lists, search
from tests import cast

ANYTHING = st.text(st.characters(), max_size=200)  # lone surrogates are among them


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("tide table", ["tide", "table"], id="words"),
        pytest.param("tide tide Tide", ["tide", "Tide"], id="each once as it is spelled"),
        pytest.param('"tide" OR NEAR(table) -x*', ["tide", "OR", "NEAR", "table", "x"],
                     id="a query language is words"),
        pytest.param("a&b | !c:* <-> (d)", ["a", "b", "c", "d"], id="another one, too"),
        pytest.param("50% off_shore\\", ["50", "off", "shore"], id="wildcards are gaps"),
        pytest.param("don't", ["don", "t"], id="an apostrophe is a gap"),
        pytest.param("Zoe\u0308", ["Zoë"], id="a letter and its accent are one letter"),
        pytest.param("हिन्दी", ["हिन्दी"], id="marks belong to their letters"),
        pytest.param("東京 2026", ["東京", "2026"], id="any script, and numbers"),
        pytest.param("tide\0table\ud800x", ["tide", "table", "x"], id="what is no text is a gap"),
        pytest.param("\u0301 ' % \"", [], id="signs and marks alone are no words"),
        pytest.param(" ".join("abcdefghijklmnopqrstuvwxyz"), [*"abcdefghijklmnopqrstuvwxyz"], id="many words"),
        pytest.param("", [], id="nothing"),
    ],
)  # fmt: skip
def test_a_search_is_cut_into_words(words: str, expected: list[str]) -> None:
    assert search.terms(words) == expected


@given(ANYTHING)
def test_no_text_breaks_the_cutter_or_leaves_a_sign_in_a_word(words: str) -> None:
    found = search.terms(words)
    assert len(found) == len(set(found)) <= search.MOST_TERMS
    assert not re.search(r"[\s\0\"'%_*:&|!()<>\\^{}-]", "".join(found))


def test_every_character_can_be_searched_for(session: object) -> None:
    """Whatever Python takes for a letter, no database takes for a fault."""
    cast.article()
    signs = [chr(number) for number in range(sys.maxunicode + 1)]
    letters = [each for each in signs if search.terms(each)]
    for at in range(0, len(letters), 8_000):
        words = "".join(f"{each}x" for each in letters[at : at + 8_000])
        assert lists.with_words(words, None, 9).stories == []
        assert lists.with_words(" ".join(letters[at::8_000]), None, 9).stories == []


def test_no_text_is_cut_and_nothing_sorted_to_find_a_page(app: Flask, session: object) -> None:
    """A word that stands in every article of a large site would take seconds otherwise."""
    with cast.counting(app) as seen:
        lists.with_words("tide", 99, 9)
    (found,) = (each for each in seen if "article_search" in each)
    assert "to_tsvector" not in found, "PostgreSQL has the words stored"
    if db.engine.dialect.name == "sqlite":
        values = ("2099-01-01", 1, 0, '"tide"*', 99, 9, 0)
        rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {found}", values)
        plan = "\n".join(row[3] for row in rows)
        assert "article USING INDEX ix_article_place (place<?)" in plan
        assert "TEMP B-TREE" not in plan
