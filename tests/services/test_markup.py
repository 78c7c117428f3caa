"""Markdown to HTML: whatever goes in, what comes out is safe."""

import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from justhtml import JustHTML

from blog.services import markup
from blog.services.words import WordList

COMMENT_TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
# Pieces that have broken a Markdown renderer or a sanitiser before.
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))",
    "[a](JAVASCRIPT&colon;alert(1))", "![a](http://evil.example/x.png)", "<a href='data:x'>",
    "[a](data:text/html;base64,xx)", "`", "```", "**", "_", "> ", "- ", "1. ", "\\", "&lt;script&gt;",
    "<svg/onload=alert(1)>", "<math><mi//xlink:href='data:x'>", "<!--", "-->", "<![CDATA[", "\0",
    "<p id=main class=x data-hx-get=/x hx-on:click=alert(1)>", "<hx-partial>", "</li></ol>",
    "http://example.org/<b>", "www.example.org", "a@example.org", "<http://example.org>", "\n", "\n\n",
    "[a][b]\n\n[b]: javascript:alert(1)", "&#106;avascript:", "\u202e", "👩‍👩‍👧", "<style>*{}</style>",
]  # fmt: skip
hostile_text = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))).map("".join)


def _check(html: str, tags: set[str], attributes: set[str]) -> None:
    for each in JustHTML(html, sanitize=False, fragment=True).query("*"):
        assert each.name in tags, each.name
        assert set(each.attrs or {}) <= attributes, each.attrs
        for name in ("href", "src"):
            target = (each.attrs.get(name) or "").strip().lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", re.sub(r"[\0-\x20]", "", target))
            assert not scheme or scheme[0] in ("http:", "https:", "mailto:"), target


@given(hostile_text)
def test_a_comment_has_safe_html_only_whatever_was_typed(body: str) -> None:
    html = markup.comment_html(body)
    _check(html, COMMENT_TAGS, {"href", "rel", "start"})
    assert nh3.clean(html, tags=COMMENT_TAGS, link_rel="nofollow ugc noopener") == html


@given(hostile_text)
def test_an_article_has_safe_html_only_whatever_was_written(source: str) -> None:
    html = markup.article_html(source)
    allowed = {"href", "rel", "start", "src", "alt", "title"}
    more = {"h2", "h3", "h4", "hr", "img", "s", "table", "thead", "tbody", "tr", "th", "td"}
    _check(html, COMMENT_TAGS | more, allowed)
    sources = re.findall(r'src="([^"]*)"', html)
    assert all(re.match(r"/(?!/)", source) for source in sources), "a foreign picture"


@given(st.lists(st.text(alphabet="abcdefghij", min_size=1, max_size=9), min_size=1, max_size=20))
def test_every_word_that_was_typed_is_in_the_comment(words: list[str]) -> None:
    shown = JustHTML(markup.comment_html(" ".join(words)), sanitize=False, fragment=True).to_text()
    assert shown.split() == words


