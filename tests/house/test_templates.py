"""Templates: every one compiles, fragments stand alone, every word can be translated."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask, render_template
from jinja2 import Environment, nodes
from werkzeug.datastructures import MultiDict

from blog.models import Comment, Status
from blog.queries import comments as comment_queries
from blog.queries import moderation as moderation_queries
from blog.web.comment_form import CommentForm
from tests import cast
from tests.house import source
from tests.page import Page, check

FOLDER = source.ROOT / "templates"
NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*"))
PAGES = [name for name in NAMES if name.endswith(".html")]
FRAGMENTS = [name for name in PAGES if name.split("/")[-1].startswith("_")]
# Libraries of macros: importing them is all that can be done with them.
MACROS = {"_fields.html", "articles/_card.html"}
# Attributes that a screen reader speaks or that show as text.
SPOKEN = {"alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"}
SPOKEN |= {"aria-placeholder", "aria-valuetext", "label", "summary"}
TRANSLATE = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def _source(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _markup(name: str, env: Environment) -> str:
    """The template as plain HTML: 0 for every expression, a space for every block."""
    text, skip = "", False
    for _, token, value in env.lex(_source(name)):
        if token == "data":
            text += value
        elif token == "variable_begin":
            text += "0"
        elif token == "block_begin":
            text += " "
        elif token == "raw_begin":
            skip = True
    assert not skip, f"{name} has a raw block, which this test does not read"
    return text


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


def _printed(node: nodes.Node) -> Iterator[nodes.Const]:
    """The constant texts that an expression may print as they are."""
    if isinstance(node, nodes.Const):
        yield node
    elif isinstance(node, nodes.CondExpr):
        yield from _printed(node.expr1)
        if node.expr2:
            yield from _printed(node.expr2)
    elif isinstance(node, nodes.And | nodes.Or):
        yield from _printed(node.left)
        yield from _printed(node.right)
    elif isinstance(node, nodes.Concat):
        for each in node.nodes:
            yield from _printed(each)
    elif isinstance(node, nodes.Add):
        yield from _printed(node.left)
        yield from _printed(node.right)
    elif isinstance(node, nodes.Filter) and node.node:
        if node.name not in ("format",):
            yield from _printed(node.node)
        if node.name in ("default", "d"):
            for each in node.args:
                yield from _printed(each)


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


@pytest.fixture(scope="module")
def env() -> Environment:
    """A bare environment; the application's is used where templates are rendered."""
    return Environment(autoescape=True)


@pytest.mark.parametrize("name", NAMES)
def test_compiles(app: Flask, name: str) -> None:
    assert app.jinja_env.get_template(name).name == name


@pytest.mark.parametrize("name", PAGES)
def test_every_visible_text_is_marked_for_translation(name: str, env: Environment) -> None:
    assert [text.strip() for text in Markup(_markup(name, env)).texts if _has_letters(text)] == []


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.endswith(".txt") and "email" in name]
)
def test_every_word_of_a_mail_is_marked_for_translation(name: str, env: Environment) -> None:
    assert not _has_letters(_markup(name, env))


@pytest.mark.parametrize("name", PAGES)
def test_every_spoken_attribute_is_marked_for_translation(name: str, env: Environment) -> None:
    spoken = [
        (attribute, value)
        for _, attributes in Markup(_markup(name, env)).tags
        for attribute, value in attributes.items()
        if attribute in SPOKEN and _has_letters(value)
    ]
    assert spoken == []


@pytest.mark.parametrize("name", PAGES)
def test_no_expression_prints_a_text_that_is_not_marked(name: str, env: Environment) -> None:
    printed = [
        constant.value
        for output in env.parse(_source(name)).find_all(nodes.Output)
        for each in output.nodes
        if not isinstance(each, nodes.TemplateData)
        for constant in _printed(each)
        if isinstance(constant.value, str) and len(constant.value.split()) > 1
    ]
    assert [text for text in printed if _has_letters(text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_is_translated_is_a_text_that_the_extractor_can_read(
    name: str, env: Environment
) -> None:
    """`_(a ~ b)` or `_(variable)` never gets into a catalogue."""
    arguments = [
        call.args[0]
        for call in env.parse(_source(name)).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATE
    ]
    assert [each for each in arguments if not isinstance(each, nodes.Const)] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline_that_the_policy_forbids(name: str, env: Environment) -> None:
    tags = Markup(_markup(name, env)).tags
    assert not [tag for tag, _ in tags if tag == "style"]
    assert not [attributes for _, attributes in tags if "style" in attributes]
    handlers = [each for _, attributes in tags for each in attributes if each.startswith("on")]
    assert handlers == []
    scripts = [
        attributes for tag, attributes in tags if tag == "script" and "src" not in attributes
    ]
    assert [each for each in scripts if each.get("type") != "application/ld+json"] == []


@pytest.mark.parametrize("name", PAGES)
def test_htmx_attributes_are_spelled_as_valid_html(name: str, env: Environment) -> None:
    """`data-hx-*` everywhere, but on htmx's own element, and nothing that needs eval."""
    tags = Markup(_markup(name, env)).tags
    bare = [
        (tag, each) for tag, attributes in tags for each in attributes if each.startswith("hx-")
    ]
    assert {tag for tag, _ in bare} <= {"hx-partial"}
    spelled = [each for _, attributes in tags for each in attributes if "hx-" in each]
    assert [
        each for each in spelled if each.startswith(("hx-on", "data-hx-on", "data-hx-vals"))
    ] == []


@pytest.mark.parametrize("name", PAGES)
def test_nobody_else_is_asked_for_anything(name: str, env: Environment) -> None:
    loaded = [
        value
        for tag, attributes in Markup(_markup(name, env)).tags
        for attribute, value in attributes.items()
        if attribute in ("src", "srcset", "action") or (tag == "link" and attribute == "href")
    ]
    assert [each for each in loaded if "//" in each] == []


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_fragment_is_no_page_of_its_own(name: str, env: Environment) -> None:
    tree = env.parse(_source(name))
    assert not list(tree.find_all(nodes.Extends))
    assert not list(tree.find_all(nodes.Block))


def _reader_context(parent: Comment) -> dict[str, Any]:
    """What a page gives to the fragments of a conversation."""
    shown = comment_queries.shown(parent)
    return {
        "article": parent.article, "form": CommentForm(MultiDict({"body": ""})), "viewer": None,
        "comment": shown, "parent": None, "parent_id": None,
        "each": comment_queries.threads(parent.article_id, None)[0],
    }  # fmt: skip


def _staff_context(comment: Comment) -> dict[str, Any]:
    """What a page gives to the fragments of the dashboard."""
    return {
        "comment": comment, "counts": moderation_queries.counts(), "shown": Status.HELD,
        "entry": moderation_queries.last_entry(comment.id), "stale": False,
    }  # fmt: skip


@pytest.mark.parametrize("name", [name for name in FRAGMENTS if name not in MACROS])
def test_a_fragment_renders_alone(app: Flask, name: str) -> None:
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        comment = cast.comment(cast.article(), reasons=[{"rule": "links", "fact": "2"}])
        contexts: dict[str, dict[str, Any]] = {
            "comments": _reader_context(comment),
            "dashboard": _staff_context(comment),
            "errors": {"heading": "Busy", "advice": "Wait."},
        }
        html = render_template(name, **contexts[name.split("/")[0]])
    page = Page(html, sanitize=False, collect_errors=True, fragment=True)
    check(page, whole=False)
    assert page.query("*"), "it shows something"
    assert not re.search(r"\{[{%#]", html)
