"""The kinds of source that can be configured, and what each asks for."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator

from config.section import HttpAddress, Section


class _SourceSettings(Section):
    name: str = Field(min_length=1)
    """Unique; shown wherever the source is spoken of."""
    weight: float = 1.0
    """What this source adds to the score of a story; the best source of a story counts."""
    enabled: bool = True
    section: str | None = None
    """Section for its items, where the kind of item does not say it."""
    publisher: str | None = None
    """Printed after ``|``; the source's name where not given."""

    @property
    def label(self) -> str:
        """What is printed after ``|``."""
        return self.publisher or self.name


class FeedSettings(_SourceSettings):
    """A feed: RSS, Atom, RDF or JSON Feed."""

    kind: Literal["feed"]
    url: HttpAddress
    language: str | None = None
    full_text: bool = False
    """Fetch the article behind each new item."""


class WechatSettings(_SourceSettings):
    """A WeChat account behind the bridge of ``addresses.wechat_bridge``."""

    kind: Literal["wechat"]
    biz: str = ""
    """The account's biz id, base64."""
    url: HttpAddress | None = None
    """Feed of this one account; built from the bridge's address where not given."""
    language: str | None = "zh"
    full_text: bool = False


class TrendingSettings(_SourceSettings):
    """A page of GitHub's trending repositories."""

    kind: Literal["trending"]
    language: str = ""
    """Programming language as in the page's address, ``c++``; empty for all."""
    since: Literal["daily", "weekly", "monthly"] = "daily"
    spoken_language: str = ""
    """ISO 639-1, ``zh``; empty for all."""


class ListSettings(_SourceSettings):
    """A page that lists articles, read with CSS selectors, for media without a feed."""

    kind: Literal["list"]
    url: HttpAddress
    item: str
    """Selector of one entry."""
    link: str = "a"
    """Within an entry: the element whose ``href`` is the article's address."""
    title: str = ""
    """Within an entry: the element with the headline; the link's text where empty."""
    summary: str = ""
    date: str = ""
    """Within an entry: the element with the date (text or ``datetime``)."""
    date_format: str = ""
    """``strptime`` format in the newsletter's zone; ISO 8601 where empty."""
    empty: str = ""
    """Selector whose presence says that there is nothing today."""
    language: str | None = None
    full_text: bool = False


class ArxivSettings(_SourceSettings):
    """A query to the arXiv API."""

    kind: Literal["arxiv"]
    query: str
    """In arXiv's syntax: ``cat:cs.CV AND abs:quantization``."""
    max_results: int = Field(default=300, ge=1, le=10_000)


class GithubSearchSettings(_SourceSettings):
    """A repository search through GitHub's API."""

    kind: Literal["github_search"]
    query: str
    """In GitHub's syntax: ``topic:model-compression``."""
    created_within_days: int | None = Field(default=None, ge=1)
    pushed_within_days: int | None = Field(default=None, ge=1)
    min_stars: int = Field(default=0, ge=0)
    sort: Literal["stars", "updated", "best-match"] = "stars"
    max_results: int = Field(default=50, ge=1, le=1000)


class GithubReleasesSettings(_SourceSettings):
    """Releases of watched repositories."""

    kind: Literal["github_releases"]
    repositories: tuple[str, ...] = Field(min_length=1)
    """``owner/name`` each."""
    within_days: int = Field(default=30, ge=1)
    prereleases: bool = False

    @field_validator("repositories")
    @classmethod
    def _full_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
                raise ValueError(f"{name!r} is no owner/name")
        return value


class FileSettings(_SourceSettings):
    """A file of candidates in JSON Lines, read each night."""

    kind: Literal["file"]
    path: str
    """Relative to the configuration folder."""


SourceSettings: TypeAlias = Annotated[
    FeedSettings
    | WechatSettings
    | TrendingSettings
    | ListSettings
    | ArxivSettings
    | GithubSearchSettings
    | GithubReleasesSettings
    | FileSettings,
    Field(discriminator="kind"),
]
