"""Network addresses, cut to the part that stands for one line or household."""

from ipaddress import IPv6Address, ip_address, ip_network


def network(address: str | None, *, v4: int = 24, v6: int = 48) -> str:
    """Cut an address to its first `v4` or `v6` bits; one that cannot be read is `unknown`.

    The defaults are what is stored with a comment: enough to see a flood, too little to find a
    person.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, v4 if parsed.version == 4 else v6), strict=False))