@pytest.mark.parametrize(
    ("body", "html"),
    [
        pytest.param("*a*", "<p><em>a</em></p>\n", id="emphasis"),
        pytest.param("**a**", "<p><strong>a</strong></p>\n", id="strong"),
        pytest.param("`a<b`", "<p><code>a&lt;b</code></p>\n", id="code"),
        pytest.param("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n", id="a quotation"),
        pytest.param("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n", id="a list"),
        pytest.param("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n', id="a numbered list"),
        pytest.param("a\nb", "<p>a<br>\nb</p>\n", id="a new line is a new line"),
        pytest.param(
            "[a](https://example.org)",
            '<p><a href="https://example.org" rel="nofollow ugc noopener">a</a></p>\n',
            id="a link that vouches for nothing",
        ),
        pytest.param("# a", "<p># a</p>\n", id="no headings: they are the page's"),
        pytest.param("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n", id="HTML shows as text"),
        pytest.param("![a](/x.png)", "<p>![a](/x.png)</p>\n", id="no pictures"),
        pytest.param("[a](//x.org)", "<p>[a](//x.org)</p>\n", id="no link without a scheme"),
        pytest.param("[a](/dashboard)", "<p>[a](/dashboard)</p>\n", id="no link within the site"),
        pytest.param("[a](http:x.org)", "<p>[a](http:x.org)</p>\n", id="a scheme is no host"),
        pytest.param("<ftp://x.org>", "<p>&lt;ftp://x.org&gt;</p>\n", id="no other scheme"),
        pytest.param("[a](https://)", "<p>[a](https://)</p>\n", id="a scheme alone"),
        pytest.param("[a](mailto:)", "<p>[a](mailto:)</p>\n", id="mail to nobody"),
        pytest.param("[a](https:///x)", "<p>[a](https:///x)</p>\n", id="a path without a host"),
        pytest.param("[a](https://[x)", "<p>[a](https://[x)</p>\n", id="half an address"),
        pytest.param("[a](https://x.org:99999)", "<p>[a](https://x.org:99999)</p>\n", id="no port"),
        pytest.param("[a](javascript:x)", "<p>[a](javascript:x)</p>\n", id="no script"),
        pytest.param(
            '[a](https://x.org "b")',
            '<p><a href="https://x.org" rel="nofollow ugc noopener">a</a></p>\n', id="no title",
        ),
    ],
)  # fmt: skip
def test_what_a_comment_may_have(body: str, html: str) -> None:
    assert markup.comment_html(body) == html


@pytest.mark.parametrize(("levels", "quotes"), [(1, 1), (11, 11), (12, 0), (40, 0)])
def test_as_many_quotes_in_quotes_are_shown_as_a_phone_has_room_for(
    levels: int, quotes: int
) -> None:
    html = markup.comment_html(">" * levels + " a")
    assert html.count("<blockquote>") == quotes
    assert quotes or markup.plain(html).strip() == ">" * levels + " a"


def test_a_deeply_nested_comment_is_rendered_in_good_time() -> None:
    assert "deep" in markup.comment_html(">" * 2000 + " deep")
    assert markup.comment_html("[" * 5000)
    assert markup.comment_html("*a " * 2500)


@pytest.mark.parametrize(
    ("source", "part"),
    [
        pytest.param("## Head", "<h2>Head</h2>", id="a heading"),
        pytest.param("# Part", "<h2>Part</h2>", id="the title is the page's first heading"),
        pytest.param("Part\n====", "<h2>Part</h2>", id="an underlined heading"),
        pytest.param("###### Deep", "<h4>Deep</h4>", id="the deepest heading"),
        pytest.param("> " * 60 + "words", "words", id="a deep quote keeps its words"),
        pytest.param('He said "yes" -- once...', "He said “yes” – once…", id="printers' signs"),
        pytest.param("| a |\n| - |\n| b |", "<td>b</td>", id="a table"),
        pytest.param("![Boat](/static/demo/ferry.webp)", 'src="/static/demo/ferry.webp"', id="own picture"),
        pytest.param("a  \nb", "a<br>", id="a break"),
    ],
)  # fmt: skip
def test_what_an_article_may_have(source: str, part: str) -> None:
    assert part in markup.article_html(source)


def test_a_foreign_picture_keeps_its_words_and_asks_nobody() -> None:
    html = markup.article_html("![Boat](https://example.org/boat.png)")
    assert "example.org" not in html
    assert 'alt="Boat"' in html


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (238, 1), (500, 2), (2380, 10)])
def test_reading_takes_a_minute_for_238_words(words: int, minutes: int) -> None:
    assert markup.reading_minutes("word " * words) == minutes


@pytest.mark.parametrize(
    "typed",
    [
        "<https://x.org>", "https://x.org/a?b=c", "www.x.org", "[a](HTTPS://X.ORG)",
        "[a](http://münchen.example/ä)", "[a](mailto:ann@example.org)", "<ann@example.org>",
        "[a](https://[::1]:8080/x)",
    ],
)  # fmt: skip
def test_what_leads_somewhere_is_a_link(typed: str) -> None:
    assert markup.comment_html(typed).count('<a href="') == 1


def test_links_are_counted_as_they_are_shown() -> None:
    assert markup.count_links(markup.comment_html("www.a.org and [b](https://b.org), <c>")) == 2


@pytest.mark.parametrize(
    ("html", "marks"),
    [
        pytest.param("<p>Free Càsino now</p>", "<p>Free <mark>Càsino</mark> now</p>", id="a word"),
        pytest.param("<p>casinos</p>", "<p>casinos</p>", id="another word"),
        pytest.param("<p>&lt;casino&gt;</p>", "<p>&lt;<mark>casino</mark>&gt;</p>", id="no tag"),
        pytest.param(
            '<a href="https://casino.example/">x</a>',
            '<a href="https://casino.example/" rel="nofollow ugc noopener">x</a>',
            id="never inside an address",
        ),
        pytest.param(
            '<p onclick="a">casino</p><img src=x onerror="a"><h2>casino</h2>',
            "<p><mark>casino</mark></p><mark>casino</mark>",
            id="the comment's own sanitiser has the last word",
        ),
    ],
)
def test_words_are_marked_in_a_comment(html: str, marks: str) -> None:
    assert markup.marked(html, WordList(["casino"])) == marks


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_marks_add_nothing_but_marks(body: str, entries: list[str]) -> None:
    html = markup.comment_html(body)
    marks = markup.marked(html, WordList(entries))
    assert markup.plain(marks) == markup.plain(html)


@pytest.mark.parametrize("start", ["[", "://", "![", "http://a.b/["])
def test_a_text_that_would_take_long_is_shown_as_it_was_typed(start: str) -> None:
    """The parser looks from each of these to the end of the text: 5,000 took a second."""
    body = start * 500
    assert markup.plain(markup.comment_html(body)).strip() == body
    assert "<a " not in markup.comment_html(body)


def test_a_text_with_many_links_has_them() -> None:
    body = " ".join(f"https://example.org/{number}" for number in range(100))
    assert markup.count_links(markup.comment_html(body)) == 100
