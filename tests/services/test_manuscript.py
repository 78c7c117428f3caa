"""A Markdown file with front matter: what is read, and how a broken one is refused."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blog.services.manuscript import BrokenManuscript, Manuscript, read
from tests import cast

NINE_THIRTY = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
WHOLE = """---
title: The tide table
standfirst: Why the harbour counts.
author: [Ruth Ansell, Idris Calloway]
date: 2026-03-04T09:30:00+01:00
topic: Sea
tags: [harbour, tides]
slug: the-tide-table
updated: 2026-03-05
correction: It was Tuesday.
comments: closed
picture: demo/harbour.webp
picture_alt: A harbour.
picture_caption: The harbour.
picture_credit: Broadsheet
---
The tide comes *twice*.
"""


def test_every_field_is_read() -> None:
    assert read(WHOLE) == Manuscript(
        title="The tide table",
        standfirst="Why the harbour counts.",
        author=("Ruth Ansell", "Idris Calloway"),
        date=datetime(2026, 3, 4, 9, 30, tzinfo=timezone(timedelta(hours=1))),
        topic="Sea",
        tags=("harbour", "tides"),
        slug="the-tide-table",
        updated=datetime(2026, 3, 5, tzinfo=UTC),
        correction="It was Tuesday.",
        comments="closed",
        picture="demo/harbour.webp",
        picture_alt="A harbour.",
        picture_caption="The harbour.",
        picture_credit="Broadsheet",
        body="The tide comes *twice*.\n",
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC), id="a day is its midnight"),
        pytest.param("2026-03-04T09:30:00", NINE_THIRTY, id="a time without a zone is UTC"),
        pytest.param("2026-03-04T09:30:00Z", NINE_THIRTY, id="a time in UTC"),
        pytest.param("2026-03-04T10:30:00+01:00", NINE_THIRTY, id="a time in another zone"),
        pytest.param("2026-03-04 09:30", NINE_THIRTY, id="a time without seconds"),
        pytest.param('"2026-03-04 09:30"', NINE_THIRTY, id="a time in quotation marks"),
    ],
)
def test_a_moment_can_be_written_in_these_ways(written: str, expected: datetime) -> None:
    assert read(cast.source(date=written)).date == expected


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("soon", id="in words"),
        pytest.param("2026-02-30", id="a day that does not exist"),
        pytest.param("04/03/2026", id="day and month"),
        pytest.param("2026-03-04T25:00:00", id="the 25th hour"),
        pytest.param("2026-03-04T09:30:00+99:00", id="a zone that does not exist"),
        pytest.param("0001-01-01T00:00:00+10:00", id="before the first year"),
        pytest.param("9999-12-31T23:59:00-10:00", id="after the last year"),
        pytest.param("9999-12-31", id="so late that no day can be added"),
        pytest.param("[2026-03-04]", id="a list"),
        pytest.param("{a: b}", id="a table"),
        pytest.param("!!timestamp soon", id="words that are called a date"),
    ],
)
def test_what_is_no_moment_is_refused_on_its_line(written: str) -> None:
    with pytest.raises(BrokenManuscript) as refused:
        read(cast.source(date=written))
    assert (refused.value.line, refused.value.reason) == (
        5, "date looks like 2026-11-23 or 2026-11-23T09:30:00+00:00",
    )  # fmt: skip


@pytest.mark.parametrize("written", ["1984", "007", "12:30", "0x10", "3.10", "1e3", "12_000"])
def test_a_title_of_digits_stays_as_it_was_written(written: str) -> None:
    assert read(cast.source(title=written)).title == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("[a, b]", ("a", "b"), id="a list"),
        pytest.param("a", ("a",), id="one without brackets"),
        pytest.param("a, b", ("a, b",), id="without brackets a comma is a comma"),
        pytest.param("[a, b, a]", ("a", "b"), id="one twice"),
        pytest.param("\n- a\n- b", ("a", "b"), id="one a line"),
        pytest.param("[2026, 1.5]", ("2026", "1.5"), id="numbers"),
        pytest.param("[]", (), id="none"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_tags_can_be_written_in_these_ways(written: str, expected: tuple[str, ...]) -> None:
    source = cast.source(slug="x\ntags: @").replace("tags: [harbour, tides]\n", "")
    assert read(source.replace("@", written)).tags == expected


def test_blanks_around_and_inside_a_value_are_one() -> None:
    assert read(cast.source(title='"  The  tide\n\n  table "')).title == "The tide table"


def test_windows_files_are_read_alike() -> None:
    assert read("\ufeff" + WHOLE.replace("\n", "\r\n")) == read(WHOLE)


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        pytest.param("", 1, "the first line is ---", id="an empty file"),
        pytest.param("Just text", 1, "the first line is ---", id="no front matter"),
        pytest.param("---\ntitle: x\n", 1, "no second ---", id="front matter without an end"),
        pytest.param("---\n- a\n---\nx", 2, "name: value", id="a list for front matter"),
        pytest.param("---\ntitle: [\n---\nx", 2, "not YAML", id="broken YAML"),
        pytest.param("---\ntitle: a: b\n---\nx", 2, "needs quotation marks", id="a colon"),
        pytest.param(cast.source(title="We are #1"), 2, "follows # is not read", id="a cut title"),
        pytest.param(cast.source(title='"a \\UFFFFFFFF"'), 2, "does not exist", id="no sign"),
        pytest.param(cast.source(title='"a \\U00110000"'), 2, "does not exist", id="beyond signs"),
        pytest.param(cast.source(comments="off"), 9, "one of: open, held", id="YAML's off"),
        pytest.param(cast.source(slug="x\nupdated: 2020-01-01"), 9, "not before", id="too early"),
        pytest.param(cast.source(title=""), 2, "no title", id="no title"),
        pytest.param(cast.source(author="[]"), 4, "no author", id="nobody wrote it"),
        pytest.param(cast.source(body="  "), 11, "no text below", id="no text"),
        pytest.param(cast.source(body="a\n\nb\0c"), 14, "control characters", id="NUL in the text"),
        pytest.param("---\na: \x07\n---\nx", 2, "not YAML", id="a bell in the front matter"),
        pytest.param("---\n" + "[" * 5000 + "\n---\nx", 2, "nested too deeply", id="a deep nest"),
        pytest.param("---\n? [a]\n: b\n---\nx", 2, "has a name", id="a list for a name"),
        pytest.param("---\n---\nx", 2, "name: value", id="empty front matter"),
        pytest.param(cast.source(slug="x\ntopic: City"), 9, "a second topic", id="a field twice"),
        pytest.param(cast.source(slug="x\n<<: {title: y}"), 9, "no field <<", id="YAML's merging"),
        pytest.param(cast.source(standfirst=""), 3, "no standfirst", id="no standfirst"),
        pytest.param(cast.source(date="~"), 5, "no date", id="no date"),
        pytest.param(cast.source(topic=""), 6, "no topic", id="no topic"),
        pytest.param(cast.source().replace("topic: Sea\n", ""), 1, "no topic", id="not even a name"),
        pytest.param(cast.source(tags="[a]"), 7, "tags is a text", id="a list in a list"),
        pytest.param(cast.source(author="&a [*a]"), 4, "author is a text", id="a list in itself"),
        pytest.param(cast.source(title="2026-03-04"), 2, "quotation marks", id="a day for a title"),
        pytest.param(cast.source(standfirst="s" * 401), 3, "at most 400", id="a long standfirst"),
        pytest.param(cast.source(author="a" * 101), 4, "at most 100", id="a long author"),
        pytest.param(cast.source(topic="t" * 101), 6, "at most 100", id="a long topic"),
        pytest.param(cast.source(tags="a, " + "t" * 101), 7, "at most 100", id="a long tag"),
        pytest.param(cast.source(title='"a\\u202eb"'), 2, "control", id="a title that turns its line"),
        pytest.param(cast.source(slug="Not A Slug"), 8, "small letters", id="a slug with spaces"),
        pytest.param(cast.source(slug="a" * 101), 8, "101 characters, at most 100", id="long slug"),
        pytest.param(cast.source(title="t" * 201), 2, "at most 200", id="a title too long"),
        pytest.param(cast.source(comments="maybe"), 9, "one of: open, held", id="perhaps"),
        pytest.param(cast.source(date="soon"), 5, "date looks like", id="a date in words"),
        pytest.param(cast.source(title="{a: b}"), 2, "title is a text", id="a table for a title"),
        pytest.param(cast.source(title="yes"), 2, "title is a text", id="YAML's yes is no title"),
        pytest.param(cast.source(title='"\\u200b"'), 2, "shows nothing", id="an invisible title"),
        pytest.param(cast.source(slug="x\nbogus: 1"), 9, "no field bogus", id="an unknown field"),
        pytest.param(cast.source(slug="x\npicture: ../../etc/passwd.png"), 9, "below static/",
                     id="a picture outside static/"),
        pytest.param(cast.source(slug="x\npicture: https://example.org/a.png"), 9, "below static/",
                     id="a picture of somebody else"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_line_and_reason(source: str, line: int, reason: str) -> None:
    with pytest.raises(BrokenManuscript) as refused:
        read(source)
    assert reason in refused.value.reason
    assert refused.value.line == line


# Pieces that have broken a reader of YAML before.
_PIECES = [
    *(f"{name}: " for name in ("title", "date", "tags", "author", "slug", "body")), "\n", "\n ", "- ",
    "[", "]", "{", "}", "? ", ": ", "&a ", "*a", "<<: ", "|", ">", "'", '"', "#", "%", "@", "~", "---\n",
    "!!int ", "!!binary ", "!!set ", "!!bool ", "!!float ", "!!timestamp ", "!!python/object:x ",
    "!!null ", "0x" + "f" * 5000, "9" * 5000, "2026-02-30", "1:99", ".inf", "true", "\t", "\ufeff",
]  # fmt: skip
_front = st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=5)), max_size=20)


@given(st.one_of(st.text(), _front.map("".join)))
def test_any_front_matter_is_read_or_refused(front: str) -> None:
    for source in (front, f"---\n{front}\n---\nText", cast.source(slug=f"x\n{front}")):
        with suppress(BrokenManuscript):
            assert read(source).title


@given(_front.map("".join))
@example("\x85\x85\x85title: ")  # YAML takes each of these for the end of a line
def test_a_refusal_names_a_line_of_the_file(front: str) -> None:
    source = f"---\n{front}\n---\nText"
    with pytest.raises(BrokenManuscript) as refused:
        read(source)
    assert 1 <= refused.value.line <= source.count("\n") + 1
    assert "\n" not in refused.value.reason
