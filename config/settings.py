"""What can be configured, as frozen models that refuse unknown keys.

The defaults are the program's; what makes it *this* newsletter (sources, topics, sections,
texts) stands in the TOML files beside this module and has no default here. Durations are
seconds, sizes bytes, unless a name says otherwise. How files and environment become a
`Settings` is the business of ``config.load``.
"""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from apscheduler.triggers.cron import CronTrigger
from pydantic import (
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from config.alert_settings import AlertSettings
from config.desk_settings import DeskSettings
from config.embedding_settings import Embeddings
from config.private_hosts import PrivateHost
from config.publish_settings import PublishSettings
from config.section import HttpAddress, Section, spelled
from config.source_settings import (
    ArxivSettings,
    FeedSettings,
    FileSettings,
    GithubReleasesSettings,
    GithubSearchSettings,
    ListSettings,
    SourceSettings,
    TrendingSettings,
    WechatSettings,
)
from config.story_settings import Lexicon, StoryRules

__all__ = [
    "ArxivSettings",
    "Embeddings",
    "FeedSettings",
    "FileSettings",
    "GithubReleasesSettings",
    "GithubSearchSettings",
    "Lexicon",
    "ListSettings",
    "SourceSettings",
    "StoryRules",
    "TrendingSettings",
    "WechatSettings",
]


class LinkLabels(Section):
    """What stands in ``[[label]](url)`` for each role of a further link.

    ``{source}`` stands for the medium or account.
    """

    paper: str = "论文"
    code: str = "代码"
    release: str = "新版本"
    report: str = "报道原文"
    """A report in another language than the newsletter's."""
    original: str = "原文"
    """What an article in the newsletter's language is a translation or report of."""
    reading: str = "{source}解读"
    """An article on a paper, in the newsletter's language."""
    coverage: str = "{source}报道"
    """An article on anything else, in the newsletter's language."""
    slides: str = "slide"
    video: str = "视频"
    homepage: str = "项目主页"


class Newsletter(Section):
    """What the issue says of itself."""

    title: str
    """Heading and front page: ``嵌入式AI简报``."""
    tagline: str
    language: str = "zh"
    """A 摘要 in another language is marked for translation."""
    timezone: str = "Asia/Shanghai"
    period_days: int = Field(default=14, ge=1, le=366)
    """How many days an issue looks back, where no earlier issue says it."""
    layout: str = "default"
    """``layout`` of the Jekyll front matter."""
    lead_prefix: str = "导读："
    summary_prefix: str = "摘要："
    translate_mark: str = "（待译）"
    summary_chars: int = Field(default=240, ge=40)
    """How long a 摘要 may be, in Chinese characters; a Latin letter counts half."""
    summary_least: int = Field(default=8, ge=0)
    """Width, counted in the same way, below which the check before publishing speaks up."""
    summary_most: int = Field(default=900, ge=40)
    """Width above which it does; an editor may write more than the machine proposes."""
    lead_opening: str = "本次内容{count}条。"
    """How a proposed 导读 begins; ``{count}`` stands for the number of items."""
    lead_section: str = "「{section}」{titles}"
    """What a proposed 导读 says of a section."""
    labels: LinkLabels = LinkLabels()
    back_issues_title: str = "往期回顾"
    back_issues_url: str = ""
    """Address behind the heading of the back-issues table."""
    issue_url: str = ""
    """Address of one back issue; ``{date}`` stands for its date."""
    footer: tuple[str, ...] = ()
    """Markdown lines after the table: editor, project."""
    licence: str = ""
    """Markdown or HTML line that closes the page."""
    template: str = "issue.md.j2"
    """Jinja2 template, looked for in the configuration folder first."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no time zone of the IANA database, such as Asia/Shanghai")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The editor's zone."""
        return ZoneInfo(self.timezone)


class IssueSectionSettings(Section):
    """A section of the issue, in print order."""

    name: str
    """The heading: ``论文``."""
    short: str = ""
    """How the 导读 calls it; the name where empty."""
    quota: int = Field(default=6, ge=0)
    """How many items the machine proposes; an editor may accept more."""
    kinds: tuple[Literal["paper", "repository", "release", "article"], ...] = ()
    """Kinds that belong here by nature."""
    terms: tuple[str, ...] = ()
    """Words in the title of an article that speak for this section."""
    hints: tuple[str, ...] = ()
    """Words in the title that only name what it is often about: less than half as much."""
    exclude: tuple[str, ...] = ()
    """Phrases that take a word back."""
    opening: tuple[str, ...] = ()
    """Words at the beginning of the text: half as much each, two of them at most."""
    hosts: tuple[str, ...] = ()
    """Sites whose articles belong here as a rule; ``zhihu.com`` is ``zhuanlan.zhihu.com`` too."""

    _spelled = field_validator("terms", "hints", "exclude", "opening")(spelled)


class Topic(Section):
    """A subject of the newsletter: a weight, and the words that show it."""

    name: str
    """What the editor reads in the score: ``量化``."""
    weight: float
    terms: tuple[str, ...] = Field(min_length=1)
    """Words or phrases of any language; ``pipeline.matching`` says when one is found."""
    exclude: tuple[str, ...] = ()
    """Phrases that take a match back (finance's 量化交易 for 量化)."""

    _spelled = field_validator("terms", "exclude")(spelled)


class ScoreWeights(Section):
    """How much each part of the rule score counts."""

    topic_cap: float = 8.0
    """Topics together count at most this much."""
    topic_text: float = 0.4
    """A term in the text counts this share of a term in the title."""
    recency: float = Field(default=3.0, ge=0)
    """An item of today; falls linearly to 0 at the start of the issue period."""
    popularity: float = 0.6
    """For each power of ten of stars."""
    speed: float = 1.0
    """For each power of ten of stars gained in a day."""
    lists: float = 0.5
    """For each further list page or period that it stood on."""
    days: float = 0.3
    """For each doubling of the days on which it moved on a trending page or in a search."""
    reports: float = 1.5
    """For each further independent report, falling off logarithmically."""
    hand: float = 5.0
    """An item that the editor added by hand."""
    code: float = 0.5
    """A paper that comes with code."""
    venue: float = 1.0
    """A paper accepted at a venue."""
    archived: float = -3.0
    """A repository that is archived."""
    languages: dict[str, float] = {}  # noqa: RUF012 - pydantic copies it
    """Programming language of a repository, in any case -> points."""
    variety: float = Field(default=4.0, ge=0)
    """Points that a story loses for its place in the draft that is wholly like one before it."""
    explore: int = Field(default=1, ge=0)
    """Places of a section's draft, at most half of them, for stories that taste is unsure of."""
    undated: float = Field(default=0.5, ge=0)
    """Recency of an item without a date, as a share of one dated when it was first seen."""


class Network(Section):
    """How politely and how patiently the web is asked."""

    user_agent: str = "embedded-ai-briefing/0.1 (newsletter desk; one visit a night)"
    timeout: float = Field(default=30.0, gt=0)
    """For a whole answer."""
    max_bytes: int = Field(default=8_000_000, gt=0)
    """Of an answer after decompression; a larger one is an error."""
    max_redirects: int = Field(default=5, ge=0)
    concurrency: int = Field(default=16, ge=1)
    """Requests under way at once, over all hosts."""
    per_host: int = Field(default=2, ge=1)
    """Requests under way at once to one host."""
    delay: float = Field(default=1.0, ge=0)
    """Between two requests to one host."""
    autothrottle: bool = True
    """Slow down where a host answers slowly."""
    obey_robots: bool = True
    retries: int = Field(default=2, ge=0)
    """After a timeout, a lost connection, 429 or 5xx."""
    backoff: float = Field(default=2.0, ge=0)
    """Before the first retry; doubled each time, with jitter."""
    max_wait: float = Field(default=60.0, ge=0)
    """A Retry-After longer than this is not waited for within a run."""
    run_minutes: float = Field(default=120.0, ge=0)
    """No source is asked any more so long after a run began; 0: no limit."""
    host_requests: int = Field(default=2000, ge=0)
    """Requests to one host in a run; 0: no limit."""
    circuit_failures: int = Field(default=3, ge=0)
    """So many requests in a row that could not connect, and a host counts as down: what else is
    wanted of it fails at once; 0: never."""
    circuit_minutes: float = Field(default=5.0, gt=0)
    """After this long one request tries whether a host that was down is back."""
    articles_per_source: int = Field(default=20, ge=0)
    """Full-text pages fetched a night and source."""
    mirrors: dict[str, HttpAddress] = {}  # noqa: RUF012 - pydantic copies it
    """Address prefix -> what to ask instead; the longest prefix that fits wins."""
    private_hosts: tuple[PrivateHost, ...] = ()
    """Private addresses that links, redirects and the editor may lead to: ``localhost:8000``,
    ``nas.local``, ``10.0.0.0/8``. What the configuration itself asks for needs no entry."""

    def mirrored(self, url: str) -> str:
        """The address that is really asked for `url`."""
        prefix = max((p for p in self.mirrors if url.startswith(p)), key=len, default=None)
        return url if prefix is None else self.mirrors[prefix] + url[len(prefix) :]


class Addresses(Section):
    """Base addresses of the services that sources are built on."""

    arxiv_api: HttpAddress = "https://export.arxiv.org/api/query"
    github_web: HttpAddress = "https://github.com"
    github_api: HttpAddress = "https://api.github.com"
    wechat_bridge: str = ""
    """Feed of one WeChat account; ``{biz}`` and ``{account}`` are filled in. Empty: no bridge."""

    @field_validator("wechat_bridge")
    @classmethod
    def _has_slot(cls, value: str) -> str:
        if value and not ("{biz}" in value or "{account}" in value):
            raise ValueError("names no account: put {biz} or {account} where it belongs")
        return value


class ApiLimits(Section):
    """Courtesy towards the two services with rules of their own."""

    arxiv_delay: float = Field(default=3.0, ge=0)
    """Between two requests, as arXiv's terms ask."""
    arxiv_page_size: int = Field(default=100, ge=1, le=2000)
    arxiv_overlap_days: int = Field(default=2, ge=0)
    """Asked again before the watermark, since entries appear late."""
    arxiv_first_days: int = Field(default=14, ge=1)
    """How far the first run looks back."""
    github_enrich: int = Field(default=40, ge=0)
    """Repositories looked up a night beyond what searches say."""
    github_enrich_days: int = Field(default=7, ge=0)
    """A repository looked up within this time is not looked up again."""


_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def cron_trigger(fields: str, zone: tzinfo | str) -> CronTrigger:
    """When five cron fields, or six with seconds in front, fire in a zone.

    Weekdays are counted as cron does; APScheduler itself would take 0 for Monday. Raises
    ValueError for what are none.
    """
    named = fields.split()
    if named:
        named[-1] = re.sub(r"(?<![\d/])[0-7](?!\d)", lambda day: _WEEKDAYS[int(day[0])], named[-1])
    names = ("second", "minute", "hour", "day", "month", "day_of_week")
    try:
        if len(named) == len(names):
            trigger: CronTrigger = CronTrigger(
                **dict(zip(names, named, strict=True)), timezone=zone
            )
        else:
            trigger = CronTrigger.from_crontab(" ".join(named), zone)
    except (ValueError, TypeError) as error:
        raise ValueError(f"is no time of five cron fields ({error})") from error
    return trigger


class Schedule(Section):
    """When a nightly run starts, in the newsletter's zone."""

    nightly: str = "30 3 * * *"
    """Five cron fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday); or
    six, with seconds in front."""

    @field_validator("nightly")
    @classmethod
    def _cron_fields(cls, value: str) -> str:
        cron_trigger(value, "UTC")
        return value

    misfire_grace: int = Field(default=6 * 3600, ge=1)
    """How late a run may still start, after the machine slept or was off."""
    stop_wait: float = Field(default=60, ge=0)
    """How long a run under way may take to end when ``briefing schedule`` is stopped."""


class Store(Section):
    """Where things are kept."""

    database: str = "briefing.db"
    """Relative to the configuration folder, or to the working folder for the shipped one."""
    issues: str = "issues"
    """Folder that ``briefing export`` writes to."""
    keep_payload_days: int = Field(default=90, ge=1)
    """Raw answers of sources that are older than this are let go of, at the end of each night."""


class Settings(Section):
    """Everything, checked. Made by ``config.load.load_settings``."""

    newsletter: Newsletter
    sections: tuple[IssueSectionSettings, ...] = Field(min_length=1)
    topics: tuple[Topic, ...] = ()
    repository_topics: tuple[Topic, ...] = ()
    """Looked for in repositories and their releases only, beside `topics`."""
    sources: tuple[SourceSettings, ...] = Field(min_length=1)
    lexicon: Lexicon = Lexicon()
    stories: StoryRules = StoryRules()
    embeddings: Embeddings = Embeddings()
    score: ScoreWeights = ScoreWeights()
    network: Network = Network()
    addresses: Addresses = Addresses()
    limits: ApiLimits = ApiLimits()
    schedule: Schedule = Schedule()
    alerts: AlertSettings = AlertSettings()
    desk: DeskSettings = DeskSettings()
    store: Store = Store()
    publish: PublishSettings = PublishSettings()
    publishers: dict[str, str] = {}  # noqa: RUF012 - pydantic copies it
    """Host -> how the medium is called after ``|`` (``mp.weixin.qq.com`` knows its account)."""
    venues: tuple[str, ...] = ()
    """Conferences and journals looked for in a paper's comment: ``CVPR``, ``MLSys``."""
    github_token: SecretStr | None = None
    """Only from the environment: ``GITHUB_TOKEN``."""

    @model_validator(mode="after")
    def _names_fit(self) -> Settings:
        names = [source.name for source in self.sources]
        doubled = sorted({name for name in names if names.count(name) > 1})
        faults = [f"two sources have one name: {', '.join(doubled)}"] if doubled else []
        sections = [section.name for section in self.sections]
        faults += [
            f"source {source.name!r} asks for section {source.section!r}, "
            f"which is none of {', '.join(sections)}"
            for source in self.sources
            if source.section not in (None, *sections)
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self
