"""What may stand in an address or a form as a number."""

import pytest

from blog.web.converters import MAX_ID, number


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        pytest.param("17", 17, id="a number"),
        pytest.param("0", 0, id="none of a row, but one"),
        pytest.param("007", 7, id="zeros in front"),
        pytest.param("9999999999", MAX_ID, id="more than a key can be is the largest key"),
        pytest.param("1" * 11, None, id="no key is that long"),
        pytest.param("", None, id="nothing"),
        pytest.param("-1", None, id="no sign"),
        pytest.param("1.0", None, id="no fraction"),
        pytest.param(" 1", None, id="no blank"),
        pytest.param("１", None, id="no digits of other scripts"),
        pytest.param("²", None, id="no small digits"),
    ],
)
def test_a_number_is_what_somebody_typed_as_one(raw: str, found: int | None) -> None:
    assert number(raw) == found
