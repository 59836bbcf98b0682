"""Which section a story belongs in, as past issues and decisions teach it.

Kinds and wishes decide first (``pipeline.section``); what is learned are articles. A story is a set
of tokens: words of its titles and of the opening of its texts, its media, what its sources are for,
and the points that the rules give to each section. Multinomial logistic regression weighs them. Its
penalty pulls the weights not to nothing but to the rules: what little is known of is left to them,
and so a few dozen examples do.

Weights are rounded and summed exactly, so that a proposal is the same on every machine. The model
is plain JSON.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from config.errors import InputError
from config.settings import Settings
from pipeline.headline import publisher_of
from pipeline.identity import identify
from pipeline.issue_links import item_links
from pipeline.joining.spelling import folded
from pipeline.normalise import normalise
from pipeline.papers import ARXIV_ID
from pipeline.section import decided, points_of, section_of, source_sections
from pipeline.taste.features import words
from pipeline.venue import venue_of
from store.models import (
    CandidateId,
    Draft,
    Kind,
    Member,
    PaperFacts,
    RawItem,
    SourceName,
    Story,
    StoryId,
)

if TYPE_CHECKING:
    from pipeline.taste.table import Floats

_FEWEST = 12
"""Articles below which nothing is learned: those of one issue."""
_ODDS = 1.5
"""Logarithm of the odds that a point of the rules is worth before anything is learned."""
_PENALTY = 3.0
"""On the squares of what is learned, halved; against one for each example."""
_PLACES = 4
"""Decimal places of a weight: a hundred of them together move a chance by less than 1 %."""
_HALVED = 240
"""An article counts half if so many ran since, those of a year: what editors do moves on."""
_OFTEN = 2
"""Articles that a token must be seen in: without the others nothing is lost but size."""

_TEXT_CHARS = 600
_TITLE = _TEXT = 2.0
"""What the words of the titles, and those of the texts, weigh together (Euclidean length)."""
_MEDIUM = 1.0
_POINT = 0.5
"""Of a point of the rules. What weighs little is hardly moved from where it starts."""
_ANY = "any"
"""What every story has: some sections run more than others."""

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_PAST = SourceName("往期")
_ARXIV_TAG = re.compile(ARXIV_ID, re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionModel:
    """What was learned: how much each token speaks for each section."""

    sections: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]]
    """Token -> weights in the order of `sections`."""
    examples: int
    """Articles that it was learned from."""

    def chances(self, tokens: Mapping[str, float]) -> dict[str, float]:
        """How likely each section is, for a story of these tokens (values as `tokens_of` gives)."""
        known = [
            (self.weights[token], tokens[token]) for token in sorted(tokens.keys() & self.weights)
        ]
        sums = [
            math.fsum(weights[place] * value for weights, value in known)
            for place in range(len(self.sections))
        ]
        odds = [math.exp(one - max(sums)) for one in sums]
        total = math.fsum(odds)
        return {name: round(one / total, 6) for name, one in zip(self.sections, odds, strict=True)}

    def dump(self) -> str:
        """As JSON."""
        return _MODEL.dump_json(self).decode()


_MODEL = TypeAdapter(SectionModel)


def load_model(text: str) -> SectionModel:
    """Read what `SectionModel.dump` wrote. Raises InputError for anything else."""
    try:
        model = _MODEL.validate_json(text)
    except ValidationError as error:
        raise InputError("the model of sections cannot be read; learn it again") from error
    if any(len(weights) != len(model.sections) for weights in model.weights.values()):
        raise InputError("the model of sections is cut short; learn it again")
    return model


def propose(story: Story, settings: Settings, model: SectionModel | None) -> str:
    """The section proposed for a story: the likeliest, or the rules' where nothing is learned."""
    if model is None or decided(story, settings) is not None:
        return section_of(story, settings)
    chances = model.chances(tokens_of(story, settings))
    names = [section.name for section in settings.sections if section.name in chances]
    # The model may be of sections that are no more.
    return max(names, key=lambda name: chances[name]) if names else section_of(story, settings)


