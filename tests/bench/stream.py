"""A stream of candidates as nights bring them, always the same for a seed.

About 2,000 a night: Chinese articles, English ones, papers, repositories, releases. Some are
about one event: a reprint, the event in other words, a Chinese report on a paper, its code. Which
ones those are, every report says. Words are drawn with the frequency that they have in everyday
text, concepts by rank (Zipf), and names by Simon's process (H. A. Simon, On a class of skew
distribution functions, 1955): a name is new with a fixed chance, else one that was said before,
so that few are common, most are rare, and their number grows with the stream.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.story_settings import Lexicon
from store.models import Kind, PaperFacts, RawItem, RepositoryFacts, SourceName
from tests.bench.stream_words import (
    CHANGES,
    COLUMN_NAMES,
    GENERIC,
    HOOKS,
    NAME_ENDS,
    SYLLABLES,
    TAILS,
    VERBS,
    Weighted,
    everyday,
)

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
"""The first night."""
A_NIGHT = 2000


_PATTERNS = (
    "{org}{verb}{name}，{thing}{change}{number}",
    "{name}{tail}！{org}{verb}{thing}{other}",
    "{hook}！{thing}{change}{number}，{org}{name}{tail}",
    "{org}{name}：{words}的{thing}{other}，{change}{number}",
    "{hook} | {org}{verb}{thing}{words}{name}",
    "{words}，{org}用{name}做{thing}，{other}{change}{number}",
)
_PAPER_PATTERNS = (
    "{coined}: {adjective} {thing} for {words} {other}",
    "{coined}: {words} {thing} via {adjective} {noun}",
    "{adjective} {thing} of {words} with {other} {noun}",
    "{words} {noun}: {thing} in {adjective} {other}",
    "On the {noun} of {words} {thing}",
)
_ON_PAPER = (
    "{coined}：{thing}{change}{number}，{lab}{verb}{other}新方法",
    "{lab}{verb}{coined}，{words}{thing}{tail}",
    "{hook}！{lab}新作{coined}，用{other}做{thing}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A raw item with the event that it is about."""

    item: RawItem
    event: int


