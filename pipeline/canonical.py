"""The one address that all variants of an address share.

What surrounds an address falls away here: a redirector or archive that carries it inside its
own, the mobile or AMP face that some media put in front of the same page, and parameters that
only tell where a reader came from (tables in ``pipeline.surroundings``). What is left is either
a page of a known site (``pipeline.sites``), whose own address wins, or the address itself, as
spelled by ``pipeline.address``, with its parameters sorted by name.

Decided here: http and https are one, and ``www.`` is none. A canonical address is for comparing;
that it opens is certain only for known sites.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote_plus

from pipeline.address import MAX_LENGTH, Address, Known, Query, read_address
from pipeline.papers import ARXIV_ID, FLAGS
from pipeline.sites import recognise
from pipeline.surroundings import (
    CARRIERS,
    FACE,
    FAMILIES,
    MOVED,
    PATHS,
    REDIRECTORS,
    TRACKING,
    TRACKING_AT,
)
from store.models import CanonicalUrl

_WHOLE = re.compile(r"^(https?):/+")
_ROUTE = re.compile(r"!?/.*[^/].*|![^/].*")
"""A fragment that a single-page site reads as its path: ``#/docs`` or ``#!docs``."""

_BLANKS = "".join(
    character
    for character in map(chr, range(0x10000))
    if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Zs")
)
_SPELLED_OUT = (
    (
        re.compile(rf"arxiv\s*[:：]\s*({ARXIV_ID})(?:\s*\[[\w.-]+\])?", FLAGS),
        "https://arxiv.org/abs/",
    ),
    (re.compile(r"(?:doi\s*[:：]\s*)?(10\.[0-9]{4,9}/[^\s?#]+)", FLAGS), "https://doi.org/"),
    (
        re.compile(r"(?:(?:git\+)?(?:ssh|git)://)?(?:git@)?github\.com[:/]+(.+)", FLAGS),
        "https://github.com/",
    ),
    (re.compile(r"git\+https?://(.+)", FLAGS), "https://"),
    (re.compile(r"//([^/].*)"), "https://"),
    (
        re.compile(r"((?:(?:www\.)?arxiv\.org|mp\.weixin\.qq\.com|gist\.github\.com)/.+)", FLAGS),
        "https://",
    ),
)
"""What people write for an address, and what to put before its essence to make it one."""


def canonical_url(url: str) -> CanonicalUrl:
    r"""Give the one address that all variants of `url` share.

    Takes any string and never raises: what is no http address comes back stripped, with lone
    surrogates written as ``\udXXX`` so that it can be stored. Idempotent.
    """
    return locate(url)[0]


def locate(url: str) -> tuple[CanonicalUrl, Known | None]:
    """Give the canonical address of `url` and what it names, where the site is known."""
    text = url.strip(_BLANKS)
    if len(text) > MAX_LENGTH:
        return _mere_text(text), None
    return _locate(text)


@lru_cache(maxsize=2048)
def _locate(text: str) -> tuple[CanonicalUrl, Known | None]:
    address = _unwrapped(read_address(_with_scheme(text)))
    if address is None:
        return _mere_text(text), None
    address = _without_tracking(address)
    known = recognise(address)
    return CanonicalUrl(known.url if known else address.url), known


def _mere_text(text: str) -> CanonicalUrl:
    return CanonicalUrl(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _with_scheme(text: str) -> str:
    if text[:8].lower().startswith(("http://", "https://")):
        return text.rstrip("，。；、")  # of the sentence that the address was copied from
    for pattern, prefix in _SPELLED_OUT:
        match = pattern.fullmatch(text)
        if match:
            return prefix + match[1]
    return text


def _unwrapped(address: Address | None) -> Address | None:
    """Follow redirectors and archives to what they carry, and faces to the usual page."""
    inner = address
    while inner is not None:  # ends, since a target is shorter than what carries it
        address = _desktop_face(inner)
        inner = next(filter(None, map(read_address, _targets(address))), None)
    return address


def _targets(address: Address) -> Iterator[str]:
    """What a redirector or archive may carry, the likeliest first; it need not be an address."""
    host = address.host
    family = FAMILIES.fullmatch(host)
    if family:
        host = "google" if family["google"] else family["member"]
    carrier = CARRIERS.get(host)
    match = carrier.fullmatch(address.path) if carrier else None
    if match:
        _, question_mark, query = address.url.partition("?")
        target = _WHOLE.sub(r"\1://", match["target"]) + question_mark + query
        yield target if _WHOLE.match(target) else f"https://{target}"
    for wanted in REDIRECTORS.get((host, address.path), ()):
        for place, (name, value) in enumerate(address.query):
            if name == wanted and value:
                yield unquote_plus(_unescaped(value, address.query[place + 1 :]))


def _unescaped(value: str, rest: Query) -> str:
    """A target pasted in without escapes: the rest of the redirector's query is its own."""
    if not ("?" in value and "=" in value):
        return value
    return "&".join((value, *(name if more is None else f"{name}={more}" for name, more in rest)))


def _without_tracking(address: Address) -> Address:
    """Drop what tells where a reader came from; sort what is left by name."""
    query = address.query
    if query:
        local = TRACKING_AT.get(address.host, frozenset())
        kept = (
            (name, value and value.replace("%3D", "=").replace("%3F", "?"))
            for name, value in query
            if name not in local and not TRACKING.fullmatch(name)
        )
        query = tuple(sorted(kept, key=lambda pair: pair[0]))
    fragment = address.fragment.rstrip("/") if _ROUTE.fullmatch(address.fragment) else ""
    if query == address.query and fragment == address.fragment:
        return address
    return replace(address, query=query, fragment=fragment)


def _desktop_face(address: Address) -> Address:
    """Replace the mobile or AMP face of known media by the usual one."""
    host, path = address.host, address.path
    face = FACE.fullmatch(host)
    if face:
        host = face["site"]
    elif host.endswith((".m.wikipedia.org", ".m.wikimedia.org")):
        host = host.replace(".m.wiki", ".wiki")
    host = MOVED.get(host, host)
    rewrite = PATHS.get(host)
    if rewrite:
        match = rewrite[0].fullmatch(path)
        path = match.expand(rewrite[1]) if match else path
    if (host, path) == (address.host, address.path):
        return address
    return replace(address, host=host, path=path)
