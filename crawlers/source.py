"""The Source protocol and what a source can answer.

A source is asked once a run. What it says comes back as a value, never as an exception, so that
one failing source cannot end a run:

    Items         it said something; the raw items, and the payloads that they stand in
    NotModified   it said that nothing changed (304, or the same bytes as last time)
    Empty         it answered well, and there is nothing in it
    Unparsable    it answered, and nothing in the answer was recognised: its markup has changed
    Failed        it did not answer, or with an error; the cause, and whether and when to retry

A parser knows only what bytes can tell: `Parsed` is items, empty, unparsable or a refusal, which
makes an outcome of Failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from store.models import Gap, Payload, RawItem, SourceName, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItems:
    """What a parser recognised, in page order; never without an item."""

    items: tuple[RawItem, ...]
    warnings: tuple[str, ...] = ()
    """What was odd and survived, one line each ("3 items without a link left out")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEmpty:
    """The page is of the right kind and says that there is nothing."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedUnparsable:
    """Nothing in the page was recognised."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRefusal:
    """The page is the other side's word that it does not give what was asked for.

    An API's error answer, a deleted article, a page that asks whether the visitor is human.
    """

    reason: str
    retryable: bool
    """Asking again later may help."""


Parsed: TypeAlias = ParsedItems | ParsedEmpty | ParsedUnparsable | ParsedRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one raw item stands in: a payload, and the items parsed from it."""

    payload: Payload
    parsed: Parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """The source said something."""

    pages: tuple[Fetched, ...]
    """Each answer with what was parsed from it; at least one has items."""
    state: SourceState
    articles: tuple[Payload, ...] = ()
    """Pages that completed items, each under the address of its item, for replay."""
    notes: tuple[str, ...] = ()
    """For the run's table: "moved permanently to …", "stopped at 300 results"."""
    gap: Gap | None = None
    """Where something may be missing that the source said and says no longer; noted too."""
    status: Literal["items"] = field(default="items", init=False)

    @property
    def items(self) -> tuple[RawItem, ...]:
        """Every raw item, page by page."""
        return tuple(
            item
            for page in self.pages
            if isinstance(page.parsed, ParsedItems)
            for item in page.parsed.items
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The source said that nothing changed."""

    state: SourceState
    notes: tuple[str, ...] = ()
    status: Literal["not_modified"] = field(default="not_modified", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """The source answered well, and there is nothing in it."""

    state: SourceState
    pages: tuple[Fetched, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    status: Literal["empty"] = field(default="empty", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsable:
    """The source answered, and nothing in the answer was recognised.

    The answer is kept, so that a mended parser can be replayed over it. The state is not moved
    on: the next run asks again for the same page.
    """

    pages: tuple[Fetched, ...]
    reason: str
    notes: tuple[str, ...] = ()
    status: Literal["unparsable"] = field(default="unparsable", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The source did not answer, or with an error."""

    cause: str
    """One line for a person: "HTTP 503 from www.example.org", "no answer within 30 s"."""
    retryable: bool
    """Asking again later may help (a timeout, 429, 5xx); False for 404, 410, a bad address."""
    retry_at: datetime | None = None
    """UTC; not before then, where the other side said so."""
    pages: tuple[Fetched, ...] = ()
    """What had arrived before it failed; kept like any other."""
    notes: tuple[str, ...] = ()
    status: Literal["error"] = field(default="error", init=False)


Outcome: TypeAlias = Items | NotModified | Empty | Unparsable | Failed


class Source(Protocol):
    """A place that candidates come from.

    Every source parses bytes; how the bytes are fetched makes the two kinds below.
    """

    @property
    def name(self) -> SourceName:
        """The name in the configuration."""

    @property
    def kind(self) -> str:
        """The kind in the configuration: ``feed``, ``trending``, ``arxiv`` …"""

    @property
    def url(self) -> str:
        """What is asked: the page's address, or the API's with its query.

        What is remembered of a source holds only as long as this stays the same.
        """

    def parse(self, payload: Payload) -> Parsed:
        """Read an answer. Pure: never raises on any bytes."""


@runtime_checkable
class CompletesItems(Source, Protocol):
    """A source whose items can be completed from pages of their own."""

    def with_article(self, item: RawItem, article: Payload) -> RawItem:
        """Complete an item from its own page. Pure: an unreadable page leaves it as it is."""


class PageSource(CompletesItems, Protocol):
    """A source that is one page: Scrapy downloads it, with all the others concurrently."""

    @property
    def full_text(self) -> bool:
        """Whether the article behind each new item is fetched too."""


class ClientSource(Source, Protocol):
    """A source behind a client library that does its own blocking requests in a thread."""

    def fetch(self, state: SourceState, now: datetime) -> Outcome:
        """Ask the source. `now` is the run's one clock reading, UTC. Never raises."""
