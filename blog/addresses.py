"""Network addresses, cut to the part that stands for one line or household."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

MAPPED = 96  # bits before an IPv4 address that is written as one of IPv6 (RFC 4291, 2.5.5.2)


@lru_cache(1_024)  # a request asks three times
def network(address: str | None, *, v4: int = 24, v6: int = 48) -> str:
    """Cut an address to its first `v4` or `v6` bits; one that cannot be read is `unknown`.

    The defaults are what is stored with a comment: enough to see a flood, too little to find a
    person.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    whole = unmapped(ip_network(parsed))
    return str(whole.supernet(new_prefix=v4 if whole.version == 4 else v6))


def unmapped(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """The network as its owner means it: `::ffff:192.0.2.0/120` is `192.0.2.0/24`."""
    address = network.network_address
    inner = address.ipv4_mapped if address.version == 6 else None
    if inner is None or network.prefixlen < MAPPED:
        return network
    return IPv4Network((inner, network.prefixlen - MAPPED))
