r"""An issue -> the Markdown page, in the house style, and the 导读 that it starts out with.

The page is made by a Jinja2 template, ``config/templates/issue.md.j2`` or the editor's own. What
the template gets from here are the escapes and the lines that need thought. With the template
that ships, a page is so regular that it can be read back line by line::

    - [TAG][TAG] [TITLE | SOURCE](URL) [[LABEL]](URL) [[LABEL]](URL)␠␠
    摘要：（待译）FIRST LINE␠␠
    FURTHER LINE␠␠

One item is one line and the lines of its 摘要, each of which ends with two blanks; tags, source,
further links, 摘要 and the mark for translation may be absent. Sections without items are left
out. Text stands as it is but for these escapes, which CommonMark, GitHub's renderer and Jekyll's
kramdown undo alike:

* a backslash before what would start a link, emphasis, code, a tag or a block;
* ``&amp;`` where ``&`` would start an entity, ``&#37;`` in ``{%``, which Jekyll would obey;
* in tags and labels, a backslash before every bracket;
* where a title holds bars but has no source, a backslash before the bars: the last bar without
  one parts title and source.

A title keeps its balanced brackets, a ``snake_case`` its underscores. Addresses are
percent-escaped where they would end early; one that is not for the web is left out, since a
reader would run it. In a 摘要, ``[text](https://…)`` stays a link. The 导读, the footer and the
licence are Markdown of the editor's own and stand as they are.

https://spec.commonmark.org/0.31.2/, https://kramdown.gettalong.org/syntax.html
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

import config
from config.errors import ConfigError, Fault
from config.settings import IssueSectionSettings, Newsletter
from pipeline.normalise import clean_line
from pipeline.summary import clip, width
from store.models import Draft, Issue, IssueSection

SHIPPED_TEMPLATES = Path(config.__file__).parent / "templates"

_BREAK = "  "
"""Two blanks at the end of a line break it."""
_LEAD_TITLES = 3
_LEAD_TITLE_CHARS = 20
_LEAD_HEAD_CHARS = 3
"""A shorter beginning of a title says nothing."""

_BRACKETS = re.compile(r"\[[^\[\]]*\](?!\()")
_SPECIAL = re.compile(
    r"""
      [`\[\]]
    | \\(?=[!-/:-@\[-`{-~]|$)         # escapes what follows
    | (?<!\s)\* | \*(?!\s)            # emphasis, unless blanks on both sides
    | (?<!\w)_+ | _+(?!\w)            # emphasis, unless inside a word
    | (?<!/)~                         # GitHub strikes "10~20, 30~40" through; not in /~home
    | <(?=[A-Za-z/!?])                # a tag
    | !(?=\[)                         # an image
    | &(?=\#?\w+;)                    # an entity
    | (?<=\{)[{:%]                    # Liquid, and kramdown's attributes
    | (?<=\s)\#(?=\#*$)               # closes a heading
    """,
    re.VERBOSE,
)
_ENTITIES = {"&": "&amp;", "%": "&#37;"}
_BLOCK_START = re.compile(r"\d{1,9}[.)](?=\s|$)|[#>|]|[-+:](?=[\s|:-]|$)|=(?==*$)")
"""Lists, headings, quotes, tables, rules and underlines; what its last character starts."""

_NO_ADDRESS = re.compile(r"[\s\"<>\\^`{|}]")
_PAIRED_PARENTHESES = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_INLINE_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\((https?://[^\s()<>\[\]\"\\]+)\)")

_TEMPLATE_FAULTS = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError)


def render(issue: Issue, newsletter: Newsletter, folder: Path | None = None) -> str:
    """The issue in Markdown, ending with one line feed; the same issue gives the same bytes.

    ``newsletter.template`` is looked for in the configuration `folder`, in its ``templates``,
    then among those that ship. Nothing else is read. Raises ConfigError for a template that is
    missing, malformed, or asks for what is not there.
    """
    environment = _environment(folder)
    try:
        template = environment.get_template(newsletter.template)
        page = template.render(issue=issue, newsletter=newsletter)
    except _TEMPLATE_FAULTS as error:
        raise ConfigError([_template_fault(newsletter.template, error)]) from error
    return page.strip("\n") + "\n"


def lead(
    sections: Sequence[IssueSection],
    newsletter: Newsletter,
    settings: Sequence[IssueSectionSettings],
) -> str:
    """A 导读 to start from, in Markdown: how many items, and the first titles of each section.

    `settings` know how each section is called in it. Empty where there are no items.
    """
    short = {section.name: section.short or section.name for section in settings}
    filled = [section for section in sections if section.items]
    if not filled:
        return ""
    count = sum(len(section.items) for section in filled)
    said = [
        newsletter.lead_section.replace(
            "{section}", escape_text(short.get(section.name, section.name))
        ).replace(
            "{titles}",
            "、".join(escape_text(_shortened(item.title)) for item in section.items[:_LEAD_TITLES]),
        )
        for section in filled
    ]
    return newsletter.lead_opening.replace("{count}", str(count)) + "；".join(said) + "。"


def escape_text(text: str) -> str:
    """Plain text as Markdown that shows it on one line, with no more escapes than needed.

    White space is folded; characters that cannot be printed are dropped.
    """
    line = clean_line(text)
    return _escape(line, kept=_balanced(line))


def escape_url(url: str) -> str:
    """An address as a Markdown link's destination; empty where it is not for the web.

    Relative addresses are for the web. Escaped is only what ends a destination or is no part of
    an address anyway, so that ``a_(b)`` stays readable.
    """
    address = clean_line(url)
    if _OTHER_SCHEME.match(address):
        return ""
    address = _NO_ADDRESS.sub(lambda found: quote(found[0]), address)
    if not _PAIRED_PARENTHESES.fullmatch(address):
        address = address.replace("(", "%28").replace(")", "%29")
    return re.sub(r"&(?=#?\w+;)", "&amp;", address)


@lru_cache(maxsize=8)
def _environment(folder: Path | None) -> ImmutableSandboxedEnvironment:
    """Where templates come from, and what they can use; a changed file is read again."""
    folders = [folder, folder / "templates"] if folder else []
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,  # Markdown: its text is escaped by the filters
        loader=FileSystemLoader([*folders, SHIPPED_TEMPLATES], encoding="utf-8-sig"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals["br"] = _BREAK
    environment.filters["text"] = escape_text
    environment.filters["label"] = _escape_label
    environment.filters["url"] = escape_url
    environment.filters["headline"] = _headline
    environment.filters["summary"] = _summary_lines
    environment.filters["lead"] = _lead_lines
    return environment


def _escape(line: str, kept: Container[int] = ()) -> str:
    """Escape a line but for the places that are `kept`."""

    def escape(found: re.Match[str]) -> str:
        if found.start() in kept:
            return found[0]
        return _ENTITIES.get(found[0]) or "".join(f"\\{c}" for c in found[0])

    return _SPECIAL.sub(escape, line)


def _balanced(line: str) -> frozenset[int]:
    """The places of brackets that stand in pairs, not nested, and before no parenthesis."""
    pairs = _BRACKETS.finditer(line)
    return frozenset(place for pair in pairs for place in (pair.start(), pair.end() - 1))


def _escape_label(text: str) -> str:
    return _escape(clean_line(text))


def _headline(item: Draft) -> str:
    title = escape_text(item.title) or escape_text(item.url)
    source = escape_text(item.source).replace("|", r"\|")
    if source:
        return f"{title} | {source}"
    return title.replace("|", r"\|") if " | " in title else title


def _summary_lines(item: Draft, newsletter: Newsletter) -> Iterator[str]:
    prefix = newsletter.summary_prefix + (newsletter.translate_mark if item.translate else "")
    for paragraph in item.summary.splitlines():
        line = _escape_prose(paragraph)
        if line:
            yield _escape_start(prefix + line)
            prefix = ""


def _escape_prose(text: str) -> str:
    """Escape plain text in which links to the web may stay links."""
    line = clean_line(text)
    pieces: list[str] = []
    start = 0
    for link in _INLINE_LINK.finditer(line):
        before = line[start : link.start()]
        pieces.append(_escape(before, kept=_balanced(before)))
        pieces.append(f"[{_escape(link[1])}]({escape_url(link[2])})")
        start = link.end()
    rest = line[start:]
    return "".join([*pieces, _escape(rest, kept=_balanced(rest))])


def _escape_start(line: str) -> str:
    """Keep a line within a paragraph from starting a block of its own."""
    found = _BLOCK_START.match(line)
    if not found:
        return line
    return f"{line[: found.end() - 1]}\\{line[found.end() - 1 :]}"


def _lead_lines(text: str, newsletter: Newsletter) -> Iterator[str]:
    lines = [clean_line(line) for line in text.splitlines()]
    lines = [line for line in lines if line]
    for number, line in enumerate(lines, start=1):
        prefix = newsletter.lead_prefix if number == 1 else ""
        yield prefix + line + (_BREAK if number < len(lines) else "")


def _shortened(title: str) -> str:
    """A title as the 导读 names it: a repository by its name, the others by their first words."""
    line = clean_line(title)
    repository = re.match(r"[\w.-]+/[\w.-]+(?=: | v?\d|$)", line, re.ASCII)
    if repository:
        return repository[0]
    head = re.split(r"：|: |——|，|！|？|。", line, maxsplit=1)[0].strip()
    fits = width(line) <= _LEAD_TITLE_CHARS or width(head) < _LEAD_HEAD_CHARS
    return clip(line if fits else head, _LEAD_TITLE_CHARS)


def _template_fault(name: str, error: Exception) -> Fault:
    where = name
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.name or name}: line {error.lineno}"
    return Fault(where=where, what=f"cannot be used as a template: {error}")
