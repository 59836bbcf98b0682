"""Markup that stands inside other things (a feed's description, an article's body) as plain text.

Text keeps its paragraphs as line feeds and nothing else: no indentation, no blank lines, no runs
of spaces. Most of what feeds hold has no markup at all, and is not sent through a parser. Finding
the article in a whole page is left to ``crawlers.article``, a page's charset to
``crawlers.page``. Nothing here raises, whatever the text is.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice

from lxml import etree

from crawlers.page import absolute

_TAG = re.compile(r"<[a-zA-Z/!?]")
"""Where HTML's own tokenizer would see a tag; ``a < b`` has none."""
_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
"""What no text means, and libxml2 ends at or refuses."""
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SILENT = ("script", "style", "template", "noscript", "head", "title", "svg", "iframe", "object")
# fmt: off
_BLOCKS = (
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section",
    "summary", "table", "tr", "ul",
)
# fmt: on
_CELLS = ("td", "th")
_MOST_LINKS = 2000
"""Of one text; each has to be made whole, looked at and stored."""
_MOST_TAGS = 50_000
"""Of one text, as of a page; what comes after them is left out. A tree takes 200 bytes a tag."""
_PARAGRAPH = "\u2029"
"""Unicode's paragraph separator marks the edges of blocks until white space is collapsed."""
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|q|s|script|small|span"
    r"|strike|strong|style|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
"""The tags that titles are decorated with. Others are what the title speaks of: ``Vec<T>``."""
_REFERENCE = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


def html_to_text(html: str) -> str:
    """Give the words of `html`, a line feed between its paragraphs."""
    text = _CONTROL.sub("", html)
    if not _TAG.search(text):
        return _lines(unescape(text) if "&" in text else text)
    tree = _tree(text)
    return "" if tree is None else _words(tree)


def title_text(html: str) -> str:
    """Give the words of a title, as one line.

    Titles are often escaped once too often (``Q&amp;amp;A``), so what still is a reference or a
    decorating tag after the first reading is read once more.
    """
    text = _CONTROL.sub("", html)
    for _ in range(2):
        if _INLINE.search(text):
            text = html_to_text(text)
        elif _REFERENCE.search(text):
            text = unescape(text)
        else:
            break
    return " ".join(_CONTROL.sub("", text).split())


def links_in(html: str, base: str) -> tuple[str, ...]:
    """Give the http(s) addresses that `html` links to, in order, each once, the first 2,000.

    Relative ones are resolved against `base`; links within the page itself are left out.
    """
    if "href" not in html.lower():
        return ()
    tree = _tree(_CONTROL.sub("", html))
    if tree is None:
        return ()
    found = dict.fromkeys(str(link.get("href", "")).strip() for link in tree.iter("a", "area"))
    links = (absolute(base, href) for href in found if href and not href.startswith("#"))
    whole = dict.fromkeys(link for link in islice(links, _MOST_LINKS) if link is not None)
    return tuple(whole)


def _tree(text: str) -> etree._Element | None:
    text = "<".join(text.split("<", _MOST_TAGS)[:_MOST_TAGS])
    # From bytes, since libxml2 refuses text that declares an encoding; a parser is made each
    # time, since one that is shared between threads waits for the others. The huge tree is for
    # depth: without it, everything below 255 nested elements is dropped.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # "Document is empty": markup without a word in it
        return None


def _words(tree: etree._Element) -> str:
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    for block in tree.iter(*_BLOCKS):
        block.text = _PARAGRAPH + _legal(block.text)
        block.tail = _PARAGRAPH + _legal(block.tail)
    for cell in tree.iter(*_CELLS):
        cell.tail = " " + _legal(cell.tail)
    text = "".join(str(piece) for piece in tree.itertext())
    return _lines(text, _PARAGRAPH)


def _legal(text: str | None) -> str:
    """What lxml gave, as it can be given back: HTML knows a form feed, XML does not."""
    return _NOT_XML.sub(" ", text or "")


def _lines(text: str, separator: str = "\n") -> str:
    lines = (" ".join(line.split()) for line in text.split(separator))
    return "\n".join(line for line in lines if line)
