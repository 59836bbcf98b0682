"""Issues for tests: Markdown and what reading it gives, made together so that the lines fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.settings import FeedSettings, IssueSectionSettings, Newsletter, Settings
from crawlers.liveness import LinkState
from pipeline.check import Finding, PublishedIn, check_issue
from pipeline.issue_reading import ItemPlace, LinkPlace, ReadIssue, SectionPlace, Unread
from store.models import Draft, IdentityKey, Issue, Link

SETTINGS = Settings(
    newsletter=Newsletter(title="小报", tagline="关注端侧", summary_most=300),
    sections=(
        IssueSectionSettings(name="业界新闻"),
        IssueSectionSettings(name="论文", kinds=("paper",)),
        IssueSectionSettings(name="开源项目", kinds=("repository", "release")),
        IssueSectionSettings(name="博文", kinds=("article",)),
    ),
    sources=(FeedSettings(kind="feed", name="某源", url="https://feed.example/rss"),),
)
DAY = date(2020, 3, 2)
SUMMARY = "一款端侧推理框架发布新版，速度更快。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item as its parts; `lines` writes it in the house style."""

    title: str = "端侧推理框架发布新版"
    source: str = "某号"
    url: str = "https://a.example/1"
    tags: tuple[str, ...] = ()
    further: tuple[tuple[str, str], ...] = ()
    in_summary: tuple[str, ...] = ()
    summary: str = SUMMARY
    translate: bool = False

    def lines(self) -> list[str]:
        tags = "".join(f"[{tag}] " for tag in self.tags)
        words = f"{self.title} | {self.source}" if self.source else self.title
        head = f"- {tags}[{words}]({self.url})" if self.url else f"- {tags}{words}"
        lines = [head, *(f"{label}：{url}" for label, url in self.further)]
        if self.summary:
            first, *others = self.summary.split("\n")
            lines += [f"摘要：{first}", *others]
        return [f"{line}  " for line in lines]

    def place(self, section: str, line: int) -> ItemPlace:
        begin = line + 1 + len(self.further)
        links = [LinkPlace(url=self.url, label=self.title, line=line, role="primary")]
        links = links if self.url else []
        for number, (_, url) in enumerate(self.further, line + 1):
            links.append(LinkPlace(url=url, label="", line=number, role="further"))
        for url in self.in_summary:
            links.append(LinkPlace(url=url, label="", line=begin, role="summary"))
        return ItemPlace(
            draft=Draft(
                section=section,
                tags=self.tags,
                title=self.title,
                source=self.source,
                url=self.url,
                links=tuple(Link(label=label, url=url) for label, url in self.further),
                summary=self.summary,
                translate=self.translate,
            ),
            line=line,
            last_line=line + len(self.lines()) - 1,
            summary_line=begin if self.summary else None,
            links=tuple(links),
        )


def issue(
    *items: Item,
    section: str = "业界新闻",
    sections: Sequence[tuple[str, Sequence[Item]]] = (),
    lead: str = "本次内容不少。",
    heading: str = "# 小报 (2020-03-02)",
    front_matter: Mapping[str, str] | None = None,
    unread: Sequence[Unread] = (),
) -> tuple[ReadIssue, str]:
    """Give an issue with `items` in one section, or with `sections`, and its Markdown."""
    fields = {"layout": "default"} if front_matter is None else dict(front_matter)
    lines = ["---", *(f"{key}: {value}" for key, value in fields.items()), "---", ""]
    lines += [heading, "", "**关注端侧**  ", ""]
    heading_line = lines.index(heading) + 1 if heading else None
    lines += [f"> 导读：{lead}", ""] if lead else []
    places: list[SectionPlace] = []
    for name, its in sections or [(section, items)]:
        lines += [f"## {name}", ""]
        begin = len(lines) - 1
        found: list[ItemPlace] = []
        for item in its:
            found.append(item.place(name, len(lines) + 1))
            lines += item.lines()
        lines.append("")
        places.append(SectionPlace(name=name, line=begin, items=tuple(found)))
    lines += ["## [往期回顾](https://b.example/)", "", "----", "", "- Editor: https://c.example"]
    read = ReadIssue(
        issue=Issue(date=DAY, lead=lead, sections=(), back_issues=(date(2020, 2, 16),)),
        sections=tuple(places),
        front_matter=fields,
        heading_line=heading_line,
        unread=tuple(unread),
    )
    return read, "\n".join(lines) + "\n"


def check(
    made: tuple[ReadIssue, str],
    *,
    name: str = "2020-03-02.md",
    settings: Settings = SETTINGS,
    published: Mapping[str, PublishedIn] | None = None,
    sources: Callable[[IdentityKey], str | None] = lambda _: None,
    liveness: Mapping[str, LinkState] | None = None,
) -> list[Finding]:
    """Check an issue; what is not given is not known."""
    read, raw = made
    return check_issue(
        read,
        raw,
        name=name,
        settings=settings,
        published={IdentityKey(key): ran for key, ran in (published or {}).items()},
        sources=sources,
        liveness=liveness,
    )


def codes(findings: Sequence[Finding]) -> list[str]:
    """The codes alone."""
    return [finding.code for finding in findings]


def edited(made: tuple[ReadIssue, str], old: str, new: str) -> tuple[ReadIssue, str]:
    """Write something else into the Markdown, without reading it again."""
    read, raw = made
    assert raw.count(old) == 1, f"{old!r} stands there {raw.count(old)} times"
    return read, raw.replace(old, new)


def reread(made: tuple[ReadIssue, str], **changes: object) -> tuple[ReadIssue, str]:
    """Let reading have given something else."""
    read, raw = made
    return replace(read, **changes), raw  # type: ignore[arg-type]
