"""Faults of the connection: what a server does wrong before anybody looks at what it sends."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

import brotli  # type: ignore[import-untyped]

from tests.certificates import another_host, expired, good, of_nobody
from tests.faults.fault import Gathering
from tests.faults.feeds import FEED, MARKS
from tests.faults.web import Talk

wire = Gathering()
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_CUT = FEED.index(b"</item>", len(FEED) // 2) + len(b"</item>") + 40
_BEFORE_CUT = tuple(mark for mark in MARKS if mark.encode() in FEED[: _CUT - 120])
_SECONDS = "within"
_A_RECORD = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"
"""The head of a TLS record, and in it that of a ServerHello of 16 kB, of which nothing follows."""


@wire.add("nothing is wrong", "items", readable=MARKS)
def none(talk: Talk) -> None:
    talk.request()
    talk.answer(FEED)


@wire.add("takes no connection", "error", _SECONDS, deaf=True)
def hang_on_connect(_: Talk) -> None:
    """Nothing comes of it, since there is never a connection."""


@wire.add("hangs once connected", "error", _SECONDS)
def hang_once_connected(talk: Talk) -> None:
    talk.hang()


@wire.add("hangs in the TLS handshake", "error", _SECONDS, secure=True)
def hang_in_handshake(talk: Talk) -> None:
    talk.hang()


@wire.add("sends a byte of its TLS handshake now and then", "error", _SECONDS, secure=True)
def slow_drip_of_handshake(talk: Talk) -> None:
    talk.connection.recv(65536)
    talk.send(_A_RECORD)
    talk.forever(b"\0", pause=0.05)


@wire.add("hangs up in the TLS handshake", "error", "lost", secure=True)
def close_in_handshake(talk: Talk) -> None:
    talk.connection.recv(65536)
    talk.send(_A_RECORD)


@wire.add("speaks HTTP where TLS is wanted", "error", "secure", secure=True)
def no_tls(talk: Talk) -> None:
    talk.connection.recv(65536)
    talk.answer(FEED)


@wire.add("speaks TLS with a good certificate", "items", readable=MARKS, secure=True, tls=good)
def tls_as_it_should_be(talk: Talk) -> None:
    none(talk)


@wire.add("hangs once asked", "error", _SECONDS)
def hang_before_headers(talk: Talk) -> None:
    talk.request()
    talk.hang()


@wire.add("hangs within its headers", "error", _SECONDS)
def hang_in_headers(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD)
    talk.hang()


@wire.add("hangs after its headers", "error", _SECONDS)
def hang_after_headers(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"Content-Length: 5000\r\n\r\n")
    talk.hang()


@wire.add("hangs in the middle of its body", "error", _SECONDS)
def hang_in_body(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"Content-Length: %d\r\n\r\n" % len(FEED), FEED[:_CUT])
    talk.hang()


@wire.add("sends a byte now and then", "error", _SECONDS)
def slow_drip(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"\r\n")
    talk.forever(b" ", pause=0.05)


@wire.add("sends a byte of its headers now and then", "error", _SECONDS)
def slow_drip_of_headers(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"X-Slow: ")
    talk.forever(b"s", pause=0.05)


@wire.add("hangs up once connected", "error", "lost")
def close_on_connect(talk: Talk) -> None:
    talk.connection.shutdown(2)


@wire.add("resets the connection once asked", "error", "lost")
def reset_before_headers(talk: Talk) -> None:
    talk.request()
    talk.reset()


@wire.add("resets the connection in the middle of its body", "error", "lost")
def reset_in_body(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"Content-Length: %d\r\n\r\n" % len(FEED), FEED[:_CUT])
    talk.reset()


@wire.add("says a Content-Length that is too long", "error", "lost")
def length_too_long(talk: Talk) -> None:
    talk.request()
    talk.answer(FEED, {"Content-Length": str(len(FEED) + 1000)})


@wire.add("says a Content-Length that is too short", "items", "cut off", readable=_BEFORE_CUT)
def length_too_short(talk: Talk) -> None:
    talk.request()
    talk.answer(FEED, {"Content-Length": str(_CUT)})


@wire.add("says a negative Content-Length", "error")
def length_negative(talk: Talk) -> None:
    talk.request()
    talk.answer(FEED, {"Content-Length": "-1"})


@wire.add("says two different Content-Lengths", "error")
def two_lengths(talk: Talk) -> None:
    talk.request()
    talk.answer(FEED, [("Content-Length", str(len(FEED))), ("Content-Length", "7")])


@wire.add("says that a terabyte follows", "error", "larger")
def length_of_a_terabyte(talk: Talk) -> None:
    talk.request()
    talk.answer(FEED, {"Content-Length": str(10**12)})


@wire.add("sends a body without end", "error", "larger")
def endless_body(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"\r\n", FEED)
    talk.forever(b" " * 65536)


@wire.add("sends chunks without end", "error", "larger")
def endless_chunks(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"Transfer-Encoding: chunked\r\n\r\n")
    talk.forever(b"10000\r\n" + b" " * 65536 + b"\r\n")


@wire.add("sends a chunk whose size is none", "error")
def broken_chunks(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", FEED)


@wire.add("sends headers without end", "error", "HTTP")
def endless_headers(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD)
    talk.forever(b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(60)))


@wire.add("sends a header line without end", "error")
def endless_header_line(talk: Talk) -> None:
    talk.request()
    talk.send(_HEAD, b"X-Long: ")
    talk.forever(b"x" * 65536)


@wire.add("says 100 Continue without end", "error", "HTTP")
def endless_continue(talk: Talk) -> None:
    talk.request()
    talk.forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@wire.add("sends what unpacks to a gigabyte (gzip)", "error", "larger")
def gzip_bomb(talk: Talk) -> None:
    talk.request()
    talk.answer(_gzip_bomb(), {"Content-Encoding": "gzip"})


@wire.add("sends what unpacks to a gigabyte (deflate)", "error", "larger")
def deflate_bomb(talk: Talk) -> None:
    talk.request()
    talk.answer(b"\x78\xda" + _zeros(), {"Content-Encoding": "deflate"})


@wire.add("sends what unpacks to a gigabyte (brotli)", "error", "larger")
def brotli_bomb(talk: Talk) -> None:
    talk.request()
    talk.answer(_brotli_bomb(), {"Content-Encoding": "br"})


@wire.add("packs a gigabyte twice", "error", "larger")
def gzip_bomb_twice(talk: Talk) -> None:
    talk.request()
    talk.answer(gzip.compress(_gzip_bomb()), {"Content-Encoding": "gzip, gzip"})


@wire.add("says gzip of what is none", "error", "not compressed")
def gzip_that_is_none(talk: Talk) -> None:
    talk.request()
    talk.answer(FEED, {"Content-Encoding": "gzip"})


@wire.add("cuts off what it packed", "items", "cut off")
def gzip_cut_off(talk: Talk) -> None:
    talk.request()
    talk.answer(gzip.compress(FEED)[:-200], {"Content-Encoding": "gzip"})


@wire.add("packs in a way that nobody knows", "unparsable")
def unknown_encoding(talk: Talk) -> None:
    talk.request()
    talk.answer(b"\x01\x02" + zlib.compress(FEED)[::-1], {"Content-Encoding": "x-own"})


@wire.add("speaks another protocol", "error", "HTTP")
def not_http(talk: Talk) -> None:
    talk.send(b"SSH-2.0-OpenSSH_9.7\r\n")
    talk.hang()


@wire.add("sends noise", "error")
def noise(talk: Talk) -> None:
    talk.request()
    talk.send(bytes(range(256)) * 200)


@wire.add("speaks HTTP/1.0, without a length", "items", readable=MARKS)
def http_1_0(talk: Talk) -> None:
    talk.request()
    talk.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n", FEED)


@wire.add("sends a body without headers (HTTP/0.9)", "error")
def http_0_9(talk: Talk) -> None:
    talk.request()
    talk.send(FEED)


@wire.add("sends headers that are absurd", "items", readable=MARKS)
def absurd_headers(talk: Talk) -> None:
    talk.request()
    absurd = [
        ("Content-Type", "\udcff\udcfe;;charset=\udc80"),
        ("Content-Type", "image/png"),
        ("ETag", "W/\udcff" + "e" * 8000),
        ("Last-Modified", "the day before yesterday"),
        ("Retry-After", "-1e99"),
        ("Date", "Mon, 32 Feb 0000 25:61:61 XYZ"),
        ("Content-Disposition", "attachment; filename=../../etc/passwd"),
        *((f"X-{n}", "v" * 500) for n in range(50)),
    ]
    talk.answer(FEED, absurd)


@wire.add("wants its cookie back, and redirects until then", "error", "redirects more than")
def cookie_wall(talk: Talk) -> None:
    talk.request()
    cookies = [("Set-Cookie", f"c{n}={'v' * 3000}; Domain=example") for n in range(20)]
    talk.answer(b"", [*cookies, ("Location", "/feed")], status="302 Found")


for _status, _known in {
    "204 No Content": "unparsable",
    "206 Partial Content": "items",
    "300 Multiple Choices": "error",
    "304 Not Modified": "error",
    "401 Unauthorized": "error",
    "403 Forbidden": "error",
    "404 Not Found": "error",
    "410 Gone": "error",
    "418 I'm a teapot": "error",
    "451 Unavailable For Legal Reasons": "error",
    "500 Internal Server Error": "error",
    "503 Service Unavailable": "error",
    "599 ": "error",
    "999 Denied": "error",
}.items():

    def _answers(talk: Talk, status: str = _status) -> None:
        talk.request()
        none = status[:3] in {"204", "304"}
        talk.answer(b"" if none else FEED, {"Content-Length": ""} if none else {}, status=status)

    _answers.__name__ = f"status_{_status[:3]}"
    _had = MARKS if _known == "items" else ()
    wire.add(f"answers {_status}".strip(), _known, readable=_had)(_answers)


@wire.add("answers 429, and wants a year of patience", "error", "429", later=())
def patience_of_a_year(talk: Talk) -> None:
    talk.request()
    talk.answer(b"", {"Retry-After": "31536000"}, status="429 Too Many Requests")


@wire.add("answers 503, and wants patience that is no number", "error", "503")
def patience_of_nonsense(talk: Talk) -> None:
    talk.request()
    talk.answer(b"", {"Retry-After": "9" * 400}, status="503 Service Unavailable")


@wire.add("its certificate is signed by nobody", "error", "secure", secure=True, tls=of_nobody)
def tls_of_nobody(talk: Talk) -> None:
    none(talk)


@wire.add("its certificate has expired", "error", "secure", secure=True, tls=expired)
def tls_expired(talk: Talk) -> None:
    none(talk)


@wire.add("its certificate is another host's", "error", "secure", secure=True, tls=another_host)
def tls_of_another(talk: Talk) -> None:
    none(talk)


def _gzip_bomb() -> bytes:
    return b"\x1f\x8b\x08" + bytes(7) + _zeros()


@cache
def _zeros() -> bytes:
    """Give a gigabyte, deflated: the same block again and again, so that it is made at once."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * 1024 + packer.flush()


@cache
def _brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1)
    pieces = [packer.process(bytes(2**20)) for _ in range(1024)]
    return bytes(b"".join(pieces) + packer.finish())
