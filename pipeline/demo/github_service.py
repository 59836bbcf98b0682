"""The REST interface of GitHub, answered from a few files of a site folder.

Below ``api.github.com`` of a site folder stand

    repositories.json   repository objects, as a list or as a search answers them (``items``); keys
                        that follow from ``full_name`` may be left out, and ``former_names`` lists
                        names that redirect to it
    releases.json       release objects by ``owner/name``, the latest first; may be missing
    readme/O/N.md       readme files; may be missing

and the paths ``/search/repositories``, ``/repos/O/N``, ``/repositories/ID``, ``…/releases``,
``…/releases/latest``, ``…/readme`` and ``/rate_limit`` are answered from them, paged and with
Link and rate-limit headers, as https://docs.github.com/en/rest describes them. Of a search, words
and the qualifiers of `_QUALIFIERS` count; the others are taken and ignored.
"""

from __future__ import annotations

import base64
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

from pipeline.demo.folder import Answer, Request

HOST: Final = "api.github.com"
_API: Final = f"https://{HOST}"
_JSON: Final = "application/json; charset=utf-8"
_PER_PAGE: Final = 30
_MOST_PER_PAGE: Final = 100
_RESET: Final = 1_772_400_000
"""When the allowance is renewed: an hour that lies after the sample's."""
_SORTS: Final = {"stars": "stargazers_count", "forks": "forks_count", "updated": "updated_at"}

Record: TypeAlias = dict[str, Any]
"""A JSON object as GitHub names its keys."""


def answer_github(folder: Path, request: Request) -> Answer | None:
    """Answer from the files in `folder`, the host's own; None if it has no repositories."""
    source = folder / "repositories.json"
    if not source.is_file():
        return None
    held = json.loads(source.read_bytes())
    repositories = [
        complete(found) for found in (held if isinstance(held, list) else held["items"])
    ]
    answer = _route(folder, repositories, request)
    return replace(answer, headers={**answer.headers, **_allowance(request)})


def complete(record: Record) -> Record:
    """A repository object with the keys that follow from its name."""
    owner, name = record["full_name"].split("/")
    url = f"{_API}/repos/{owner}/{name}"
    web = f"https://github.com/{owner}"
    stars, forks = record.get("stargazers_count", 0), record.get("forks_count", 0)
    derived: Record = {
        "name": name,
        "private": False,
        "owner": {
            "login": owner,
            "type": "Organization",
            "url": f"{_API}/users/{owner}",
            "html_url": web,
        },
        "html_url": f"{web}/{name}",
        "description": None,
        "fork": False,
        "url": url,
        "releases_url": f"{url}/releases{{/id}}",
        "topics": [],
        "archived": False,
        "disabled": False,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": "main",
        "visibility": "public",
        "watchers_count": stars,
        "watchers": stars,
        "forks": forks,
        "score": 1.0,
    }
    return {**derived, **record}


def _route(folder: Path, repositories: list[Record], request: Request) -> Answer:
    match request.path.strip("/").split("/"):
        case ["rate_limit"]:
            core = {"limit": 5000, "used": 1, "remaining": 4999, "reset": _RESET}
            return _json({"resources": {"core": core, "search": core}, "rate": core})
        case ["search", "repositories"]:
            return _search(repositories, request)
        case ["repositories", number, *rest]:
            numbered = [r for r in repositories if str(r["id"]) == number]
            return _repository(folder, numbered[0], request, rest) if numbered else _missing()
        case ["repos", owner, name, *rest]:
            asked = f"{owner}/{name}".lower()
            named = [r for r in repositories if r["full_name"].lower() == asked]
            if named:
                return _repository(folder, named[0], request, rest)
            former = [r for r in repositories if asked in map(str.lower, _former_names(r))]
            if former:
                return _moved("/".join([f"{_API}/repositories/{former[0]['id']}", *rest]))
    return _missing()


def _former_names(repository: Record) -> list[str]:
    return list(repository.get("former_names", ()))


def _repository(folder: Path, repository: Record, request: Request, rest: list[str]) -> Answer:
    match rest:
        case []:
            return _json(_public(repository))
        case ["releases"]:
            return _paged(_releases(folder, repository), request)
        case ["releases", "latest"]:
            final = [
                r for r in _releases(folder, repository) if not (r["prerelease"] or r["draft"])
            ]
            return _json(final[0]) if final else _missing()
        case ["readme"]:
            return _readme(folder, repository, request)
    return _missing()


def _releases(folder: Path, repository: Record) -> list[Record]:
    source = folder / "releases.json"
    held = json.loads(source.read_bytes()) if source.is_file() else {}
    name = repository["full_name"]
    return [
        {
            "url": f"{repository['url']}/releases/{release['id']}",
            "html_url": f"{repository['html_url']}/releases/tag/{release['tag_name']}",
            "author": repository["owner"],
            "target_commitish": repository["default_branch"],
            "draft": False,
            "prerelease": False,
            "assets": [],
            **release,
        }
        for release in held.get(name, ())
    ]


