"""Every page a test fetches is read as a browser would, and refused if it is not a good page."""

from collections import Counter
from typing import Any

from flask.testing import FlaskClient
from justhtml import Element, JustHTML
from werkzeug.test import TestResponse

from blog.web.headers import FIRST_SCRIPT

_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Page(JustHTML):
    """A parsed answer with a few questions that tests ask often."""

    def text(self, selector: str) -> str:
        """The words of the one element that matches."""
        return " ".join(self.one(selector).to_text().split())

    def one(self, selector: str) -> Element:
        """The one element that matches."""
        found = self.query(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector}"
        assert isinstance(found[0], Element)
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """The words of all elements that match."""
        return [" ".join(each.to_text().split()) for each in self.query(selector)]

    def fields(self, selector: str = "form") -> dict[str, str]:
        """What a browser would send of a form nobody has touched."""
        form = self.one(selector)
        sent = {}
        for field in form.query("input[name], textarea[name]"):
            attrs = field.attrs
            if attrs.get("type") == "checkbox" and "checked" not in attrs:
                continue
            is_text = field.name == "textarea"
            value = (field.to_text(strip=False) if is_text else attrs.get("value")) or ""
            sent[str(attrs["name"])] = value
        return sent


def check(page: Page, *, whole: bool) -> None:
    """Fail for anything that a validator or a screen reader would stumble over."""
    assert not page.errors, [str(error) for error in page.errors][:5]
    ids = Counter(str(each.attrs["id"]) for each in page.query("[id]"))
    assert not [name for name, times in ids.items() if times > 1], ids.most_common(3)
    _check_references(page, ids, whole=whole)
    for form in page.query("form"):
        assert form.attrs.get("action"), "a form says where it goes"
        assert form.attrs.get("method") in ("get", "post"), "a form says how it goes"
        elsewhere = f"button[type=submit][form={form.attrs.get('id')}]"
        buttons = form.query("button[type=submit]") + page.query(elsewhere)
        assert buttons, "a form can be sent"
    for image in page.query("img"):
        assert "alt" in image.attrs, "a picture has a text alternative"
        assert image.attrs.get("width"), "a picture keeps its place"
    for each in page.query("[style], script:not([src])"):
        is_data = each.attrs.get("type") == "application/ld+json"
        assert is_data or each.to_text(strip=False) == FIRST_SCRIPT, (
            "nothing inline: the CSP forbids it"
        )
    if whole:
        assert len(page.query("h1")) == 1, "a page has one h1"
        assert page.text("title")
        assert page.one("html").attrs.get("lang")
        assert len(page.query("main")) == 1


def _check_references(page: Page, ids: Counter[str], *, whole: bool) -> None:
    labelled = {str(each.attrs.get("for")) for each in page.query("label")}
    for field in page.query("input, textarea, select"):
        if field.attrs.get("type") != "hidden" and "hidden" not in field.attrs:
            assert field.attrs.get("id") in labelled, f"no label: {field.attrs}"
    if not whole:
        return
    for each in page.query("[aria-describedby], [aria-labelledby]"):
        wanted = f"{each.attrs.get('aria-describedby') or ''} "
        wanted += f"{each.attrs.get('aria-labelledby') or ''}"
        assert all(name in ids for name in wanted.split()), f"{wanted} is nowhere on the page"
    for link in page.query("a"):
        target = link.attrs.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in ids, f"{target} is nowhere on the page"


def read(response: TestResponse) -> Page:
    """Parse and check an answer in HTML."""
    html = response.get_data(as_text=True)
    whole = html.lstrip().lower().startswith("<!doctype")
    page = Page(html, sanitize=False, collect_errors=True, fragment=not whole)
    check(page, whole=whole)
    return page


class Answer(TestResponse):
    """A response that knows its page."""

    page: Page


class CheckingClient(FlaskClient):
    """A browser's manners, and a look at every page.

    Unsafe requests say that a page of the site sent them; `htmx=True` speaks as htmx does.
    """

    def open(self, *args: Any, htmx: bool = False, check: bool = True, **options: Any) -> Answer:
        """Send a request; the answer has its parsed page as `page`."""
        headers = dict(options.pop("headers", {}) or {})
        if options.get("method", "GET") in _UNSAFE:
            headers.setdefault("Sec-Fetch-Site", "same-origin")
        if htmx:
            headers |= {"HX-Request": "true", "HX-Request-Type": "partial"}
        answer: Answer = super().open(*args, headers=headers, **options)  # type: ignore[assignment]
        answer.get_data()
        answer.close()  # a static file stays open otherwise
        is_page = answer.mimetype == "text/html" and answer.data
        if check and is_page and not 300 <= answer.status_code < 400:
            answer.page = read(answer)
        return answer

    def get(self, *args: Any, **options: Any) -> Answer:
        """Open a page."""
        return self.open(*args, method="GET", **options)

    def post(self, *args: Any, **options: Any) -> Answer:
        """Send a form."""
        return self.open(*args, method="POST", **options)
