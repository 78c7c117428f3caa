"""A reader answers: in place, without a page load."""

from tests.browser.conftest import Visit


def test_a_comment_appears_in_its_place_without_a_page_load(reader: Visit) -> None:
    page = reader.open()
    reader.fill()
    page.click("text=Post comment")
    page.wait_for_selector("#comment-1")
    print(page.inner_html("#comments"))
    print(reader.focus(), reader.loads, page.inner_text("#live"))
    reader.check()