class Stream:
    """Candidates night by night."""

    def __init__(self, lexicon: Lexicon, seed: int = 1, a_night: int = A_NIGHT) -> None:
        self._rng = random.Random(seed)
        self._a_night = a_night
        self._zh, self._en = everyday("zh"), everyday("en")
        pairs = [
            (next(w for w in group if not w.isascii()), next(w for w in group if w.isascii()))
            for group in (*lexicon.terms, *lexicon.labs)
            if any(w.isascii() for w in group) and not all(w.isascii() for w in group)
        ]
        self._english = dict(pairs)
        terms = [zh for zh, _ in pairs[: len(lexicon.terms)]]
        labs = [zh for zh, _ in pairs[-len(lexicon.labs) // 2 :]]
        for ranked in (terms, labs):
            self._rng.shuffle(ranked)
        self._terms = Weighted(terms, [1 / (rank + 10) ** 0.9 for rank in range(len(terms))])
        self._labs = Weighted(labs, [1 / (rank + 5) for rank in range(len(labs))])
        self._said: list[str] = []
        self._places: list[str] = []
        self._repositories: list[tuple[str, int]] = []
        self._later: dict[int, list[Callable[[datetime], Report]]] = defaultdict(list)
        self._night = self._events = self._items = 0

    def nights(self) -> Iterator[list[Report]]:
        """Every night's reports, without end."""
        makers = (
            (self._news, 18), (self._small_talk, 14), (self._column, 4), (self._generic, 1),
            (self._english_news, 21), (self._paper, 33), (self._repository, 10), (self._release, 4),
        )  # fmt: skip
        kinds, weights = zip(*makers, strict=True)
        while True:
            evening = FIRST + timedelta(days=self._night)
            reports = [make(evening) for make in self._later.pop(self._night, ())]
            while len(reports) < self._a_night:
                self._events += 1
                reports.append(self._rng.choices(kinds, weights)[0](evening))
            yield reports
            self._night += 1

    # Words

    def _invented(self) -> str:
        rng = self._rng
        name = "".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3, 3, 4)))).capitalize()
        return name + rng.choice(NAME_ENDS)

    def _drawn(self, said: list[str], fresh: float) -> str:
        new = not said or self._rng.random() < fresh
        name = self._invented() if new else self._rng.choice(said)
        said.append(name)
        return name

    def _words(self, least: int, most: int) -> str:
        return "".join(self._zh.some(self._rng, self._rng.randint(least, most)))

    def _facts(self, fresh: float = 0.35) -> dict[str, str]:
        """What an event is about; another headline of it says these again.

        `fresh` is the chance that its name was never said before.
        """
        rng = self._rng
        return {
            "org": self._labs.one(rng) if rng.random() < 0.6 else self._drawn(self._places, 0.3),
            "name": self._drawn(self._said, fresh),
            "thing": self._terms.one(rng),
            "other": self._terms.one(rng) if rng.random() < 0.5 else self._words(1, 2),
            "verb": rng.choice(VERBS),
            "change": rng.choice(CHANGES),
            "number": rng.choice(("{}%", "{}倍", "{}亿", "{}万", "")).format(rng.randint(2, 999)),
            "words": self._words(1, 3),
        }

    def _headline(self, facts: dict[str, str], patterns: Sequence[str] = _PATTERNS) -> str:
        rng = self._rng
        wording = {"hook": rng.choice(HOOKS), "tail": rng.choice(TAILS)}
        return rng.choice(patterns).format(**{**facts, **wording})

    def _text(self, language: str) -> str:
        """A teaser or a text; a third has none."""
        rng = self._rng
        if rng.random() < 0.33:
            return ""
        if language == "en":
            return " ".join(self._en.some(rng, rng.randint(30, 120)))
        sentences = ("".join(self._zh.some(rng, 9)) for _ in range(rng.randint(2, 16)))
        return "。".join(sentences)

    # Reports

    def _article(
        self, event: int, evening: datetime, title: str, text: str, links: tuple[str, ...] = ()
    ) -> Report:
        rng = self._rng
        self._items += 1
        account = min(int(rng.paretovariate(0.7)), 3000)
        address = f"https://media-{account}.example/{self._items}"
        if not title.isascii() and rng.random() < 0.6:
            biz = f"MzA{account:07d}=="
            address = f"https://mp.weixin.qq.com/s?__biz={biz}&mid={self._items}&idx=1&sn=a"
        item = RawItem(
            source=SourceName(f"feed {account % 400}"),
            external_id=str(self._items),
            url=address,
            title=title,
            kind=Kind.ARTICLE,
            text=text,
            published=self._moment(evening),
            publisher=f"账号{account}",
            links=links,
        )
        return Report(item=item, event=event)

    def _moment(self, evening: datetime) -> datetime | None:
        minutes = self._rng.randint(1, 1440)
        return None if self._rng.random() < 0.03 else evening - timedelta(minutes=minutes)

    def _after(self, days: int, make: Callable[[datetime], Report]) -> None:
        self._later[self._night + days].append(make)

    def _reprints(self, event: int, title: str, text: str, chance: float) -> None:
        """The piece in other columns within days, one after the other with this chance."""
        rng = self._rng
        while rng.random() < chance:
            changed = title
            if rng.random() < 0.4:
                changed = rng.choice(
                    (f"{rng.choice(HOOKS)} | {title}", f"{title}（转）", title[:-2])
                )
            self._after(
                1 + int(rng.expovariate(0.6)),
                lambda evening, said=changed: self._article(event, evening, said, text),  # type: ignore[misc]
            )

    def _news(self, evening: datetime) -> Report:
        event, facts, text = self._events, self._facts(), self._text("zh")
        title = self._headline(facts)
        self._reprints(event, title, text, 0.2)
        while self._rng.random() < 0.2:
            self._after(
                1 + int(self._rng.expovariate(0.8)),
                lambda evening: self._article(
                    event, evening, self._headline(facts), self._text("zh")
                ),
            )
        return self._article(event, evening, title, text)

    def _small_talk(self, evening: datetime) -> Report:
        event, text = self._events, self._text("zh")
        clauses = [self._words(2, 5) for _ in range(self._rng.choice((1, 2, 2, 3)))]
        title = self._rng.choice(("，", "！", "？", "：", " ")).join(clauses)
        self._reprints(event, title, text, 0.12)
        return self._article(event, evening, title, text)

    def _column(self, evening: datetime) -> Report:
        number = self._rng.randint(0, 199)
        name = random.Random(number).choice(COLUMN_NAMES)
        title = f"{self._zh.words[7 * number]}{name} {evening:%m月%d日}"
        if number % 3:
            title = (
                f"{self._zh.words[7 * number]}{name}第{300 + self._night}期：{self._words(3, 8)}"
            )
        return self._article(self._events, evening, title, self._text("zh"))

    def _generic(self, evening: datetime) -> Report:
        title = self._rng.choice(GENERIC)
        return self._article(self._events, evening, title, self._text("zh"))

    def _english_title(self, facts: dict[str, str]) -> str:
        return self._rng.choice(_PAPER_PATTERNS).format(
            coined=facts["name"],
            thing=self._english[facts["thing"]].title(),
            other=self._english.get(facts["other"], "methods").title(),
            adjective=self._en.one(self._rng).title(),
            noun=self._en.one(self._rng).title(),
            words=" ".join(self._en.some(self._rng, self._rng.randint(1, 4))).title(),
        )

    def _english_news(self, evening: datetime) -> Report:
        event, text = self._events, self._text("en")
        title = " ".join(self._en.some(self._rng, self._rng.randint(4, 10))).capitalize()
        if self._rng.random() < 0.5:
            title = f"{self._drawn(self._said, 0.35)} {title.lower()}"
        self._reprints(event, title, text, 0.1)
        return self._article(event, evening, title, text)

    def _paper(self, evening: datetime) -> Report:
        rng, event, facts = self._rng, self._events, self._facts(fresh=0.9)
        self._items += 1
        name = f"{evening:%y%m}.{self._items % 100_000:05d}"
        facts |= {"lab": facts["org"], "coined": facts["name"]}
        link = f"https://arxiv.org/abs/{name}"
        if rng.random() < 0.4:
            while True:
                links = (link,) if rng.random() < 0.4 else ()
                self._after(
                    1 + int(rng.expovariate(0.25)),
                    lambda evening, links=links: self._article(  # type: ignore[misc]
                        event, evening, self._headline(facts, _ON_PAPER), self._text("zh"), links
                    ),
                )
                if rng.random() < 0.75:
                    break
        if rng.random() < 0.1:
            self._after(rng.randint(1, 9), lambda evening: self._code(event, facts, evening, link))
        item = RawItem(
            source=SourceName("arXiv"),
            external_id=name,
            url=link,
            title=self._english_title(facts),
            kind=Kind.PAPER,
            summary=" ".join(self._en.some(rng, rng.randint(60, 140))),
            published=self._moment(evening),
            authors=tuple(self._drawn(self._places, 0.3) for _ in range(3)),
            paper=PaperFacts(arxiv_id=name, version=1, categories=("cs.LG",)),
        )
        return Report(item=item, event=event)

    def _repository(self, evening: datetime) -> Report:
        return self._code(self._events, self._facts(fresh=0.7), evening, None)

    def _code(
        self, event: int, facts: dict[str, str], evening: datetime, link: str | None
    ) -> Report:
        name = f"{self._drawn(self._places, 0.5)}-{self._items}/{facts['name']}".replace("--", "-")
        self._repositories.append((name, event))
        described = f"{self._english[facts['thing']]} {' '.join(self._en.some(self._rng, 5))}"
        return self._of_repository(
            name, event, evening, Kind.REPOSITORY, name, f"{described} {link or ''}".strip()
        )

    def _release(self, evening: datetime) -> Report:
        if not self._repositories:
            return self._repository(evening)
        name, event = self._rng.choice(self._repositories[-2000:])
        tag = f"v{self._rng.randint(0, 5)}.{self._rng.randint(0, 30)}.{self._night}"
        title = f"{name.rpartition('/')[2]} {tag}"
        return self._of_repository(name, event, evening, Kind.RELEASE, title, "")

    def _of_repository(
        self, name: str, event: int, evening: datetime, kind: Kind, title: str, described: str
    ) -> Report:
        self._items += 1
        item = RawItem(
            source=SourceName("GitHub releases" if kind is Kind.RELEASE else "GitHub trending"),
            external_id=f"{name}#{self._items}",
            url=f"https://github.com/{name}",
            title=title,
            kind=kind,
            summary=described,
            published=self._moment(evening),
            repository=RepositoryFacts(full_name=name, description=described or None),
        )
        return Report(item=item, event=event)
