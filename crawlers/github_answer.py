"""Answers of GitHub's REST API as repositories and releases. Pure: bytes in, values out.

An answer is told apart by its shape: a search, one repository, a list of either, one release or a
list of them. An optional field of another type than GitHub documents counts as not given; an entry
without what identifies it is left out with a warning. Asking is left to ``crawlers.github_client``.

Format: https://docs.github.com/en/rest/search/search#search-repositories,
https://docs.github.com/en/rest/repos/repos#get-a-repository,
https://docs.github.com/en/rest/releases/releases#list-releases
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import from_json

from crawlers.markdown_text import prose
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedRefusal, ParsedUnparsable
from store.models import Kind, Payload, RawItem, RepositoryFacts, SourceName

PUBLISHER: Final = "GitHub"
_SUMMARY: Final = 1200
"""Characters of a release's notes that are shown."""
_RELEASE_PAGE: Final = re.compile(r"https?://[^/\s]+/([\w.-]+/[\w.-]+)/releases/", re.ASCII)
_NO_LICENCE: Final = frozenset({"NOASSERTION", "NONE", ""})
"""What SPDX writes where GitHub could not tell the licence."""


def _none_if_odd(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no moment of the calendar in UTC") from error


def _release_page(address: str) -> str:
    if not _RELEASE_PAGE.match(address):
        raise ValueError("is no page of a release")
    return address


_T = TypeVar("_T")
_Optional: TypeAlias = Annotated[_T | None, WrapValidator(_none_if_odd)]
"""A field that is None where it is missing, null or of another type."""
_Count: TypeAlias = Annotated[int, Field(ge=0, lt=2**63)]
_Id: TypeAlias = Annotated[int, Field(gt=0, lt=2**63)]
_Moment: TypeAlias = Annotated[AwareDatetime, AfterValidator(_utc)]
_Web: TypeAlias = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]


class _Licence(BaseModel):
    spdx_id: _Optional[str] = None


class _Repository(BaseModel):
    id: _Id
    full_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
    html_url: _Optional[_Web] = None
    description: _Optional[str] = None
    homepage: _Optional[str] = None
    language: _Optional[str] = None
    stargazers_count: _Optional[_Count] = None
    forks_count: _Optional[_Count] = None
    topics: _Optional[tuple[str, ...]] = None
    license: _Optional[_Licence] = None
    archived: _Optional[bool] = None
    created_at: _Optional[_Moment] = None
    pushed_at: _Optional[_Moment] = None


class _Release(BaseModel):
    id: _Id
    html_url: Annotated[str, AfterValidator(_release_page)]
    tag_name: Annotated[str, StringConstraints(min_length=1)]
    name: _Optional[str] = None
    body: _Optional[str] = None
    draft: _Optional[bool] = None
    prerelease: _Optional[bool] = None
    created_at: _Optional[_Moment] = None
    published_at: _Optional[_Moment] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTotals:
    """What a page of search results says of the whole search."""

    total: int
    incomplete: bool
    """GitHub ran out of time before it had looked at everything."""


def parse_github_search(
    payload: Payload,
    *,
    source: SourceName,
    section: str | None = None,
    publisher: str = PUBLISHER,
    prereleases: bool = True,
) -> Parsed:
    """Read repositories or releases, whichever the answer holds.

    `section` and `publisher` are given to every item. Drafts are always left out, and so are
    prereleases unless wanted.
    """
    said = _json(payload.body)
    if isinstance(said, dict):
        if isinstance(said.get("items"), list):
            entries = said["items"]
        elif "id" in said:
            entries = [said]
        else:
            message = said.get("message")
            if not isinstance(message, str):
                return ParsedUnparsable(reason="is no answer with repositories or releases")
            return ParsedRefusal(
                reason=f"GitHub says: {_one_line(message)}",
                retryable="rate limit" in message.lower(),
            )
    elif isinstance(said, list):
        entries = said
    else:
        return ParsedUnparsable(reason="is no JSON object or list")
    return _entries(
        entries, source=source, section=section, publisher=publisher, prereleases=prereleases
    )


def search_totals(body: bytes) -> SearchTotals | None:
    """Read how much a search found; None where the answer is none to a search."""
    said = _json(body)
    total = said.get("total_count") if isinstance(said, dict) else None
    if not isinstance(said, dict) or type(total) is not int or total < 0:
        return None
    return SearchTotals(total=total, incomplete=said.get("incomplete_results") is True)


