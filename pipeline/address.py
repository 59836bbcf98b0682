"""The spelling of web addresses, after RFC 3986 section 6.2.2.

`read_address` takes an address apart into an `Address`, in which everything that a server reads
alike is spelled alike: the case and script of the host, percent escapes, dot segments, doubled and
trailing slashes, the default port, the scheme. It knows no site and no tracking parameter; those
are the business of ``pipeline.canonical`` and ``pipeline.sites``.

http and https are one, written https: an address is spelled here to be compared. To open it,
the spelling in which a source gave it is the safer one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, unquote_plus, urlsplit

from store.models import Kind

MAX_LENGTH = 8192
"""Characters; browsers and servers refuse longer addresses, so here they are mere text."""

_ESCAPE = r"%[0-9A-Fa-f]{2}"
_UNRESERVED = r"A-Za-z0-9._~\-"
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|[0-9a-f:.]*:[0-9a-f:.]*")
_SLASHES = re.compile(r"(?<!:)/{2,}")
_ENTITY = re.compile(r"^(?:amp;)+")


def _spelling(*, raw: str, decode: str) -> Callable[[str], str]:
    """Make the function that spells one component of an address.

    `raw` and `decode` are regex character sets: what may stand unescaped, and which escapes
    mean the same as the character (the others, such as ``%2F`` in a path, do not).
    """
    odd = re.compile(rf"{_ESCAPE}|[^{raw}]")
    plain = re.compile(rf"[{decode}]")

    def one(match: re.Match[str]) -> str:
        found = match[0]
        if len(found) == 1:
            return quote(found.encode("utf-8", "surrogatepass"), safe="")
        character = chr(int(found[1:], 16))
        return character if plain.fullmatch(character) else found.upper()

    return lambda component: odd.sub(one, component)


_spell_path = _spelling(raw=_UNRESERVED + r"!$&'()*+,;=:@/", decode=_UNRESERVED + r"!$&'()*+,;=:@")
_spell_query = _spelling(raw=_UNRESERVED + r"!$'()*,;:@/?&=+", decode=_UNRESERVED + r"!$'()*,;:@/")


Query: TypeAlias = tuple[tuple[str, str | None], ...]
"""Names and values, percent-escaped; None where there is no ``=``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A web address in parts, each spelled in the one way."""

    host: str
    """Lower case, international names in punycode, without a final dot and ``www.``."""
    port: int | None = None
    """None for the default."""
    path: str = "/"
    """Begins with a slash and, but for the root, ends without one."""
    query: Query = ()
    """In the order given."""
    fragment: str = ""

    def value(self, name: str) -> str:
        """The first value of a query parameter, unescaped; empty where there is none."""
        return next((unquote_plus(value) for key, value in self.query if key == name and value), "")

    @property
    def url(self) -> str:
        """The address in one piece."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        query = "&".join(key if value is None else f"{key}={value}" for key, value in self.query)
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"https://{host}{port}{self.path}{'?' if query else ''}{query}{fragment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an address of a known site names."""

    key: str
    """The same for all addresses of the thing: ``arxiv:1812.00332``."""
    url: str
    """The address under which the site shows it to readers."""
    kind: Kind | None = None
    """None where the site holds many kinds."""
    expiring: bool = False
    """The address stops working some hours after it was made."""


def read_address(text: str) -> Address | None:
    """Take an http or https address apart; None where `text` is anything else."""
    if len(text) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        host, port = _host(parts.hostname), parts.port
    except ValueError:  # urlsplit's and the idna codec's way to say that it is no address
        return None
    if host is None:
        return None
    if port == 443 or (port == 80 and parts.scheme == "http"):
        port = None
    return Address(
        host=host,
        port=port,
        path=_path(parts.path),
        query=_query(parts.query),
        fragment=_spell_query(parts.fragment),
    )


def _host(name: str) -> str | None:
    if not name.isascii():
        name = name.encode("idna").decode("ascii").lower()
    name = name.rstrip(".")
    while name.startswith("www.") and "." in name[4:]:
        name = name[4:]
    return name if _HOST.fullmatch(name) else None


def _path(path: str) -> str:
    path = _spell_path(path)
    if "//" in path:
        # not after a colon: archives and proxies carry a whole address in their path
        path = _SLASHES.sub("/", path)
    if "/." in path:
        kept: list[str] = []
        for segment in path.split("/")[1:]:
            if segment == "..":
                del kept[-1:]
            elif segment != ".":
                kept.append(segment)
        path = "/" + "/".join(kept)
    return path.rstrip("/") or "/"


def _query(query: str) -> Query:
    if not query:
        return ()
    pairs: list[tuple[str, str | None]] = []
    for piece in _spell_query(query).replace("%20", "+").split("&"):
        # addresses copied out of HTML source carry "&amp;" for "&"
        key, equals, value = _ENTITY.sub("", piece).partition("=")
        if key or value:
            pairs.append((key, value if equals else None))
    return tuple(pairs)
