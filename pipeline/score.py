"""The rule score: a number for a story, in named parts that add up to it.

    topic       the best find of each topic, its title before its text; capped together
                (some topics are of repositories alone)
    source      the best source that brought it
    hand        the editor handed it in
    reports     how many independent voices speak of it, logarithmically
    recency     its latest date, from the start of the issue period to now
    popularity  stars of its repository, by powers of ten
    speed       stars gained a day on a trending page, by powers of ten
    lists       on how many trending pages and searches it stood beyond the first
    days        on how many days it moved there, by doublings
    language    the programming language of a repository
    code        a paper that comes with a repository
    venue       a paper accepted somewhere
    archived    a repository that is no longer kept

All weights are configuration, and a part that is zero is left out. Pure: the same story, settings
and times give the same score, whatever order the members arrived in. Labels are Chinese, since
the editor reads them. How a term is found is the business of ``pipeline.matching``, which section
a story belongs in that of ``pipeline.section``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from config.settings import ScoreWeights, Settings, Topic
from pipeline.headline import publisher_of
from pipeline.matching import TermMatcher
from pipeline.once import once_each
from pipeline.venue import venue_of_paper
from store.models import EDITOR, Candidate, Kind, Part, RepositoryFacts, Score, Story

_OPENING = 3000
"""Characters read of a text: what it is about stands there, what it merely mentions below."""
_APART = " | "
"""Between two texts that are read in one pass; no term reaches across."""
_PLACES = 3
"""Decimal places of a part."""
_NAMED = 3
"""Sources and media named in a label; of the others only how many."""

_DAYS = {"daily": 1, "weekly": 7, "monthly": 30}
_GAINED = {"daily": "日增", "weekly": "周增", "monthly": "月增"}
_LISTS = ("trending", "github_search")
_CODE = (Kind.REPOSITORY, Kind.RELEASE)

CAPPED = "主题封顶"
"""Label of what the cap takes from the topics."""


def score(
    story: Story,
    *,
    settings: Settings,
    matcher: TermMatcher,
    period_start: datetime,
    now: datetime,
    source_weights: Mapping[str, float],
    section: str = "",
) -> Score:
    """Score a story for the issue period from `period_start` to `now` (both aware).

    `matcher` finds the settings' topics, `source_weights` maps names of sources to what each
    adds; a source that is not in it adds nothing. `section` is the one proposed for it.
    """
    weights = settings.score
    members = [member.candidate for member in story.members]
    facts = [fact for candidate in members if (fact := candidate.item.repository) is not None]
    parts = [
        *_topics(members, settings, matcher),
        *_source(members, source_weights),
        *_hand(members, weights),
        *_reports(members, settings),
        *_recency(story, weights, period_start, now),
        *_repository(facts, weights),
        *_lists(members, settings),
        *_days(story, settings),
        *_paper(members, settings),
    ]
    rounded = tuple(
        Part(name=part.name, label=part.label, value=value)
        for part in parts
        if (value := round(part.value, _PLACES))
    )
    total = round(math.fsum(part.value for part in rounded), _PLACES)
    return Score(total=total, parts=rounded, section=section)


def _found(matcher: TermMatcher, texts: Iterator[str]) -> set[str]:
    """The topics found in `texts`."""
    return {match.topic for match in matcher.matches(_APART.join(texts))}


@once_each
def _matcher_of(topics: tuple[Topic, ...]) -> TermMatcher:
    """A matcher of their own: a place that counts for one list still counts for the other."""
    return TermMatcher(topics)


def repository_topics_of(members: Sequence[Candidate], settings: Settings) -> tuple[Topic, ...]:
    """The topics that are looked for beside those of every story: where there is code."""
    code = any(candidate.kind in _CODE for candidate in members)
    return settings.repository_topics if code else ()


def _topics(
    members: Sequence[Candidate], settings: Settings, matcher: TermMatcher
) -> Iterator[Part]:
    weights = settings.score
    lists = [(settings.topics, matcher)]
    if further := repository_topics_of(members, settings):
        lists.append((further, _matcher_of(further)))
    values: list[float] = []
    for topics, finds in lists:
        titles = _found(finds, _headings(members))
        texts = _found(finds, _bodies(members))
        for topic in topics:
            share = 1.0 if topic.name in titles else weights.topic_text * (topic.name in texts)
            values.append(round(topic.weight * share, _PLACES))
            yield Part(name="topic", label=topic.name, value=values[-1])
    over = math.fsum(values) - weights.topic_cap
    if over > 0:
        yield Part(name="topic", label=CAPPED, value=-over)


def _headings(members: Sequence[Candidate]) -> Iterator[str]:
    """What says in few words what a story is about."""
    for candidate in members:
        yield candidate.title
        if (facts := candidate.item.repository) is not None:
            yield facts.full_name
            yield facts.description or ""
            yield from facts.topics


def _bodies(members: Sequence[Candidate]) -> Iterator[str]:
    for candidate in members:
        item = candidate.item
        readme = item.repository.readme if item.repository is not None else None
        for text in (item.summary, item.text, readme or ""):
            yield text[:_OPENING]


def _source(members: Sequence[Candidate], source_weights: Mapping[str, float]) -> Iterator[Part]:
    names = sorted(
        {candidate.item.source for candidate in members} & source_weights.keys(),
        key=lambda name: (-source_weights[name], name),
    )
    if names:
        label = _listed(names, "个来源")
        yield Part(name="source", label=label, value=source_weights[names[0]])


def _hand(members: Sequence[Candidate], weights: ScoreWeights) -> Iterator[Part]:
    if any(candidate.item.source == EDITOR for candidate in members):
        yield Part(name="hand", label="编辑手选", value=weights.hand)


def _reports(members: Sequence[Candidate], settings: Settings) -> Iterator[Part]:
    media: dict[str, str] = {}
    for candidate in members:
        if candidate.kind is Kind.ARTICLE:
            name = publisher_of(candidate, settings.publishers) or candidate.item.source
            media[name.casefold()] = min(name, media.get(name.casefold(), name))
    # the paper or the code speaks for itself, so the first article on it is a further report
    own = any(candidate.kind is not Kind.ARTICLE for candidate in members)
    voices = len(media) + own
    if media and voices > 1:
        together = "同时报道" if len(media) > 1 else "报道"
        label = _listed(sorted(media.values()), "家") + together
        yield Part(name="reports", label=label, value=settings.score.reports * math.log2(voices))


def _recency(
    story: Story, weights: ScoreWeights, period_start: datetime, now: datetime
) -> Iterator[Part]:
    dates = [m.candidate.published for m in story.members if m.candidate.published is not None]
    latest = min(max(dates or (member.first_seen for member in story.members)), now)
    length = now - period_start
    share = (latest - period_start) / length if length > timedelta(0) else 0.0
    days = (now - latest).days
    ago = f"{days} 天前" if days else "今天"
    yield Part(
        name="recency",
        label=ago if dates else f"{ago}见到，无日期",
        value=weights.recency * max(share, 0.0) * (1.0 if dates else weights.undated),
    )


def _repository(facts: Sequence[RepositoryFacts], weights: ScoreWeights) -> Iterator[Part]:
    stars = max((fact.stars or 0 for fact in facts), default=0)
    if stars > 1:
        value = weights.popularity * math.log10(stars)
        yield Part(name="popularity", label=f"{_counted(stars)}★", value=value)
    gains = [
        (gained / _DAYS[fact.period], gained, fact.period)
        for fact in facts
        if fact.period is not None and (gained := fact.stars_in_period or 0) > _DAYS[fact.period]
    ]
    if gains:
        daily, gained, period = max(gains)
        label = f"{_GAINED[period]} {_counted(gained)}★"
        yield Part(name="speed", label=label, value=weights.speed * math.log10(daily))
    yield from _language(facts, weights)
    if any(fact.archived for fact in facts):
        yield Part(name="archived", label="已归档", value=weights.archived)


def _language(facts: Sequence[RepositoryFacts], weights: ScoreWeights) -> Iterator[Part]:
    written = {fact.language.casefold() for fact in facts if fact.language}
    found = [
        (value, name) for name, value in weights.languages.items() if name.casefold() in written
    ]
    if found:
        value, name = max(found)
        yield Part(name="language", label=name, value=value)


def _lists(members: Sequence[Candidate], settings: Settings) -> Iterator[Part]:
    lists = {source.name for source in settings.sources if source.kind in _LISTS}
    count = len(lists & {candidate.item.source for candidate in members})
    if count > 1:
        label = f"在 {count} 个榜单上"
        yield Part(name="lists", label=label, value=settings.score.lists * (count - 1))


def _days(story: Story, settings: Settings) -> Iterator[Part]:
    lists = {source.name for source in settings.sources if source.kind in _LISTS}
    days = max((m.days for m in story.members if m.candidate.item.source in lists), default=1)
    if days > 1:
        value = settings.score.days * math.log2(days)
        yield Part(name="days", label=f"在榜 {days} 天", value=value)


def _paper(members: Sequence[Candidate], settings: Settings) -> Iterator[Part]:
    papers = [candidate for candidate in members if candidate.kind is Kind.PAPER]
    if not papers:
        return
    if any(candidate.kind in _CODE for candidate in members) or any(
        key.startswith("github:") for paper in papers for key in paper.mentions
    ):
        yield Part(name="code", label="附代码", value=settings.score.code)
    venues = {
        venue
        for paper in papers
        if (venue := venue_of_paper(paper.item.paper, settings.venues)) is not None
    }
    if venues:
        yield Part(name="venue", label=min(venues), value=settings.score.venue)


def _listed(names: Sequence[str], unit: str) -> str:
    named = "、".join(names[:_NAMED])
    return f"{named}等 {len(names)} {unit}" if len(names) > _NAMED else named


def _counted(number: int) -> str:
    return f"{number / 10_000:.1f} 万" if number >= 10_000 else str(number)
