"""Templates: every one compiles, fragments stand alone, every word can be translated."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from flask import Flask, render_template
from jinja2 import Environment, nodes
from werkzeug.datastructures import MultiDict

from blog.comments.forms import EditForm, ReportForm
from blog.dashboard.forms import AnswerForm
from blog.dashboard.toasts import Toast
from blog.models import Comment, Rule
from blog.queries import conversation, queue, stories
from blog.queries import moderation as moderation_queries
from blog.queries import shown as shown_comments
from blog.queries.queue_filter import Filter
from blog.web.comment_form import CommentForm
from tests import cast
from tests.house import source
from tests.page import Page, check

FOLDER = source.ROOT / "templates"
NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*"))
PAGES = [name for name in NAMES if name.endswith(".html")]
FRAGMENTS = [name for name in PAGES if name.split("/")[-1].startswith("_")]
# Libraries of macros: importing them is all that can be done with them.
MACROS = {"_fields.html", "articles/_picture.html", "security/_passkey.html"}
# Attributes that a screen reader speaks or that show as text.
SPOKEN = {"alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"}
SPOKEN |= {"aria-placeholder", "aria-valuetext", "label", "summary"}
LOADED = {"action", "data-hx-get", "data-hx-post", "poster", "src", "srcset"}
# This block is the value of an attribute.
CLASS_BLOCK = re.compile(r"{% block body_class %}.*?{% endblock %}")
JINJA = Environment(autoescape=True)
TRANSLATE = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def _source(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _data(name: str) -> str:
    """The template as plain text: 0 for every expression, a space for every block."""
    stands_for = {"variable_begin": "0", "block_begin": " "}
    tokens = JINJA.lex(CLASS_BLOCK.sub("", _source(name)))
    return "".join(text if kind == "data" else stands_for.get(kind, "") for _, kind, text in tokens)


class Markup(HTMLParser):
    """Collects the tags and the texts of a template."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("code", "script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:  # a command that is typed is the same in every language
            self.texts.append(data)


@cache
def _markup(name: str) -> "Markup":
    return Markup(_data(name))


# Where an expression's own constants are printed as they are.
PRINTED: dict[type[nodes.Node], tuple[str, ...]] = {
    nodes.CondExpr: ("expr1", "expr2"),
    nodes.And: ("left", "right"),
    nodes.Or: ("left", "right"),
    nodes.Add: ("left", "right"),
    nodes.Concat: ("nodes",),
    nodes.Filter: ("node",),
}


def _printed(node: nodes.Node) -> Iterator[str]:
    """The constant texts that an expression may print as they are."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for name in PRINTED.get(type(node), ()):
        part = getattr(node, name)
        for each in part if isinstance(part, list) else [part]:
            if each is not None:  # an `if` without an `else`
                yield from _printed(each)


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _faults(names: list[str], look: Callable[[str], list[Any]]) -> dict[str, list[Any]]:
    """What a look at each template finds, without those where it finds nothing."""
    return {name: found for name in names if (found := look(name))}


def test_every_template_compiles(app: Flask) -> None:
    assert len(NAMES) > 30
    assert [name for name in NAMES if app.jinja_env.get_template(name).name != name] == []


def test_every_visible_text_is_marked_for_translation() -> None:
    def bare(name: str) -> list[str]:
        return [text.strip() for text in _markup(name).texts if _has_letters(text)]

    assert _faults(PAGES, bare) == {}


def test_every_word_of_a_mail_is_marked_for_translation() -> None:
    mails = [name for name in NAMES if name.endswith(".txt") and "/email/" in name]
    assert mails
    assert [name for name in mails if _has_letters(_data(name))] == []


def test_every_spoken_attribute_is_marked_for_translation() -> None:
    def bare(name: str) -> list[str]:
        return [
            value
            for _, attributes in _markup(name).tags
            for attribute, value in attributes.items()
            if attribute in SPOKEN and _has_letters(value)
        ]

    assert _faults(PAGES, bare) == {}


def test_no_expression_prints_a_text_that_is_not_marked() -> None:
    def bare(name: str) -> list[str]:
        return [
            text
            for output in JINJA.parse(_source(name)).find_all(nodes.Output)
            for each in output.nodes
            for text in _printed(each)
            if _has_letters(text)
        ]

    assert _faults(PAGES, bare) == {}


def test_what_is_translated_is_a_text_that_the_extractor_can_read() -> None:
    """`_(a ~ b)` or `_(variable)` never gets into a catalogue."""

    def unreadable(name: str) -> list[nodes.Expr]:
        return [
            call.args[0]
            for call in JINJA.parse(_source(name)).find_all(nodes.Call)
            if isinstance(call.node, nodes.Name)
            and call.node.name in TRANSLATE
            and not isinstance(call.args[0], nodes.Const)
        ]

    assert _faults(NAMES, unreadable) == {}


def test_nothing_is_inline_that_the_policy_forbids() -> None:
    """One script is part of every page, by its hash: `headers.FIRST_SCRIPT`."""

    def inline(name: str) -> list[str]:
        return [
            f"{tag} {attributes}"
            for tag, attributes in _markup(name).tags
            if tag == "style"
            or any(each == "style" or each.startswith("on") for each in attributes)
            or (tag == "script" and not {"src", "type"} & set(attributes))
        ]

    assert _faults(PAGES, inline) == {"_assets.html": ["script {}"]}
    assert _source("_assets.html").count("<script>{{ first_script() }}</script>") == 1


def test_any_other_script_without_an_address_is_data() -> None:
    """What search engines read of an article, which no browser runs."""

    def other(name: str) -> list[str]:
        return [
            attributes.get("type", "")
            for tag, attributes in _markup(name).tags
            if tag == "script"
            and "src" not in attributes
            and attributes.get("type") != "application/ld+json"
        ]

    assert _faults(PAGES, other) == {"_assets.html": [""]}


def test_htmx_is_spelled_as_valid_html_and_never_needs_eval() -> None:
    """`data-hx-*` everywhere but on htmx's own element; no `hx-on`, no computed values."""

    def wrong(name: str) -> list[str]:
        return [
            f"{tag} {each}"
            for tag, attributes in _markup(name).tags
            for each, value in attributes.items()
            if (each.startswith("hx-") and tag != "hx-partial")
            or each.startswith(("hx-on", "data-hx-on"))
            or ("hx-" in each and value.startswith(("js:", "javascript:")))
        ]

    assert _faults(PAGES, wrong) == {}


