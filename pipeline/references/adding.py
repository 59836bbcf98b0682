"""Adds a reference list: from a file, a page, or a repository's readme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from config.errors import InputError, NotFoundError, SourceError
from config.settings import Settings
from crawlers.crawl import fetch_one
from crawlers.github_client import RAW, GithubClient
from crawlers.outcome import payload_of
from crawlers.page import page_text
from pipeline.address import read_address
from pipeline.identity import identify
from pipeline.normalise import clean_line
from pipeline.references.reading import Form, read_list
from store.database import Store
from store.models import IdentityKey, Kind, Payload
from store.references import (
    Reference,
    ReferenceItem,
    load_reference,
    remove_reference,
    save_reference,
)

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_BARE_REPOSITORY = re.compile(r"(?:www\.)?github\.com/", re.IGNORECASE)
_REPOSITORY_PATH = re.compile(
    r"/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?"
    r"(?:/(?P<what>blob|raw|tree)/(?P<ref>[^/]+)(?:/(?P<path>.+?))?)?/?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A list that was added, and how it differs from the one whose place it took."""

    reference: Reference
    form: Form
    before: Reference | None
    new: tuple[ReferenceItem, ...]
    """All of it where there was none before."""
    gone: tuple[ReferenceItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where a list is, and what it is called where the editor does not say."""

    payload: Payload
    origin: str
    name: str
    own: IdentityKey | None = None
    """The repository that it stands in, and which it names in its badges."""


def add_reference(
    store: Store, settings: Settings, given: str, *, name: str | None, weight: float, now: datetime
) -> Added:
    """Read a list from a file or an address and keep it, in place of one of the same name.

    Raises InputError where there is no such file, nothing is found in it, or the name or weight
    cannot be used, and SourceError where the address cannot be fetched.
    """
    if not 0 < weight <= 1:  # also refuses what is no number
        raise InputError(f"--weight {weight:g}: give a weight above 0 and up to 1, such as 0.5")
    if name is not None and not clean_line(name):
        raise InputError(f"--name {name!r}: give the list a name that can be read")
    source = _source(settings, given, now)
    read = read_list(page_text(source.payload), url=source.payload.url)
    items = tuple(item for item in read.items if item.key != source.own)
    if not items:
        raise InputError(
            f"{source.origin}: names no paper and no repository; it was read as {read.form}, and "
            "searched for links, arXiv ids and DOIs, owner/name, BibTeX entries and titles"
        )
    reference = Reference(
        name=clean_line(name or source.name) or "list",
        origin=source.origin,
        weight=weight,
        added_at=now,
        items=items,
    )
    before = load_reference(store, reference.name)
    save_reference(store, reference)
    earlier = before.items if before else ()
    return Added(
        reference=reference,
        form=read.form,
        before=before,
        new=_beyond(items, earlier),
        gone=_beyond(earlier, items),
    )


def find_reference(store: Store, name: str) -> Reference:
    """The list of that name. Raises NotFoundError."""
    found = load_reference(store, name)
    if found is None:
        raise NotFoundError(_unknown(name))
    return found


def forget_reference(store: Store, name: str) -> None:
    """Remove the list of that name. Raises NotFoundError."""
    if not remove_reference(store, name):
        raise NotFoundError(_unknown(name))


def _unknown(name: str) -> str:
    return f"there is no reference list {name!r}; briefing reference list shows them"


def _beyond(
    items: tuple[ReferenceItem, ...], others: tuple[ReferenceItem, ...]
) -> tuple[ReferenceItem, ...]:
    known = {item.key for item in others}
    return tuple(item for item in items if item.key not in known)


def _source(settings: Settings, given: str, now: datetime) -> _Source:
    path = Path(given)
    given = given.strip()
    if not _SCHEME.match(given):
        if not _BARE_REPOSITORY.match(given) or path.exists():
            return _file(path, now)
        given = f"https://{given}"
    identity = identify(given)
    if read_address(given) is None:
        raise InputError(f"{given!r} is no web address")
    own = identity.keys[0] if identity.kind is Kind.REPOSITORY else None
    match = _REPOSITORY_PATH.fullmatch(urlsplit(given).path) if own else None
    try:
        if match and urlsplit(given).hostname in ("github.com", "www.github.com"):
            payload = _from_github(settings, match, now)
        else:
            payload = fetch_one(given, network=settings.network, now=now)
    except SourceError as error:
        raise SourceError(
            f"{given}: {error.cause}", retryable=error.retryable, retry_at=error.retry_at
        ) from error
    name = match["name"] if match else identity.canonical.partition("://")[2]
    if match and match["path"]:
        name += f"/{unquote(match['path'])}"
    return _Source(payload=payload, origin=clean_line(given), name=name, own=own)


def _file(path: Path, now: datetime) -> _Source:
    try:
        payload = Payload(url=path.absolute().as_uri(), body=path.read_bytes(), fetched_at=now)
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{clean_line(str(path))}: {reason}") from error
    # every repository has a README: what tells lists apart is the folder
    stem = path.absolute().parent.name if path.stem.lower() == "readme" else path.stem
    return _Source(payload=payload, origin=clean_line(str(path)), name=stem)


def _from_github(settings: Settings, match: re.Match[str], now: datetime) -> Payload:
    """Ask GitHub's API for the readme of a repository or folder, or for a file of it.

    https://docs.github.com/en/rest/repos/contents
    """
    folder = "contents" if match["what"] in ("blob", "raw") else "readme"
    path = f"/repos/{match['name']}/{folder}"
    if match["path"]:
        path += "/" + quote(unquote(match["path"]))
    token = settings.github_token.get_secret_value() if settings.github_token else None
    with GithubClient(
        network=settings.network, addresses=settings.addresses, token=token
    ) as client:
        answer = client.get(path, {"ref": match["ref"]} if match["ref"] else None, accept=RAW)
    if answer is None:
        raise SourceError(f"GitHub has no such {'file' if folder == 'contents' else 'readme'}")
    return payload_of(answer, now=now)
