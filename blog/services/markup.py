"""Markdown to HTML, for articles and for comments. Pure: text in, safe HTML out.

The sanitiser is always the last step; nothing edits the HTML after it.
"""

import re
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt

from blog.services.words import WordList

# Adult silent reading of English non-fiction: 238 words a minute (Brysbaert 2019).
WORDS_A_MINUTE = 238

_COMMENT_TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
_ARTICLE_TAGS = _COMMENT_TAGS | {
    "h2", "h3", "h4", "hr", "img", "s", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_WORD = re.compile(r"\w+")
_SCHEMES = {"http", "https", "mailto"}

_COMMENT_RULES = """
    autolink backticks balance_pairs blockquote code emphasis entity escape fence fragments_join
    linkify link list newline normalize paragraph text text_join
"""

# Eleven quotes in each other, or five lists, find room on a phone; what lies deeper is shown as it
# was typed. The parser itself would drop the words at its own limit, so that lies higher.
_DEEPEST = 12
# For each of these the parser looks through the rest of the text; a text with more is shown as it
# was typed. 5,000 brackets took a second.
_MOST_STARTS = 100
_STARTS = ("[", "://")

_options = {"linkify": True, "breaks": True, "maxNesting": 5 * _DEEPEST}
_comment_markdown = MarkdownIt("zero", _options).enable(_COMMENT_RULES.split())
_plain_text = MarkdownIt("zero", _options).enable("newline")
# The parser drops what lies deeper than its limit; no text of people is as deep as this.
_article_options = {"html": False, "typographer": True, "linkify": True, "maxNesting": 200}
_article_markdown = (
    MarkdownIt("commonmark", _article_options)
    .enable(["replacements", "smartquotes", "linkify", "table", "strikethrough"])
)  # fmt: skip
# The title is the page's h1, and no text needs six levels.
_HEADINGS = {"h1": "h2", "h5": "h4", "h6": "h4"}


def _leads_somewhere(url: str) -> bool:
    """False for what is no link: `//host`, or `http:path`, to browsers a path of this site."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return bool(parts.path)
    return parts.scheme in _SCHEMES and bool(host) and "%" not in host


# markdown-it asks this one function of its own about every link, and means it to be replaced.
_comment_markdown.validateLink = _leads_somewhere  # type: ignore[method-assign]


@lru_cache(maxsize=64)  # the form looks at what a text becomes before the service stores it
def comment_html(body: str) -> str:
    """Render a comment: emphasis, strong, code, quotes, lists and links; other HTML is text."""
    return _clean_comment(_rendered(body), _COMMENT_TAGS)


def _rendered(body: str) -> str:
    """The text as HTML that is not clean yet; as it was typed where it cannot be read otherwise."""
    if _is_slow(body):
        return str(_plain_text.render(body))
    tokens = _comment_markdown.parse(body)
    if any(token.level > _DEEPEST for token in tokens):
        return str(_plain_text.render(body))
    return str(_comment_markdown.renderer.render(tokens, _comment_markdown.options, {}))


def _is_slow(body: str) -> bool:
    return any(body.count(start) > _MOST_STARTS for start in _STARTS)


def marked(html: str, words: WordList) -> str:
    """A rendered comment with the words of a list in `mark`, for the person who moderates it."""
    marker = _Marker(words)
    marker.feed(html)
    marker.close()
    return _clean_comment("".join(marker.parts), _COMMENT_TAGS | {"mark"})


class _Marker(HTMLParser):
    """Writes HTML as it reads it, and puts the words of a list into `mark`."""

    def __init__(self, words: WordList) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._words = words

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag as it is written."""
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Keep the end of a tag."""
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Mark the words of a text."""
        place = 0
        for found in _WORD.finditer(data):
            if self._words.matches(found[0]):
                self.parts.append(escape(data[place : found.start()]))
                self.parts.append(f"<mark>{escape(found[0])}</mark>")
                place = found.end()
        self.parts.append(escape(data[place:]))


def _clean_comment(html: str, tags: set[str]) -> str:
    return nh3.clean(
        html,
        tags=tags,
        attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
        url_schemes=_SCHEMES,
        url_relative="deny",
        attribute_filter=_only_addresses,
        link_rel="nofollow ugc noopener",
        clean_content_tags=set(),
    )


def _only_addresses(tag: str, attribute: str, value: str) -> str | None:
    """Drop what is no address, by the same rule, whoever made it."""
    if tag == "a" and attribute == "href" and not _leads_somewhere(value):
        return None
    return value


@lru_cache(maxsize=1)  # a command renders it before it keeps others from writing
def article_html(source: str) -> str:
    """Render an article: Markdown with tables and typographer's quotes, own pictures only."""
    tokens = _article_markdown.parse(source)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    return nh3.clean(
        str(_article_markdown.renderer.render(tokens, _article_markdown.options, {})),
        tags=_ARTICLE_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}, "img": {"src", "alt", "title"}},
        attribute_filter=_only_own_pictures,
        url_schemes=_SCHEMES,
        link_rel="noopener",
        clean_content_tags=set(),
    )


def _only_own_pictures(tag: str, attribute: str, value: str) -> str | None:
    """Drop a picture's foreign address: a page asks nobody else for anything."""
    if tag == "img" and attribute == "src" and not re.match(r"/(?!/)", value):
        return None
    return value


def plain(html: str) -> str:
    """The words of a rendered comment, without its tags."""
    return unescape(nh3.clean(html, tags=set(), clean_content_tags=set()))


def count_links(html: str) -> int:
    """How many links a rendered comment has."""
    return html.count("<a ")


def reading_minutes(source: str) -> int:
    """Minutes that reading takes, at least one."""
    return max(1, round(len(source.split()) / WORDS_A_MINUTE))
