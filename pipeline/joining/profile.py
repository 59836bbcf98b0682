"""What of a candidate is held against others. Pure."""

from __future__ import annotations

from datetime import UTC

from pipeline.joining.sketch import sketch
from pipeline.joining.words import Vocabulary
from store.models import Member, Profile

_GIST_CHARS = 800
_TITLE_CHARS = 300
"""No headline is longer; of one that is, the rest would tell little and cost much."""


def profile_of(member: Member, vocabulary: Vocabulary) -> Profile:
    """Take from a candidate what it is compared by; the day it was first seen stands for a date."""
    candidate = member.candidate
    item = candidate.item
    described = (item.repository and item.repository.description) or ""
    readme = (item.repository and item.repository.readme) or ""
    said = [part for part in (described, item.summary, readme, item.text) if part]
    whole = item.text if len(item.text) > len(item.summary) else item.summary
    return Profile(
        id=member.id,
        source=item.source,
        external_id=item.external_id,
        kind=candidate.kind,
        language=candidate.language,
        title=candidate.title[:_TITLE_CHARS],
        publisher=item.publisher or "",
        day=(candidate.published or member.first_seen).astimezone(UTC).toordinal(),
        keys=candidate.keys,
        mentions=candidate.mentions,
        gist="\n".join(said)[:_GIST_CHARS],
        sketch=sketch(vocabulary.tokens(whole)),
    )