def message_in(body: bytes) -> str:
    """What GitHub says to an error, with the reasons it lists; empty where it says nothing."""
    said = _json(body)
    if not isinstance(said, dict):
        return ""
    errors = said.get("errors")
    listed = errors if isinstance(errors, list) else []
    parts = [said.get("message"), *(e.get("message") for e in listed if isinstance(e, dict))]
    return _one_line(": ".join(part for part in parts if isinstance(part, str)))


def _json(body: bytes) -> Any:
    """The JSON in an answer; None where it is none. Unlike json's, bounded in depth."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        return None


def _entries(
    entries: list[Any],
    *,
    source: SourceName,
    section: str | None,
    publisher: str,
    prereleases: bool,
) -> Parsed:
    items: list[RawItem] = []
    lost: list[str] = []
    unwanted = 0
    for number, entry in enumerate(entries, start=1):
        try:
            if isinstance(entry, dict) and "tag_name" in entry:
                release = _Release.model_validate(entry)
                if release.draft or (release.prerelease and not prereleases):
                    unwanted += 1
                    continue
                items.append(_release_item(release, source, section, publisher))
            else:
                repository = _Repository.model_validate(entry)
                items.append(_repository_item(repository, source, section, publisher))
        except ValidationError as error:
            fields = sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]})
            lost.append(f"entry {number} left out: {', '.join(fields) or 'no object'}")
    if items:
        return ParsedItems(items=tuple(items), warnings=tuple(lost))
    if lost and not unwanted:
        return ParsedUnparsable(reason=f"none of {len(entries)} entries was recognised: {lost[0]}")
    return ParsedEmpty(reason="only drafts and prereleases" if unwanted else "no results")


def _repository_item(
    repository: _Repository, source: SourceName, section: str | None, publisher: str
) -> RawItem:
    homepage = (repository.homepage or "").strip()
    description = _one_line(repository.description or "")
    licence = (repository.license.spdx_id or "") if repository.license else ""
    url = repository.html_url or f"https://github.com/{repository.full_name}"
    return RawItem(
        source=source,
        external_id=str(repository.id),
        url=url,
        title=repository.full_name,
        kind=Kind.REPOSITORY,
        summary=description,
        published=repository.created_at,
        updated=repository.pushed_at,
        publisher=publisher,
        links=(homepage,) if re.match(r"https?://[^\s/]", homepage) and homepage != url else (),
        repository=RepositoryFacts(
            full_name=repository.full_name,
            repository_id=repository.id,
            description=description or None,
            language=repository.language or None,
            stars=repository.stargazers_count,
            forks=repository.forks_count,
            topics=repository.topics or (),
            licence=licence if licence not in _NO_LICENCE else None,
            archived=repository.archived,
            homepage=homepage or None,
            pushed_at=repository.pushed_at,
            created_at=repository.created_at,
        ),
        section=section,
    )


def _release_item(
    release: _Release, source: SourceName, section: str | None, publisher: str
) -> RawItem:
    page = _RELEASE_PAGE.match(release.html_url)
    assert page is not None, "the model has checked the address"
    return RawItem(
        source=source,
        external_id=str(release.id),
        url=release.html_url,
        title=_release_title(page[1], release.tag_name, release.name or ""),
        kind=Kind.RELEASE,
        summary=prose(release.body or "", limit=_SUMMARY),
        published=release.published_at or release.created_at,
        publisher=publisher,
        repository=RepositoryFacts(full_name=page[1]),
        section=section,
    )


def _release_title(full_name: str, tag: str, name: str) -> str:
    """``owner/name v1.2: Faster int8``; many release names repeat the tag, or project and tag."""
    tag, name = _one_line(tag), _one_line(name)
    project = full_name.split("/")[1].lower()
    tags = {tag.lower(), tag.lower().removeprefix("v"), f"v{tag.lower()}"}
    repeated = tags | {f"{project} {one}" for one in tags}
    if name.lower() in repeated:
        name = ""
    for prefix in sorted(repeated, key=len, reverse=True):
        if re.match(rf"{re.escape(prefix)}[\s:–—-]", name, re.IGNORECASE):
            name = name[len(prefix) :].lstrip(" :–—-")
            break
    return f"{full_name} {tag}: {name}" if name else f"{full_name} {tag}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
