"""One source's turn: what is asked for, what its answer means, and what is remembered of it.

Knows nothing of Scrapy: whatever asks for pages (`crawlers.spiders.pages.Ask`) will do.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from config.errors import SourceError
from crawlers.gap import latest, possible_gap, told
from crawlers.outcome import answered, failed
from crawlers.source import (
    Fetched,
    Items,
    NotModified,
    Outcome,
    PageSource,
    Parsed,
    ParsedItems,
    ParsedUnparsable,
)
from crawlers.spiders.pages import Answer, Ask
from store.models import Payload, RawItem, SourceState

logger = logging.getLogger(__name__)


async def visit(
    source: PageSource,
    state: SourceState,
    *,
    ask: Ask,
    now: datetime,
    kept_article: Callable[[RawItem], Payload | None],
    most_articles: int,
    knows_any: Callable[[Sequence[RawItem]], bool] = lambda _: True,
) -> Outcome:
    """Ask a source and give its outcome.

    Where it wants full texts, its items are completed from their own pages: those that
    `kept_article` gives, and at most `most_articles` that are asked for. An item whose page
    cannot be had stays as the source gave it. Where the page may have lost entries since the last
    visit, the outcome says so; `knows_any` tells whether any of its items was there before.
    """
    if state.retry_at is not None and state.retry_at > now:
        until = f"{state.retry_at:%Y-%m-%d %H:%M} UTC"
        return failed(
            SourceError(f"asked to wait until {until}", retryable=True, retry_at=state.retry_at)
        )
    try:
        answer, moved_to = await _page(source, state, ask)
    except SourceError as error:
        return failed(error)
    notes: tuple[str, ...] = ()
    if moved_to is not None and moved_to != state.moved_to:
        notes = (f"moved permanently to {moved_to}",)
    digest = hashlib.sha256(answer.payload.body).hexdigest()
    after = replace(
        state,
        etag=answer.etag,
        last_modified=answer.last_modified,
        moved_to=moved_to,
        retry_at=None,
        body_sha256=digest,
    )
    if answer.not_modified:
        # A 304 need not repeat what the page is known by.
        same = replace(
            after,
            etag=answer.etag or state.etag,
            last_modified=answer.last_modified or state.last_modified,
            body_sha256=state.body_sha256,
        )
        return NotModified(state=same, notes=notes)
    if digest == state.body_sha256:
        return NotModified(state=after, notes=notes)
    parsed = _parsed(source, answer.payload)
    articles: tuple[Payload, ...] = ()
    if source.full_text and isinstance(parsed, ParsedItems):
        kept = {i.url: page for i in parsed.items if i.url and (page := kept_article(i))}
        wanted = [i.url for i in parsed.items if i.url and i.url not in kept]
        articles, missed = await _articles(wanted[:most_articles], ask)
        notes += missed
        pages = kept | {page.url: page for page in articles}
        # In a thread, since finding the article in a page takes long enough to hold up others.
        parsed = await asyncio.to_thread(_completed, source, parsed, pages)
    gap = None
    if isinstance(parsed, ParsedItems):
        said = parsed.items
        gap = possible_gap(said, state.watermark, lambda: knows_any(said))
        after = replace(after, watermark=latest(said, state.watermark, now))
    notes += (told(gap),) if gap else ()
    outcome = answered([Fetched(payload=answer.payload, parsed=parsed)], state=after, notes=notes)
    return replace(outcome, articles=articles, gap=gap) if isinstance(outcome, Items) else outcome


async def _page(source: PageSource, state: SourceState, ask: Ask) -> tuple[Answer, str | None]:
    """Ask for the source's page; gives the answer, and where the page is found from now on.

    An address that a redirect once named is asked for first. Where nothing is there any more,
    the redirect was a mistake, or the page has moved again: the configured one knows.
    """
    if state.moved_to is not None:
        try:
            answer = await ask(state.moved_to, _validators(state), configured=source.url)
        except SourceError as error:
            if error.status is not None and error.retryable:
                raise  # the host is there and asks for patience
        else:
            return answer, answer.payload.url if answer.moved else state.moved_to
    validators = _validators(state) if state.moved_to is None else {}
    answer = await ask(source.url, validators, configured=source.url)
    return answer, answer.payload.url if answer.moved else None


def _validators(state: SourceState) -> dict[str, str]:
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value}


def _parsed(source: PageSource, payload: Payload) -> Parsed:
    try:
        return source.parse(payload)
    except Exception as error:
        # Of one parser, and a mended one can read the page again; no end of the night.
        logger.exception("parsing what %s answered", source.name)
        return ParsedUnparsable(reason=f"the parser failed: {type(error).__name__}: {error}")


async def _articles(urls: list[str], ask: Ask) -> tuple[tuple[Payload, ...], tuple[str, ...]]:
    """Ask for articles; gives each under the address it was asked by, and notes on the rest."""
    causes: Counter[str] = Counter()

    async def article(url: str) -> Payload | None:
        try:
            return replace((await ask(url)).payload, url=url)
        except SourceError as error:
            causes[error.cause] += 1
            return None

    pages = await asyncio.gather(*map(article, dict.fromkeys(urls)))
    notes = tuple(
        f"{count} of {len(pages)} articles not had: {cause}" for cause, count in causes.items()
    )
    return tuple(page for page in pages if page is not None), notes


def _completed(
    source: PageSource, parsed: ParsedItems, pages: Mapping[str, Payload]
) -> ParsedItems:
    def completed(item: RawItem) -> RawItem:
        try:
            return source.with_article(item, pages[item.url]) if item.url in pages else item
        except Exception:
            # Of one reader of articles; the item is none the worse for it.
            logger.exception("reading the article of %s", item.url)
            return item

    return replace(parsed, items=tuple(map(completed, parsed.items)))