def test_nobody_else_is_asked_for_anything() -> None:
    def foreign(name: str) -> list[str]:
        return [
            value
            for tag, attributes in _markup(name).tags
            for attribute, value in attributes.items()
            if (attribute in LOADED or (tag == "link" and attribute == "href")) and "//" in value
        ]

    assert _faults(PAGES, foreign) == {}


def test_a_fragment_is_no_page_of_its_own() -> None:
    def frame(name: str) -> list[nodes.Node]:
        return list(JINJA.parse(_source(name)).find_all((nodes.Extends, nodes.Block)))

    assert _faults(FRAGMENTS, frame) == {}


def _reader_context(parent: Comment) -> dict[str, Any]:
    """What a page gives to the fragments of a conversation."""
    shown = shown_comments.show([parent], parent.browser)[parent.id]
    page = conversation.page(parent.article_id, None, 9)
    return {
        "article": parent.article, "form": CommentForm(MultiDict({"body": ""})), "viewer": None, "page": page,
        "comment": shown, "parent": None, "parent_id": None, "html": "<p>x</p>", "errors": [],
        "comment_count": 1, "each": page.threads[0]._replace(more=2), "base": "/comments", "article_path": "/a", "running": True, "newest": 1, "count": 1,
        "most": 50, "after": 1, "comments": [(parent, shown)],
    }  # fmt: skip


def _staff_context(comment: Comment) -> dict[str, Any]:
    """What a page gives to the fragments of the dashboard."""
    return {
        "comment": comment, "counts": queue.counts(), "wanted": Filter(), "after": "1",
        "page": queue.page(Filter(view=None), None, 9), "records": {}, "found": 1, "most": 9,
        "reasons": list(Rule), "filtered": {}, "new": 1, "newest": 1, "last_entry": 1,
        "looked_at": "",
        "entry": moderation_queries.last_entry(comment.id), "stale": "",
        "toast": Toast("Saved.", "dashboard.undo_change", ("1",)),
    }  # fmt: skip


OTHER_FORMS = {
    "comments/_edit.html": EditForm,
    "comments/_report.html": ReportForm,
    "dashboard/_answer.html": AnswerForm,
}


def test_a_fragment_renders_alone(app: Flask) -> None:
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        comment = cast.comment(cast.article(), reasons=[{"rule": "links", "fact": "2"}])
        contexts: dict[str, dict[str, Any]] = {
            "comments": _reader_context(comment),
            "dashboard": _staff_context(comment),
            "errors": {"heading": "Busy", "advice": "Wait."},
            "articles": {
                "article": stories.by_slug("the-tide-table"), "kind": "row", "level": 2,
                "lazy": True, "comment_count": 1, "has_conversation": True, "count": "1 comment",
                "article_path": "/a", "newest": "/b", "older": "/c",
            },
        }  # fmt: skip
        for name in set(FRAGMENTS) - MACROS:
            context = contexts[name.split("/")[0]] if "/" in name else {"topic": None}
            form = OTHER_FORMS[name](formdata=None) if name in OTHER_FORMS else context.get("form")
            html = render_template(name, **{**context, "form": form})
            page = Page(html, sanitize=False, collect_errors=True, fragment=True)
            check(page, whole=False)
            assert page.query("*"), f"{name} shows nothing"