def learn_sections(
    examples: Iterable[tuple[Story, str]], settings: Settings
) -> SectionModel | None:
    """Learn from stories and the sections they ran in, the latest last; None for too few.

    Stories whose kind decides teach nothing, nor do sections that are no more.
    """
    names = tuple(section.name for section in settings.sections)
    told = [
        (names.index(section), tokens_of(story, settings))
        for story, section in examples
        if section in names and decided(story, settings) is None
    ]
    if len(told) < _FEWEST or len({section for section, _ in told}) < 2:
        return None
    seen = Counter(token for _, tokens in told for token in tokens)
    rules = [_points_token(name) for name in names]
    known = rules + sorted(t for t, n in seen.items() if n >= _OFTEN and t not in rules)
    weights = _fit(told, known, len(names)).round(_PLACES).tolist()
    return SectionModel(
        sections=names,
        weights={token: tuple(row) for token, row in zip(known, weights, strict=True)},
        examples=len(told),
    )


def _fit(
    told: Sequence[tuple[int, Mapping[str, float]]], known: Sequence[str], sections: int
) -> Floats:
    """(tokens, sections): a weight of each of the `known` tokens for each section.

    `told` are sections by their numbers, and tokens with their values. The first of the known
    tokens are the rules' points for each section; to begin with, these alone weigh something.
    """
    # here, since nothing but learning needs them
    import numpy as np
    from scipy.sparse import csr_matrix

    from pipeline.taste.logistic import fit_from

    columns = {token: number for number, token in enumerate(known)}
    cells = [
        (row, columns[token], value)
        for row, (_, tokens) in enumerate(told)
        for token, value in tokens.items()
        if token in columns
    ]
    rows, places, values = zip(*cells, strict=True)
    start = np.zeros((len(known), sections))
    np.fill_diagonal(start, _ODDS / _POINT)
    return fit_from(
        start,
        csr_matrix((values, (rows, places)), shape=(len(told), len(known))),
        np.array([section for section, _ in told]),
        counts=1 / (1 + np.arange(len(told))[::-1] / _HALVED),
        penalty=_PENALTY,
    )


def tokens_of(story: Story, settings: Settings) -> dict[str, float]:
    """The tokens of a story of articles, and what each weighs."""
    articles = [member.candidate for member in story.members]
    titles = dict.fromkeys(word for article in articles for word in words(article.title))
    texts = dict.fromkeys(
        word
        for article in articles
        for word in words((article.item.summary or article.item.text)[:_TEXT_CHARS], pairs=False)
    )
    media = (folded(publisher_of(article, settings.publishers)) for article in articles)
    sources = source_sections(articles, settings)
    points = points_of(story, settings)
    return {
        _ANY: 1.0,
        **_spread("t", titles, _TITLE),
        **_spread("b", texts, _TEXT),
        **{f"medium={medium}": _MEDIUM for medium in media if medium},
        **{f"source={section}": _MEDIUM for section in sources if section},
        **{_points_token(name): _POINT * worth for name, worth in points.items() if worth},
    }


def _points_token(section: str) -> str:
    return f"points={section}"


def _spread(kind: str, found: Mapping[str, None], length: float) -> dict[str, float]:
    return {f"{kind}:{word}": length / math.sqrt(len(found)) for word in found}


def past_story(draft: Draft, settings: Settings) -> Story:
    """An item of an issue as if its source had brought it, with all that it ran with.

    The source is the one whose label is printed behind the title, where one of them is. An article
    that ran with the tags of a paper (``[2003.01234]``, ``[CVPR 2020]``) is one on that paper.
    """
    links = [link.url for item in (draft, *draft.items) for link in item_links(item)]
    links += [item.url for item in draft.items]
    by_label = {
        folded(source.label): SourceName(source.name)
        for source in settings.sources
        if source.section is not None
    }
    item = RawItem(
        source=by_label.get(folded(draft.source), _PAST),
        external_id=draft.url or draft.title,
        url=draft.url,
        title=draft.title,
        summary=draft.summary,
        publisher=draft.source or None,
        links=tuple(link for link in links if link),
        text=draft.details,
        kind=identify(draft.url).kind or Kind.ARTICLE,
        paper=_paper_of(draft.tags, settings),
    )
    member = Member(id=CandidateId(0), candidate=normalise(item), first_seen=_LONG_AGO)
    return Story(id=StoryId(0), members=(member,))


def _paper_of(tags: Sequence[str], settings: Settings) -> PaperFacts | None:
    """What the tags before a title tell of a paper; None where they tell of none."""
    arxiv_id = next((tag for tag in tags if _ARXIV_TAG.fullmatch(tag)), None)
    venue = venue_of("; ".join(tags), None, settings.venues)
    return PaperFacts(arxiv_id=arxiv_id, venue=venue) if arxiv_id or venue else None
