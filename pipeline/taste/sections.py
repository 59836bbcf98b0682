"""Which section a story belongs in, as past issues and decisions teach it.

Kinds and wishes decide first (``pipeline.section``); what is learned are articles. A story is a set
of tokens: words of its titles and of the opening of its texts, medium, host, hosts of its links,
and what the rules make of it. From them complement naive Bayes tells the sections apart: its
weights are logarithms of counts, so a few dozen examples do, and it is learned in milliseconds.

J. Rennie et al., Tackling the Poor Assumptions of Naive Bayes Text Classifiers, ICML 2003.

Weights are rounded and summed exactly, so that a proposal is the same on every machine. The model
is plain JSON. The rules' proposal stands wherever what is learned is not sure.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from config.errors import InputError
from config.settings import Settings
from pipeline.headline import publisher_of
from pipeline.issue_links import item_links
from pipeline.joining.spelling import folded
from pipeline.normalise import normalise
from pipeline.section import decided, leading, points_of, section_of, signs_of
from pipeline.taste.features import words
from store.models import CandidateId, Draft, Member, RawItem, SourceName, Story, StoryId

_FEWEST = 12
"""Articles below which nothing is learned: those of one issue."""
_SURE = 0.5
"""From this chance on, what is learned overrules the rules."""
_SMOOTHING = 1.0
_PLACES = 4
"""Decimal places of a weight: a hundred of them together move a chance by less than 1 %."""

_OFTEN = 2
"""Articles that a token must be seen in: without the others nothing is lost but size."""

_TEXT_CHARS = 600
_TITLE = _TEXT = 1.0
"""What the words of the titles, and those of the texts, weigh together (Euclidean length)."""
_TAG = 0.5
_RULE = 0.7
_POINT = 0.4
_MOST_POINTS = 3

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_PAST = SourceName("往期")


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionModel:
    """What was learned: how much each token speaks for each section."""

    sections: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]]
    """Token -> weights in the order of `sections`, about zero together."""
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
    """The section proposed for a story: the rules', unless the model is sure of another."""
    rules = section_of(story, settings)
    if model is None or decided(story, settings) is not None:
        return rules
    best, chance = learned(story, settings, model)
    return best if chance >= _SURE else rules


def learned(story: Story, settings: Settings, model: SectionModel) -> tuple[str, float]:
    """The likeliest of the sections that there are, and how likely it is; the rules' at 0 if none.

    Only of use for a story of articles, since of others nothing is learned.
    """
    chances = model.chances(tokens_of(story, settings))
    names = [section.name for section in settings.sections if section.name in chances]
    if not names:
        return section_of(story, settings), 0.0
    best = max(names, key=lambda name: chances[name])
    return best, chances[best]


def learn_sections(
    examples: Iterable[tuple[Story, str]], settings: Settings
) -> SectionModel | None:
    """Learn from stories and the sections they ran in; None where there are too few.

    Stories whose kind decides teach nothing, nor do sections that are no more.
    """
    names = {section.name for section in settings.sections}
    told = [
        (tokens_of(story, settings), section)
        for story, section in examples
        if section in names and decided(story, settings) is None
    ]
    if len(told) < _FEWEST or len({section for _, section in told}) < 2:
        return None
    return _fit([tokens for tokens, _ in told], [section for _, section in told])


def _fit(rows: Sequence[Mapping[str, float]], sections: Sequence[str]) -> SectionModel:
    # here, since nothing but learning needs scikit-learn
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.naive_bayes import ComplementNB

    seen = Counter(token for row in rows for token in row)
    often = [{t: value for t, value in row.items() if seen[t] >= _OFTEN} for row in rows]
    columns = DictVectorizer()
    bayes = ComplementNB(alpha=_SMOOTHING)
    bayes.fit(columns.fit_transform(often), sections)
    by_token = bayes.feature_log_prob_.T
    centred = (by_token - by_token.mean(axis=1, keepdims=True)).tolist()
    return SectionModel(
        sections=tuple(str(name) for name in bayes.classes_),
        weights={
            str(token): tuple(round(weight, _PLACES) for weight in weights)
            for token, weights in zip(columns.feature_names_, centred, strict=True)
        },
        examples=len(rows),
    )


def tokens_of(story: Story, settings: Settings) -> dict[str, float]:
    """The tokens of a story of articles, and what each weighs."""
    members = [member.candidate for member in story.members]
    titles = dict.fromkeys(word for member in members for word in words(member.title))
    texts = dict.fromkeys(
        word
        for member in members
        for word in words((member.item.summary or member.item.text)[:_TEXT_CHARS], pairs=False)
    )
    points = points_of(story, settings)
    return {
        **_spread("t", titles, _TITLE),
        **_spread("b", texts, _TEXT),
        **dict.fromkeys(_tags(story, settings), _TAG),
        f"rules={leading(story, settings, points)}": _RULE,
        **{
            f"points={name}": _POINT * min(count, _MOST_POINTS)
            for name, count in points.items()
            if count
        },
    }


def _spread(kind: str, found: Mapping[str, None], length: float) -> dict[str, float]:
    return {f"{kind}:{word}": length / math.sqrt(len(found)) for word in found}


def _tags(story: Story, settings: Settings) -> Iterator[str]:
    declared = {source.name: source.section for source in settings.sources}
    for kind, worth in signs_of(story, settings):
        yield f"sign={kind}{worth}"
    for member in story.members:
        candidate = member.candidate
        yield f"medium={folded(publisher_of(candidate, settings.publishers))}"
        yield f"source={declared.get(candidate.item.source, candidate.item.section) or ''}"
        yield f"host={_host(candidate.canonical_url)}"
        yield from (f"link={_host(link)}" for link in candidate.item.links)


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname
    except ValueError:  # urlsplit's way to say that it is no address
        return ""
    return (host or "").removeprefix("www.")


def past_story(draft: Draft, settings: Settings) -> Story:
    """An item of an issue as if its source had brought it, with all the links that it ran with.

    The source is the one whose label is printed behind the title, where one of them is.
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
    )
    member = Member(id=CandidateId(0), candidate=normalise(item), first_seen=_LONG_AGO)
    return Story(id=StoryId(0), members=(member,))
