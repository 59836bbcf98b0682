"""Why stories are as they are: the members of one and what ties them, and two held together.

For people who ask; a run needs none of it. The words in which evidence is told are here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

from config.errors import NotFoundError
from config.settings import Settings
from pipeline.draft import by_precedence
from pipeline.headline import publisher_of
from pipeline.joining.evidence import by_wording, judge
from pipeline.joining.words import Vocabulary
from pipeline.queue import living_story
from pipeline.reprints import originals_of
from pipeline.roles import Role, label_of, roles_of
from pipeline.stories import vocabulary_of
from store.database import Store
from store.evidence import load_profiles
from store.models import CandidateId, Evidence, Member, Profile, Story, StoryId, Tie
from store.rulings import Ruling, load_rulings
from store.stories import load_members, load_stories

WORDS = {
    "identity": "同一编号或地址",
    "link": "文中链接或点名",
    "subject": "都只讲同一篇论文",
    "quoted": "引用同一标题",
    "text": "正文相同",
    "title": "标题相同",
    "two_papers": "两篇不同的论文",
    "two_repositories": "两个不同的仓库",
    "column": "栏目的不同期",
    "parts": "同一系列的不同篇",
    "words": "共有的词",
    "sentence": "同一句话",
    "verbatim": "一字不差的句子",
    "alike": "字面相似",
    "concepts": "同样的概念",
    "covered": "概念少的一边，重合几成",
    "mutual": "概念多的一边，重合几成",
    "gist_names": "摘要里有标题中的名字",
    "gist_figures": "摘要里有标题中的数字",
    "gist_concepts": "摘要里有标题中的概念",
    "differs": "同样句式，内容不同",
    "numbers": "同样句式，数字不同",
    "explains": "讲解类，说法不同",
    "tutorials": "都是讲解",
    "roundup": "一边是栏目或合集",
    "other_names": "各有各的名字",
    "names": "共有的名字",
    "coined": "论文或项目自己的名字",
    "labs": "同一机构或作者",
    "figures": "同样的数字",
    "acronym": "首字母缩写",
    "versions": "不同的版本",
    "days": "相隔天数",
    "meaning": "意思相近",
}
"""What a kind of evidence is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two candidates and what is to be said of them."""

    one: Profile
    other: Profile
    tie: Tie
    bar: float
    """What the points of weighed evidence must come to."""

    @property
    def joins(self) -> bool:
        """Whether they make one story, were they alone."""
        return self.tie.joins


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A member of a story and what it is to it."""

    member: Member
    role: Role
    label: str
    """What its link would be called."""
    reprints: CandidateId | None
    """The member that it merely reprints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A story, what ties its members, and what the editor said of it."""

    story: Story
    members: tuple[Told, ...]
    """The one that speaks for the story first."""
    ties: tuple[Comparison, ...]
    """Between members, the strongest first; pairs that nothing ties are left out."""
    rulings: tuple[Ruling, ...]


def account_of(store: Store, settings: Settings, story: StoryId) -> Account:
    """Tell of a story. Raises NotFoundError."""
    found = _story(store, story)
    vocabulary = vocabulary_of(settings.lexicon)
    ids = [member.id for member in found.members]
    known = load_profiles(store, ids)
    ties = [
        compared
        for a, b in combinations(sorted(known), 2)
        if (compared := _compare(known[a], known[b], vocabulary, settings)).joins
        or compared.tie.never
    ]
    return Account(
        story=found,
        members=tuple(_told(found, settings)),
        ties=tuple(sorted(ties, key=lambda c: (-c.tie.chance, c.one.id, c.other.id))),
        rulings=tuple(load_rulings(store, ids)),
    )


def _told(story: Story, settings: Settings) -> Iterator[Told]:
    members = by_precedence(story, settings)
    candidates = [member.candidate for member in members]
    roles = roles_of(candidates, settings.newsletter.language)
    originals = originals_of(candidates, settings.publishers)
    for member, role, original in zip(members, roles, originals, strict=True):
        publisher = publisher_of(member.candidate, settings.publishers)
        yield Told(
            member=member,
            role=role,
            label=label_of(role, settings.newsletter.labels, publisher),
            reprints=next((m.id for m in members if m.candidate is original), None),
        )


def comparison_of(store: Store, settings: Settings, one: str, other: str) -> Comparison:
    """Hold two candidates (``c12``) or stories (``7``) against each other.

    Of stories the two members stand for them that have most to say for it. Raises NotFoundError.
    """
    vocabulary = vocabulary_of(settings.lexicon)
    lots = [_profiles(store, name) for name in (one, other)]
    pairs = [(a, b) for a, b in product(*lots) if a.id != b.id]
    if not pairs:
        raise NotFoundError(f"{one} and {other} are one and the same")
    return max(
        (_compare(a, b, vocabulary, settings) for a, b in pairs),
        key=lambda c: (c.tie.firm, c.tie.chance, len(c.tie.evidence), -c.one.id, -c.other.id),
    )


def _profiles(store: Store, name: str) -> list[Profile]:
    number = name.removeprefix("c")
    if not number.isdecimal() or int(number) >= 2**63:
        raise NotFoundError(f"{name!r} is no story (7) and no candidate (c12)")
    if name.startswith("c"):
        ids = [member.id for member in load_members(store, [CandidateId(int(number))])]
    else:
        ids = [member.id for member in _story(store, StoryId(int(number))).members]
    found = list(load_profiles(store, ids).values())
    if not found:
        raise NotFoundError(f"there is no candidate {name} that was compared yet")
    return found


def _story(store: Store, story: StoryId) -> Story:
    found = load_stories(store, [living_story(store, story)])
    if not found:
        raise NotFoundError(f"story {story} has no members any more")
    return found[0]


def _compare(
    one: Profile, other: Profile, vocabulary: Vocabulary, settings: Settings
) -> Comparison:
    one, other = sorted((one, other), key=lambda profile: profile.id)
    return Comparison(
        one=one,
        other=other,
        tie=judge(one, other, vocabulary, settings.stories),
        bar=settings.stories.bar(by_wording(one, other)),
    )


def in_words(evidence: Evidence) -> str:
    """A piece of evidence as a person reads it."""
    name = WORDS.get(evidence.kind, evidence.kind)
    return f"{name}：{evidence.label}" if evidence.label else name
