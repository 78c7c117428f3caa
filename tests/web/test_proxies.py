"""Who the visitor is, behind proxies and without."""

import pytest

from blog.models import Comment
from tests import cast
from tests.conftest import MakeApp, new_client


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        pytest.param(0, "198.51.100.7", "127.0.0.0/24", id="without a proxy nobody may say"),
        pytest.param(1, "198.51.100.7", "198.51.100.0/24", id="one proxy says"),
        pytest.param(1, "203.0.113.9, 198.51.100.7", "198.51.100.0/24", id="a claim does not count"),
        pytest.param(2, "198.51.100.7, 10.0.0.1", "198.51.100.0/24", id="two proxies"),
        pytest.param(1, "2001:db8:1:2::3", "2001:db8:1::/48", id="IPv6 is cut to its first 48 bits"),
        pytest.param(1, "nonsense", "unknown", id="what is no address"),
    ],
)  # fmt: skip
def test_what_is_stored_of_an_address(
    make_app: MakeApp, proxies: int, forwarded: str, network: str
) -> None:
    app = make_app(trusted_proxies=proxies)
    with app.app_context():
        cast.article()
    headers = {"X-Forwarded-For": forwarded}
    new_client(app).post(cast.COMMENTS, data=cast.ANN, headers=headers)
    made: Comment = cast.stored(app)[0]
    assert made.network == network
