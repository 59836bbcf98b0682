"""An answer's bytes as a page: its charset, its tree, and the addresses and words in it.

What every parser of HTML pages needs before it can look for anything. What the elements mean is
the business of the parser that asks, and how markup becomes paragraphs of plain text that of
``crawlers.markup``. Nothing here raises, whatever the bytes are.
"""

from __future__ import annotations

import codecs
import re
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from w3lib.encoding import html_to_unicode

from store.models import Payload

_CONTROL = re.compile("[\0-\x08\x0e-\x1b\x7f]")
"""Control characters that are no white space: noise in any page's words."""


MOST_TAGS = 50_000
"""A page that lists a few hundred things has some thousand."""


def has_too_many_tags(payload: Payload) -> bool:
    """Whether a page is so large that looking for things in it would hold up everything else."""
    return payload.body.count(b"<") > MOST_TAGS


def page_text(payload: Payload) -> str:
    """Give the page's markup as text.

    The charset is found the way browsers do it (byte-order mark, Content-Type, meta element).
    Where nothing declares it, it is UTF-8 if the bytes are that, else GB18030, which holds all
    of GBK and GB2312: what an undeclared page of a Chinese medium is written in. Bytes that the
    charset does not know become U+FFFD.
    """
    try:
        _, text = html_to_unicode(
            payload.content_type, payload.body, auto_detect_fun=_undeclared_charset
        )
    except (LookupError, UnicodeError):
        # A page may name any of Python's codecs, such as "hex" or "idna", as its charset.
        text = payload.body.decode(_undeclared_charset(payload.body), "replace")
    return text.encode("utf-8", "replace").decode()


def open_page(payload: Payload) -> Selector:
    """Give the page as a tree; a tree without content where there is no page."""
    return Selector(text=page_text(payload) or "<html/>", type="html")


def base_address(page: Selector, payload: Payload) -> str:
    """Give the address that the page's relative links start from: ``<base href>`` or its own."""
    declared = page.xpath("string(//base/@href)").get(default="").strip()
    return absolute(payload.url, declared) or payload.url


def absolute(base: str, address: str) -> str | None:
    """Resolve `address` against `base`; None where that is no http or https address."""
    try:
        joined = urljoin(base, address.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in {"http", "https"} and parts.netloc else None


def one_line(node: Selector) -> str:
    """Give the words in an element, an attribute or a text node, as one line.

    Emoji that are pictures speak through their ``alt``; scripts and styles have no words.
    """
    if isinstance(node.root, str):
        words = [node.root]
    else:
        words = node.xpath(
            ".//text()[not(ancestor::script or ancestor::style)]"
            " | .//img[contains(@class, 'emoji')]/@alt"
        ).getall()
    return " ".join(_CONTROL.sub("", "".join(words)).split())


def first_words(page: Selector, *paths: str) -> str:
    """Give the first words, as one line, that any of the XPath `paths` leads to, in their order."""
    found = (words for path in paths for node in page.xpath(path) if (words := one_line(node)))
    return next(found, "")


def page_title(page: Selector) -> str:
    """Give what the page calls itself in ``<title>``, as one line."""
    return first_words(page, "//title[not(ancestor::svg)]")


def _undeclared_charset(body: bytes) -> str:
    for charset in ("utf-8", "gb18030"):
        try:
            # Incremental, since a page cut off within a character is still of its charset.
            codecs.getincrementaldecoder(charset)().decode(body)
        except UnicodeDecodeError:
            continue
        return charset
    return "utf-8"
