"""Redirects: in circles, without end, and to where no request of ours may go."""

from __future__ import annotations

from tests.faults.fault import Gathering
from tests.faults.feeds import GOOD, MARKS, items, rss
from tests.faults.web import Talk

redirects = Gathering()
SECRET = "/secret"
"""A path that nobody may be led to."""


def _to(talk: Talk, address: str, status: str = "302 Found") -> None:
    talk.request()
    talk.answer(b"", {"Location": address}, status=status)


@redirects.add("redirects in a circle", "error", "redirects more than")
def redirect_circle(talk: Talk) -> None:
    talk.request()
    other = "/there" if talk.path.endswith("/feed") else "/feed"
    talk.answer(b"", {"Location": other}, status="302 Found")


@redirects.add("redirects ever further", "error", "redirects more than")
def redirect_chain(talk: Talk) -> None:
    talk.request()
    talk.answer(b"", {"Location": talk.path + "x"}, status="301 Moved Permanently")


@redirects.add("redirects to nowhere", "error", "302")
def redirect_without_location(talk: Talk) -> None:
    _to(talk, "")


@redirects.add("redirects to an address of a megabyte", "error")
def redirect_to_a_megabyte(talk: Talk) -> None:
    _to(talk, "/feed?" + "x" * 10**6)


@redirects.add("redirects to an address of 15 kB", "error")
def redirect_to_15_kb(talk: Talk) -> None:
    _to(talk, "/feed?" + "\u4e2d" * 5000)


for _name, _address in {
    "a file": "file:///etc/passwd",
    "ftp": "ftp://ftp.example.org/feed",
    "a script": "javascript:alert(1)",
    "data": "data:application/rss+xml,<rss/>",
    "gopher": "gopher://127.0.0.1:70/1",
    "an S3 bucket": "s3://bucket/feed",
}.items():

    def _leads(talk: Talk, address: str = _address) -> None:
        _to(talk, address)

    _leads.__name__ = "redirect_to_" + _name.replace(" ", "_")
    redirects.add(f"redirects to {_address}", "error", "no http or https")(_leads)

for _name, _address in {
    "itself": "http://127.0.0.1:{port}/secret",
    "localhost": "http://localhost:{port}/secret",
    "a number": "http://2130706433:{port}/secret",
    "hexadecimal": "http://0x7f.1:{port}/secret",
    "IPv6": "http://[::1]:{port}/secret",
    "IPv4 in IPv6": "http://[::ffff:127.0.0.1]:{port}/secret",
    "zero": "http://0.0.0.0:{port}/secret",
    "the local network": "http://192.168.0.1/secret",
    "a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
}.items():

    def _leads_inside(talk: Talk, address: str = _address) -> None:
        _to(talk, address.format(port=talk.connection.getsockname()[1]))

    _leads_inside.__name__ = "redirect_inside_by_" + _name.replace(" ", "_").replace("'", "")
    redirects.add(
        f"redirects to {_address.replace('{port}', 'PORT')}", "error", "no public address"
    )(_leads_inside)


@redirects.add("leads to a private address over three redirects", "error", "no public address")
def redirect_inside_by_detour(talk: Talk) -> None:
    talk.request()
    step = talk.path.count("x")
    inside = f"http://127.0.0.1:{talk.connection.getsockname()[1]}{SECRET}"
    talk.answer(b"", {"Location": talk.path + "x" if step < 2 else inside}, status="302 Found")


_OLD = items("hostile.example", "O", count=400, start=100)


@redirects.add("moves for good, and floods with 400 old items", "items", "moved", readable=MARKS)
def moves_and_floods(talk: Talk) -> None:
    talk.request()
    if talk.path.endswith("/feed"):
        talk.answer(b"", {"Location": "/moved"}, status="301 Moved Permanently")
    else:
        talk.answer(rss(GOOD + _OLD))