def _readme(folder: Path, repository: Record, request: Request) -> Answer:
    source = folder.joinpath("readme", *repository["full_name"].split("/"))
    source = source.with_name(source.name + ".md")
    if not source.is_file():
        return _missing()
    text = source.read_bytes()
    if re.search(r"application/vnd\.github(\.v3)?\.raw", request.accept):
        return Answer(body=text, content_type="application/vnd.github.raw+json; charset=utf-8")
    return _json(
        {
            "type": "file",
            "name": "README.md",
            "path": "README.md",
            "size": len(text),
            "encoding": "base64",
            "content": base64.encodebytes(text).decode("ascii"),
            "url": f"{repository['url']}/contents/README.md?ref=main",
            "html_url": f"{repository['html_url']}/blob/main/README.md",
        }
    )


def _search(repositories: list[Record], request: Request) -> Answer:
    query = request.parameter("q").strip()
    if not query:
        return _refused("Validation Failed")
    found = [r for r in repositories if _matches(r, query)]
    if key := _SORTS.get(request.parameter("sort")):
        descending = request.parameter("order", "desc") != "asc"
        found.sort(key=lambda r: r.get(key) or "", reverse=descending)
    return _paged(found, request, wrap=True)


def _matches(record: Record, query: str) -> bool:
    topics: list[str] = record["topics"]
    text = " ".join([record["full_name"], record["description"] or "", *topics]).lower()
    for negated, name, value, quoted, word in re.findall(
        r'(-?)(?:(\w+):("[^"]*"|\S+)|"([^"]*)"|(\S+))', query
    ):
        if not name:
            fits = (quoted or word).lower() in text
        elif check := _QUALIFIERS.get(name):
            fits = check(record, value.strip('"').lower())
        else:
            continue
        if fits == bool(negated):
            return False
    return True


def _in_range(actual: int | str, wanted: str) -> bool:
    """GitHub's ``>=N``, ``N..M`` and ``N``, for numbers and for days in ISO 8601."""
    if ".." in wanted:
        low, high = wanted.split("..", 1)
        return _compares(actual, ">=", low) and _compares(actual, "<=", high)
    sign = wanted[: len(wanted) - len(wanted.lstrip("<>="))]
    return _compares(actual, sign or "=", wanted[len(sign) :])


def _compares(actual: int | str, sign: str, bound: str) -> bool:
    compare = _SIGNS.get(sign)
    if bound == "*" or compare is None:
        return bound == "*"
    if isinstance(actual, int):
        return bound.isdecimal() and compare(actual, int(bound))
    return compare(actual[: len(bound)], bound)


_SIGNS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_QUALIFIERS: Final[Mapping[str, Callable[[Record, str], bool]]] = {
    "topic": lambda record, value: value in record["topics"],
    "language": lambda record, value: (record["language"] or "").lower() == value,
    "archived": lambda record, value: str(record["archived"]).lower() == value,
    "user": lambda record, value: record["owner"]["login"].lower() == value,
    "org": lambda record, value: record["owner"]["login"].lower() == value,
    "stars": lambda record, value: _in_range(record.get("stargazers_count", 0), value),
    "created": lambda record, value: _in_range(record.get("created_at", ""), value),
    "pushed": lambda record, value: _in_range(record.get("pushed_at", ""), value),
}


def _paged(records: Iterable[Record], request: Request, *, wrap: bool = False) -> Answer:
    """One page; `wrap` makes it a search answer."""
    numbers = [request.parameter("page") or "1", request.parameter("per_page") or str(_PER_PAGE)]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return _refused("page and per_page must be integers")
    page, size = max(1, int(numbers[0])), min(max(1, int(numbers[1])), _MOST_PER_PAGE)
    held = [_public(record) for record in records]
    last = max(1, -(-len(held) // size))
    shown: object = held[(page - 1) * size : page * size]
    if wrap:
        shown = {"total_count": len(held), "incomplete_results": False, "items": shown}
    pages = {"prev": page - 1, "first": 1} if page > 1 else {}
    if page < last:
        pages |= {"next": page + 1, "last": last}
    others = {name: value for name, value in request.parameters if name != "page"}
    links = [
        f'<{_API}{request.path}?{urlencode({**others, "page": number})}>; rel="{name}"'
        for name, number in pages.items()
    ]
    return _json(shown, headers={"Link": ", ".join(links)} if links else {})


def _public(record: Record) -> Record:
    return {key: value for key, value in record.items() if key != "former_names"}


def _json(
    value: object, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(
        status=status,
        body=json.dumps(value, ensure_ascii=False).encode(),
        content_type=_JSON,
        headers=headers or {},
        validators=status == HTTPStatus.OK,
    )


def _moved(address: str) -> Answer:
    body = {"message": "Moved Permanently", "url": address}
    return _json(body, status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": address})


def _missing() -> Answer:
    return _json({"message": "Not Found", "status": "404"}, status=HTTPStatus.NOT_FOUND)


def _refused(message: str) -> Answer:
    return _json({"message": message}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _allowance(request: Request) -> dict[str, str]:
    resource = "search" if request.path.startswith("/search/") else "core"
    limit = 30 if resource == "search" else 5000
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(limit - 1),
        "X-RateLimit-Reset": str(_RESET),
        "X-RateLimit-Used": "1",
        "X-RateLimit-Resource": resource,
    }
