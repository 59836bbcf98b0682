"""What can be configured of stories: which words tell what, and how much each evidence weighs.

The values that ship stand in ``stories.toml`` and ``lexicon.toml``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field, field_validator

from config.section import Section

PrimaryRule: TypeAlias = Literal["kind", "permanent", "language", "known", "earliest", "longest"]
KindName: TypeAlias = Literal["paper", "release", "repository", "article"]

_KINDS: tuple[KindName, ...] = ("paper", "release", "repository", "article")


class Lexicon(Section):
    """Words that a headline is read by."""

    terms: tuple[tuple[str, ...], ...] = ()
    """Words of several languages for one concept: 量化, quantization."""
    labs: tuple[tuple[str, ...], ...] = ()
    """Names of one institution or person: 清华, Tsinghua."""
    known: tuple[str, ...] = ()
    """Names that very many works share; sharing one says little: ResNet, ImageNet."""
    common: tuple[str, ...] = ()
    """Words that stand in countless headlines of the trade."""
    stock: tuple[str, ...] = ()
    """Phrases that are cut away before headlines are compared: 建议收藏."""
    columns: tuple[str, ...] = ()
    """Words that mark a column or a round-up: 速递, weekly."""
    tutorials: tuple[str, ...] = ()
    """Words that mark an explanation or a question: 教程, how to."""


class WordingWeights(Section):
    """Two articles in one language. A weight is for one unit of what ``pipeline.joining`` finds."""

    bar: float = 3.53
    """What the points must come to for even odds."""
    words: float = 1.81
    """Information of the words that both have, as log(1 + x)."""
    sentence: float = 0.29
    """Information of a sentence that both say, likewise."""
    verbatim: float = 0.32
    """A clause of seven characters or more that both have: a tenth of its length, 1.5 at most."""
    alike: float = 1.06
    """Share of characters, 0 to 1."""
    concepts: float = 0.89
    """Share of the concepts of one that the other speaks of too."""
    differs: float = -0.47
    """Information of what one pattern is filled with in each, as log(1 + x)."""
    numbers: float = -2.89
    """One pattern is filled with other numbers in each."""
    explains: float = -1.79
    """One is a tutorial or a question: how unlike they are, 0 to 1."""
    tutorials: float = -0.49
    """Both are, and they are not nearly the same."""
    roundup: float = -1.04
    """One is of a column or a round-up, the other is not."""
    other_names: float = -1.58
    """Each has a name of its own, and none in common."""
    versions: float = -1.02
    """A name that both have with other versions."""
    days: float = -1.32
    """Weeks between them, 4 at most."""
    meaning: float = 0.0
    """How far the cosine of their embeddings is above `StoryRules.meaning_zero`."""


class AcrossWeights(Section):
    """Candidates in two languages, or a report and the paper or project that it may be on."""

    bar: float = 2.5
    names: float = 0.8
    """Information of the names that both have, as log(1 + x)."""
    coined: float = 3.0
    """The name that the paper or project gives itself."""
    concepts: float = 0.5
    """Information of the concepts that both speak of, as log(1 + x)."""
    covered: float = 1.5
    """Share of the concepts of one that the other speaks of too, by information."""
    labs: float = 0.5
    figures: float = 0.7
    """Numbers that both have, 2 at most."""
    mutual: float = 1.0
    """Share of the concepts of the one that speaks of more, likewise."""
    gist_figures: float = 0.7
    """Numbers of a report's headline that only the abstract or description has, 2 at most."""
    gist_names: float = 0.5
    """Information of names likewise, as log(1 + x)."""
    gist_concepts: float = 0.3
    """Information of concepts likewise."""
    acronym: float = 1.0
    """The initials of one are a word of the other."""
    roundup: float = -4.0
    other_names: float = -2.0
    versions: float = -3.0
    """A name that both have with other versions."""
    days: float = -0.5
    """Weeks between them, as log(1 + x): reports lag their papers."""
    meaning: float = 0.0
    """How far the cosine of their embeddings is above `StoryRules.meaning_zero`."""


class StoryRules(Section):
    """How candidates become stories, and which of them speaks for one."""

    primary: tuple[PrimaryRule, ...] = (
        "kind",
        "permanent",
        "language",
        "known",
        "earliest",
        "longest",
    )
    """What decides which member speaks, the weightiest first; a rule that is left out is not
    asked. `language` and `known` speak of articles; of releases the latest is the `earliest`."""
    kinds: tuple[KindName, ...] = _KINDS
    """The kinds by precedence; those that are left out come last, in the order of the default."""
    meaning_zero: float = Field(default=0.9, ge=-1, le=1)
    """The cosine that speaks neither for nor against, as a pair without embeddings does; a matter
    of the model. 0.9 fits multilingual-e5-small."""
    wording: WordingWeights = WordingWeights()
    across: AcrossWeights = AcrossWeights()

    @field_validator("primary", "kinds")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"names {', '.join(doubled)} more than once")
        return names

    @field_validator("kinds")
    @classmethod
    def _every_kind(cls, names: tuple[KindName, ...]) -> tuple[KindName, ...]:
        return (*names, *(kind for kind in _KINDS if kind not in names))

    def weights(self, by_wording: bool) -> dict[str, float]:
        """The weight of each kind of evidence."""
        weights: dict[str, float] = (self.wording if by_wording else self.across).model_dump()
        return weights

    def bar(self, by_wording: bool) -> float:
        """What the points must come to for even odds."""
        return (self.wording if by_wording else self.across).bar
