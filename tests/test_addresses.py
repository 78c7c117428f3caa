"""Network addresses are cut to what stands for a line or household, never kept whole."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.addresses import network


@pytest.mark.parametrize(
    ("address", "stored", "counted"),
    [
        pytest.param("192.0.2.7", "192.0.2.0/24", "192.0.2.7/32", id="an IPv4 address"),
        pytest.param(
            "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48", "2001:db8:1:2::/64", id="an IPv6 address"
        ),
        pytest.param("::ffff:192.0.2.7", "192.0.2.0/24", "192.0.2.7/32", id="IPv4 in IPv6"),
        pytest.param("::1", "::/48", "::/64", id="this machine"),
        pytest.param("fe80::1%eth0", "fe80::/48", "fe80::/64", id="a local address with its card"),
        pytest.param("192.0.2.7:1234", "unknown", "unknown", id="an address with a port"),
        pytest.param("example.org", "unknown", "unknown", id="a name"),
        pytest.param("192.0.2", "unknown", "unknown", id="half an address"),
        pytest.param("", "unknown", "unknown", id="nothing"),
        pytest.param(None, "unknown", "unknown", id="no address at all, as behind a socket"),
    ],
)
def test_an_address_is_cut(address: str | None, stored: str, counted: str) -> None:
    assert network(address) == stored
    assert network(address, v4=32, v6=64) == counted


@given(st.ip_addresses())
def test_neighbours_are_one_network_and_no_address_is_kept(address: object) -> None:
    cut = ip_network(network(str(address)))
    assert cut.num_addresses >= 256
    assert network(str(cut.network_address)) == network(str(cut.broadcast_address)) == str(cut)


@given(st.text())
def test_whatever_a_proxy_says_has_an_answer(address: str) -> None:
    assert 0 < len(network(address)) <= 64, "it fits the column"
