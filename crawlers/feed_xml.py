"""A feed's text as XML that ``feedparser`` can read well.

Feeds are written by hand, by templates and by scripts that are cut off in the middle. What every
browser shrugs off ends an XML parser: an ``&nbsp;`` that nobody declared, a bare ``&``, half an
emoji, a prefix without its namespace. These are mended; what is broken beyond them is left to
``feedparser``'s forgiving parser. What stands before the root element goes, the document type
with it, so that there is no entity left to expand and nothing to fetch.

What the elements mean is left to ``crawlers.feeds``. Nothing here raises but `ExcessError`,
whatever the text is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MOST_TAGS = 100_000
"""Outside of CDATA sections: thousands of items, and a few seconds for ``feedparser``."""
MOST_ATTRIBUTES = 1000
"""Of one element, namespaces included; the time that ``feedparser`` takes grows with the square."""
MOST_REFERENCES = 300_000
"""``&amp;`` and the like, and what a bare ``&`` becomes: each is a step of ``feedparser``'s."""
MOST_DEEP = 1000
"""Elements within each other."""
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What has no place in XML 1.0 (section 2.2)."""
_PROLOG = re.compile(
    r"(?:[\s\ufeff]|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*",
    re.DOTALL | re.IGNORECASE,
)
_BEGINNING = re.compile(r"<(?:\?xml\s|(?:[\w.-]+:)?(?:rss|rdf|feed)[\s>])", re.IGNORECASE)
_FOREWORD = 4000
"""Characters within which a feed begins, after what a broken server says before it."""
_ROOT = re.compile(r"<((?:[\w.-]+:)?([A-Za-z][\w.-]*))")
_FEED_ROOTS = frozenset({"rss", "rdf", "feed"})
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_DECLARED_PREFIX = re.compile(r"\sxmlns:([\w.-]+)\s*=")
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
"""What the prefixes that we read mean where a feed forgot to say it."""
_FAULTS = re.compile(
    r"(?P<keep><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))"
    r"|<(?P<void>br|hr|img|wbr)\b(?P<rest>[^<>]*?)/?>"
    r"|&\#(?P<high>5[56]\d{3}|xd[89ab][\da-f]{2});&\#(?P<low>5[67]\d{3}|xd[c-f][\da-f]{2});"
    r"|&\#(?P<number>\d{1,8}|x[\da-f]{1,8});"
    r"|&(?P<name>[a-z][a-z\d]*);"
    r"|&",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


class ExcessError(ValueError):
    """A feed that nobody wrote to be read, with what there is too much of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedXml:
    """A feed, ready to be parsed."""

    xml: bytes
    """UTF-8, from the root element on."""
    warnings: tuple[str, ...]


def has_too_many_tags(text: str) -> bool:
    """Whether a feed is so large, or so broken, that reading it would hold up everything else."""
    # Nearly every feed is small enough to see it without looking for the sections.
    return text.count("<") > MOST_TAGS and _CDATA.sub("", text).count("<") > MOST_TAGS


def feed_xml(text: str) -> FeedXml | None:
    """Give the feed in `text`; None where its root element is not that of a feed.

    Raises `ExcessError` where reading it would hold up everything else.
    """
    if text.count("&") > MOST_REFERENCES and _CDATA.sub("", text).count("&") > MOST_REFERENCES:
        raise ExcessError(f"more than {MOST_REFERENCES:,} references")
    text = _ILLEGAL.sub("", text)
    start = _BEGINNING.search(text, 0, _FOREWORD)
    text = text[start.start() :] if start else text
    text = text[_prolog_length(text) :]
    root = _ROOT.match(text)
    if root is None or root[2].lower() not in _FEED_ROOTS:
        return None
    warnings: list[str] = []
    text, torn = _to_its_end(text, root[1])
    if torn:
        warnings.append("the feed is cut off; read up to its last whole item")
    if (fault := _fault(text)) is not None:
        text = _with_prefixes(_FAULTS.sub(_mended, text), root.end())
        if _fault(text) is not None:
            warnings.append(f"the feed is no well-formed XML ({fault})")
    return FeedXml(xml=text.encode("utf-8"), warnings=tuple(warnings))


def _prolog_length(text: str) -> int:
    prolog = _PROLOG.match(text)
    return prolog.end() if prolog else 0


def _to_its_end(text: str, root: str) -> tuple[str, bool]:
    """Give the feed without what follows it, and whether it stops before its end.

    Such a feed is given up to its last whole item: what stands in the torn one cannot be relied
    on, an address least of all.
    """
    items = list(_ITEM_END.finditer(text))
    last_item = items[-1].end() if items else 0
    end = re.compile(rf"</{re.escape(root)}\s*>").search(text, last_item)
    if end is not None:
        return text[: end.end()], False
    if not items:
        return text, False
    text = text[:last_item]
    channel = "</channel>" if "<channel" in text and "</channel>" not in text else ""
    return f"{text}{channel}</{root}>", True


def _fault(text: str) -> str | None:
    """Give what makes `text` no well-formed XML, "mismatched tag: line 3, column 7"."""
    namespaces = depth = 0

    def element(_: str, attributes: list[str]) -> None:
        nonlocal namespaces, depth
        depth += 1
        if depth > MOST_DEEP:
            raise ExcessError(f"more than {MOST_DEEP:,} elements within each other")
        if len(attributes) // 2 + namespaces > MOST_ATTRIBUTES:
            raise ExcessError(f"more than {MOST_ATTRIBUTES:,} attributes in one element")
        namespaces = 0

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def namespace(*_: str | None) -> None:
        nonlocal namespaces
        namespaces += 1

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.ordered_attributes = True
    parser.StartElementHandler = element
    parser.EndElementHandler = end
    parser.StartNamespaceDeclHandler = namespace
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        return str(error)
    return None


def _mended(fault: re.Match[str]) -> str:
    if fault["keep"] is not None:
        return fault["keep"]
    if fault["void"] is not None:
        return f"<{fault['void']}{fault['rest']}/>"
    if fault["high"] is not None:
        return _characters(fault["high"], fault["low"])
    if fault["number"] is not None:
        return _characters(fault["number"])
    name = fault["name"]
    if name is None:
        return "&amp;"
    if name in _XML_NAMES:
        return fault[0]
    known = html5.get(f"{name};")
    return escape(known) if known is not None else f"&amp;{name};"


def _characters(*numbers: str) -> str:
    """Give the characters of references, two halves of a UTF-16 pair as one; none where invalid."""
    codes = [int(n[1:], 16) if n[:1] in "xX" else int(n) for n in numbers]
    units = "".join(chr(code) for code in codes if code <= 0x10FFFF)
    paired = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return escape(_ILLEGAL.sub("", paired))


def _with_prefixes(text: str, end_of_name: int) -> str:
    """Declare, in the root element, the prefixes that the feed uses without."""
    used = {prefix for pair in _PREFIX.findall(text) for prefix in pair if prefix}
    missing = used - set(_DECLARED_PREFIX.findall(text)) - {"xml", "xmlns"}
    declarations = "".join(
        f" xmlns:{prefix}={quoteattr(_NAMESPACES.get(prefix, f'urn:undeclared:{prefix}'))}"
        for prefix in sorted(missing)
    )
    return text[:end_of_name] + declarations + text[end_of_name:]
