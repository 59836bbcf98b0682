"""A draft as a form that a person fills in, and back.

One field a thing, all of them text: tags one a line, further links one a line, label before
address. What the form does not show (nested items, details of past issues) is kept from the draft
that it was made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from config.errors import InputError
from config.settings import Settings
from pipeline.desk import check_address, check_section
from pipeline.normalise import clean_line
from store.models import Draft, Link

FIELDS = ("title", "source", "section", "url", "tags", "links", "summary", "translate")
"""Names of the form's fields; ``translate`` holds ``1`` or nothing."""


def form_of(draft: Draft) -> dict[str, str]:
    """The form of a draft."""
    return {
        "title": draft.title,
        "source": draft.source,
        "section": draft.section,
        "url": draft.url,
        "tags": "\n".join(draft.tags),
        "links": "\n".join(f"{link.label} {link.url}" for link in draft.links),
        "summary": draft.summary,
        "translate": "1" if draft.translate else "",
    }


def draft_of(form: Mapping[str, str], before: Draft, settings: Settings) -> Draft:
    """The draft that a form says; a field that is absent is as in `before`.

    Raises InputError that names the field and what is wrong with it.
    """
    said = {**form_of(before), **{name: form[name] for name in FIELDS if name in form}}
    title = clean_line(said["title"])
    if not title:
        raise InputError("title: it is empty; an item needs a headline")
    with _in_field("section"):
        check_section(settings, said["section"])
    with _in_field("url"):
        check_address(said["url"].strip())
    return replace(
        before,
        title=title,
        source=clean_line(said["source"]),
        section=said["section"],
        url=said["url"].strip(),
        tags=tuple(tag for line in said["tags"].splitlines() if (tag := clean_line(line))),
        links=tuple(_links(said["links"], before)),
        summary="\n".join(line.rstrip() for line in said["summary"].strip().splitlines()),
        translate=said["translate"] == "1",
    )


def _links(text: str, before: Draft) -> Iterator[Link]:
    bare = {(link.label, link.url) for link in before.links if not link.brackets}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        label, _, url = clean_line(line).rpartition(" ")
        if not label:
            raise InputError(f"links: line {number} is {line.strip()!r}; write LABEL https://…")
        with _in_field("links"):
            check_address(url)
        yield Link(label=label, url=url, brackets=(label, url) not in bare)


@contextmanager
def _in_field(name: str) -> Iterator[None]:
    """Say of an InputError which field it is about."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
