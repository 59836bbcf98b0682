"""Which file of a site folder answers for which address.

A site folder has one folder a host, and may have a ``manifest.toml``. A request is answered by

1. the entry of the manifest for its address. An entry answers for its path together with any
   further query parameters; of several, the one with the most parameters in common wins. So
   ``https://a.example/list`` also answers ``/list?utm_source=x``, and an entry for
   ``/list?page=2`` takes the second page over;
2. else the file at ``HOST/PATH``, or ``HOST/PATH.html``, or ``HOST/PATH/index.html``; the query
   does not matter.

Nothing else exists. The content type follows the suffix where the manifest does not give one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import ConfigError, Fault

CONTENT_TYPES: Final[Mapping[str, str]] = {
    ".atom": "application/atom+xml",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".rdf": "application/rdf+xml",
    ".rss": "application/rss+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
"""XML says its own encoding, so none is added here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a live host."""

    url: str
    """The live address, with its query."""
    accept: str = ""
    """The Accept header."""

    @property
    def host(self) -> str:
        """Name of the host, lower case, with its port if it has one."""
        return urlsplit(self.url).netloc.lower()

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        return unquote(urlsplit(self.url).path) or "/"

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The query, decoded, in order."""
        return tuple(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    def parameter(self, name: str, default: str = "") -> str:
        """The last value given for a parameter."""
        return dict(self.parameters).get(name, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a live host would say, before compression and conditional requests."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None
    """UTC; becomes Last-Modified."""
    validators: bool = True
    """Whether it can be asked for conditionally."""


class Page(BaseModel):
    """An entry of the manifest: what one address answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    file: str = ""
    """Below the site folder, with forward slashes; none for a redirect or an error."""
    status: int = Field(default=HTTPStatus.OK, ge=200, le=599)
    content_type: str = ""
    headers: dict[str, str] = {}
    redirect: str = ""
    """The live address to go to; `status` is 301 where it is not given."""
    validators: bool = True

    @model_validator(mode="after")
    def _answers_something(self) -> Self:
        if not (self.file or self.redirect or self.status >= HTTPStatus.BAD_REQUEST):
            raise ValueError(f"{self.url} has neither a file, nor a redirect, nor an error status")
        return self


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    page: tuple[Page, ...] = ()


class SiteFolder:
    """A folder laid out as this module says."""

    def __init__(self, root: Path) -> None:
        """Read the manifest of `root`. Raises ConfigError where it cannot be used."""
        self.root = root
        self._pages: dict[tuple[str, str], list[Page]] = {}
        for page in _read_manifest(root / "manifest.toml"):
            request = Request(url=page.url)
            self._pages.setdefault((request.host, request.path), []).append(page)

    def answer(self, request: Request) -> Answer | None:
        """What stands in the folder for a request; None if nothing does."""
        return self.from_manifest(request) or self.from_file(request)

    def from_manifest(self, request: Request) -> Answer | None:
        """The manifest's answer; None if no entry fits."""
        given = set(request.parameters)
        fitting = [
            (len(wanted), page)
            for page in self._pages.get((request.host, request.path), ())
            if (wanted := set(Request(url=page.url).parameters)) <= given
        ]
        if not fitting:
            return None
        return self._of_page(max(fitting, key=lambda pair: pair[0])[1])

    def from_file(self, request: Request) -> Answer | None:
        """The answer of the file at HOST/PATH; None if there is no such file."""
        parts = (request.host, *PurePosixPath(request.path.lstrip("/")).parts)
        if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
            return None
        path = self.root.joinpath(*parts)
        for candidate in (path, path.with_name(path.name + ".html"), path / "index.html"):
            if candidate.is_file():
                return _of_file(candidate)
        return None

    def _of_page(self, page: Page) -> Answer:
        if page.redirect:
            moved = page.status if page.status != HTTPStatus.OK else HTTPStatus.MOVED_PERMANENTLY
            headers = {**page.headers, "Location": page.redirect}
            return Answer(status=moved, headers=headers, validators=False)
        if not page.file:
            line = f"{page.status} {HTTPStatus(page.status).phrase}\n".encode()
            return Answer(
                status=page.status,
                body=line,
                content_type="text/plain; charset=utf-8",
                headers=page.headers,
                validators=False,
            )
        found = _of_file(self.root.joinpath(*PurePosixPath(page.file).parts))
        return Answer(
            status=page.status,
            body=found.body,
            content_type=page.content_type or found.content_type,
            headers=page.headers,
            modified=found.modified,
            validators=page.validators and page.status == HTTPStatus.OK,
        )


def _of_file(path: Path) -> Answer:
    return Answer(
        body=path.read_bytes(),
        content_type=CONTENT_TYPES.get(path.suffix, "application/octet-stream"),
        modified=datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )


def _read_manifest(path: Path) -> tuple[Page, ...]:
    if not path.is_file():
        return ()
    try:
        manifest = _Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise ConfigError([Fault(where=str(path), what=str(error))]) from error
    missing = [
        page.file for page in manifest.page if page.file and not (path.parent / page.file).is_file()
    ]
    if missing:
        raise ConfigError([Fault(where=f"{path}: {name}", what="is no file") for name in missing])
    return manifest.page
