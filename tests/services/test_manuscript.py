"""A Markdown file with front matter: what is read, and how a broken one is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.services.manuscript import BrokenManuscript, Manuscript, read
from tests import cast

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
    ("change", "expected"),
    [
        pytest.param({"date": "2026-03-04"}, datetime(2026, 3, 4, tzinfo=UTC), id="a day"),
        pytest.param({"date": "2026-03-04 09:30"}, None, id="a time without seconds is no date"),
        pytest.param({"date": "2026-03-04T09:30:00"}, datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
                     id="a time without a zone is UTC"),
    ],
)  # fmt: skip
def test_dates(change: dict[str, str], expected: datetime | None) -> None:
    if expected is None:
        with pytest.raises(BrokenManuscript, match="date looks like"):
            read(cast.source(**change))
    else:
        assert read(cast.source(**change)).date == expected


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
        pytest.param("---\ntitle: a: b\n---\nx", 2, "not YAML", id="a colon without quotes"),
        pytest.param(cast.source(title=""), 2, "no title", id="no title"),
        pytest.param(cast.source(author="[]"), 4, "no author", id="nobody wrote it"),
        pytest.param(cast.source(body="  "), 11, "no text below", id="no text"),
        pytest.param(cast.source(body="a\0b"), 11, "control characters", id="NUL in the text"),
        pytest.param(cast.source(slug="Not A Slug"), 8, "small letters", id="a slug with spaces"),
        pytest.param(cast.source(slug="a" * 101), 8, "101 characters, at most 100", id="long slug"),
        pytest.param(cast.source(title="t" * 201), 2, "at most 200", id="a title too long"),
        pytest.param(cast.source(comments="maybe"), 9, "open or closed", id="perhaps"),
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


@given(st.text())
def test_any_front_matter_is_read_or_refused(front: str) -> None:
    try:
        title = read(f"---\n{front}\n---\nText").title
    except BrokenManuscript as error:
        title = error.reason
    assert title
