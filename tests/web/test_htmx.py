"""A part of a page, or the page: what htmx asked for."""

import pytest
from flask import Flask

from tests import cast
from tests.page import CheckingClient


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"HX-Request": "true", "HX-Request-Type": "partial"}, 201, id="a part"),
        pytest.param({"HX-Request": "true"}, 201, id="htmx without a type"),
        pytest.param({"HX-Request": "true", "HX-Request-Type": "full"}, 303, id="a whole page"),
        pytest.param({"HX-Request": "false"}, 303, id="not htmx"),
        pytest.param({"HX-Request-Type": "partial"}, 303, id="a type without htmx"),
        pytest.param({}, 303, id="a browser"),
    ],
)
def test_who_gets_a_part_of_the_page(
    client: CheckingClient, app: Flask, headers: dict[str, str], status: int
) -> None:
    with app.app_context():
        cast.article()
    assert client.post(cast.COMMENTS, data=cast.ANN, headers=headers).status_code == status


def test_a_part_is_never_kept_in_place_of_the_page(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
    answer = client.get(f"{cast.COMMENTS}/1/reply", htmx=True)
    assert not answer.text.lstrip().startswith("<!doctype")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers
