r"""An issue -> the Markdown page, in the house style, and the 导读 that it starts out with.

The page is made by a Jinja2 template, ``config/templates/issue.md.j2`` or the editor's own. What
the template gets from here are the lines that need thought; escapes are made by
``pipeline.issue_escape``. With the template that ships, a page is so regular that it can be read
back, by ``pipeline.issue_reader``::

    - [TAG][TAG] [TITLE | SOURCE](URL) [[LABEL]](URL) [[LABEL]](URL)␠␠
    LABEL：FURTHER␠␠
    摘要：（待译）FIRST LINE␠␠
    FURTHER LINE␠␠

One item is one line, what is known of it, and the lines of its 摘要, each of which ends with two
blanks; all but the title may be absent. Nested items stand under theirs, four blanks further in.
In a 摘要 of plain text, ``[text](https://…)`` stays a link. The 导读, the news, remarks, footer and
licence, and a 摘要 that is marked as Markdown, are the editor's own and stand as they are.
``docs/house-style.md`` tells the rest.

An issue that was read brings the white space of its page along; see ``pipeline.issue_spacing``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

import config
from config.errors import ConfigError, Fault
from config.settings import IssueSectionSettings, Newsletter
from pipeline.issue_escape import (
    escape_label,
    escape_prose,
    escape_start,
    escape_text,
    escape_url,
    join_headline,
)
from pipeline.issue_spacing import respace
from pipeline.normalise import clean_line
from pipeline.summary import clip, width
from store.models import Draft, Issue, IssueSection

SHIPPED_TEMPLATES = Path(config.__file__).parent / "templates"
SHIPPED_TEMPLATE = "issue.md.j2"

_BREAK = "  "
"""Two blanks at the end of a line break it."""
_NESTED = "    "
"""How far a nested item stands in."""
_LEAD_TITLES = 3
_LEAD_TITLE_CHARS = 20
_LEAD_HEAD_CHARS = 3
"""A shorter beginning of a title says nothing."""

_NOTE = "注"
"""How a remark to the reader begins that is set apart from the text."""
_QUOTED_AGAIN = re.compile(r"\d{1,9}[.)]|[^\w\s“”‘’《》「」『』【】（）〈〉]|_|\s")
"""How a line begins that might not go on in a quote without a mark of its own."""

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
    return respace(page, issue.spacing).strip("\n") + "\n"


def render_shipped(issue: Issue, newsletter: Newsletter) -> str:
    """As `render`, with the template that ships whatever the newsletter's is."""
    return render(issue, newsletter.model_copy(update={"template": SHIPPED_TEMPLATE}))


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


def is_note(markdown: str) -> bool:
    """Whether a paragraph before the sections is a remark that is set apart, ``注：…``."""
    return markdown.startswith(_NOTE)


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
    environment.tests["note"] = is_note
    environment.filters["text"] = escape_text
    environment.filters["label"] = escape_label
    environment.filters["url"] = escape_url
    environment.filters["outline"] = _outline
    environment.filters["headline"] = _headline
    environment.filters["details"] = _details_lines
    environment.filters["summary"] = _summary_lines
    environment.filters["lead"] = _lead_lines
    environment.filters["quote"] = _quote_lines
    return environment


def _outline(items: Sequence[Draft], indent: str = "") -> Iterator[tuple[str, Draft]]:
    """Each item, and those nested in it behind it, with the blanks that stand before its lines."""
    for item in items:
        yield indent, item
        yield from _outline(item.items, indent + _NESTED)


def _headline(item: Draft) -> str:
    url = escape_url(item.url)
    headline = join_headline(clean_line(item.title) or url, item.source, url)
    return headline if url or item.links else escape_start(headline)


def _details_lines(item: Draft) -> Iterator[str]:
    yield from item.details.split("\n") if item.details else ()


def _summary_lines(item: Draft, newsletter: Newsletter) -> Iterator[str]:
    prefix = newsletter.summary_prefix + (newsletter.translate_mark if item.translate else "")
    if item.markup:
        yield from (prefix + item.summary).split("\n")
        return
    for paragraph in item.summary.splitlines():
        line = escape_prose(paragraph)
        if line:
            yield escape_start(prefix + line)
            prefix = ""


def _lead_lines(text: str, newsletter: Newsletter) -> Iterator[str]:
    lines = _filled(text)
    return _quoted([newsletter.lead_prefix + line for line in lines[:1]] + lines[1:])


def _quote_lines(text: str) -> Iterator[str]:
    return _quoted(_filled(text))


def _filled(text: str) -> list[str]:
    return [line for line in map(clean_line, text.splitlines()) if line]


def _quoted(lines: Sequence[str]) -> Iterator[str]:
    """Lines as a block quote: the first is marked, the others where they must be."""
    for number, line in enumerate(lines, start=1):
        mark = "> " if number == 1 or _QUOTED_AGAIN.match(line) else ""
        yield mark + line + (_BREAK if number < len(lines) else "")


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
