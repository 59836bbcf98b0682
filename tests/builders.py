"""Values for tests, whole from the start; a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from store.models import (
    Candidate,
    CandidateId,
    CanonicalUrl,
    Decision,
    DecisionId,
    Draft,
    IdentityKey,
    Kind,
    Member,
    RawItem,
    SourceName,
    Story,
    StoryId,
    Verdict,
)

NOW = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)
"""2026-03-02, half past three in the morning in Shanghai."""


def an_item(**changes: Any) -> RawItem:
    item = RawItem(
        source=SourceName("量子位"),
        external_id="https://www.example.com/1",
        url="https://www.example.com/1",
        title="端侧推理框架发布新版",
        summary="新版支持 INT8 量化。",
        published=datetime(2026, 2, 28, 8, tzinfo=UTC),
        publisher="量子位",
    )
    return replace(item, **changes)


def a_candidate(**changes: Any) -> Candidate:
    item = changes.pop("item", None) or an_item()
    candidate = Candidate(
        item=item,
        kind=Kind.ARTICLE,
        canonical_url=CanonicalUrl(item.url),
        keys=(IdentityKey(f"url:{item.url.partition('://')[2]}"),),
        mentions=(),
        title=item.title,
        language="zh",
        published=item.published,
        content_hash="0" * 64,
    )
    return replace(candidate, **changes)


def a_story(*candidates: Candidate, id: int = 1) -> Story:
    return Story(
        id=StoryId(id),
        members=tuple(
            Member(id=CandidateId(n), candidate=candidate, first_seen=NOW)
            for n, candidate in enumerate(candidates or (a_candidate(),), 1)
        ),
    )


def a_draft(**changes: Any) -> Draft:
    return replace(
        Draft(section="业界新闻", title="端侧推理框架发布新版", url="https://www.example.com/1"),
        **changes,
    )


def a_decision(verdict: Verdict, **changes: Any) -> Decision:
    decision = Decision(
        id=DecisionId(1),
        story=StoryId(1),
        verdict=verdict,
        by="editor",
        at=NOW,
        note=None,
        basis=(),
        machine=a_draft(),
        editor=None,
    )
    return replace(decision, **changes)
