"""What an entry of ``network.private_hosts`` allows."""

from ipaddress import ip_address

import pytest

from config.errors import ConfigError
from config.load import SHIPPED, load_settings
from config.private_hosts import read_private_host

COVERED = [
    ("nas.local", "nas.local", 80, "192.168.1.9", True),
    ("NAS.local", "nas.LOCAL", 8080, "10.0.0.9", True),
    ("nas.local", "other.local", 80, "192.168.1.9", False),
    ("localhost:8000", "localhost", 8000, "127.0.0.1", True),
    ("localhost:8000", "localhost", 8000, "::1", True),
    ("localhost:8000", "localhost", 8001, "127.0.0.1", False),
    ("localhost:8000", "127.0.0.1", 8000, "127.0.0.1", False),
    ("10.0.0.5", "10.0.0.5", 80, "10.0.0.5", True),
    ("10.0.0.5", "intranet.example", 80, "10.0.0.5", True),
    ("10.0.0.5", "10.0.0.6", 80, "10.0.0.6", False),
    ("10.0.0.5:81", "10.0.0.5", 81, "10.0.0.5", True),
    ("10.0.0.5:81", "10.0.0.5", 80, "10.0.0.5", False),
    ("198.18.0.0/15", "www.example.org", 443, "198.19.1.2", True),
    ("198.18.0.0/15", "www.example.org", 443, "198.20.0.1", False),
    ("::1", "::1", 80, "::1", True),
    ("[::1]:80", "::1", 80, "::1", True),
    ("[::1]:80", "::1", 81, "::1", False),
    ("fd00::/8", "nas.local", 80, "fd12::1", True),
]


@pytest.mark.parametrize(("entry", "host", "port", "address", "covered"), COVERED)
def test_an_entry_covers(entry: str, host: str, port: int, address: str, covered: bool):
    assert read_private_host(entry).covers(host, port, ip_address(address)) is covered


@pytest.mark.parametrize(
    "entry",
    [
        *("", "http://localhost", "localhost:", "localhost:0", "localhost:70000", "localhost:x"),
        *("10.0.0.0/99", "10.0.0.5/8", "*", "a b", "::1:80:", "[nas]", "localhost/", "me@here"),
    ],
)
def test_what_is_no_entry_is_a_fault_of_the_configuration(entry: str):
    with pytest.raises(ConfigError, match=r"network\.private_hosts\[0\]: is no host to allow"):
        load_settings(SHIPPED, overrides={"network": {"private_hosts": [entry]}})
