"""Objects in the form of GitHub's REST API, written for the tests."""

from __future__ import annotations

import json
from typing import Any


def repository(
    full_name: str = "lab/four-bits", number: int = 4242, **given: Any
) -> dict[str, Any]:
    """A repository object; `given` replaces its fields."""
    api = f"https://api.github.com/repos/{full_name}"
    return {
        "id": number,
        "node_id": "R_kgDOtest",
        "name": full_name.split("/")[1],
        "full_name": full_name,
        "private": False,
        "owner": {"login": full_name.split("/")[0], "id": 7, "type": "Organization"},
        "html_url": f"https://github.com/{full_name}",
        "description": "Four-bit networks for  small boards",
        "fork": False,
        "url": api,
        "created_at": "2026-02-20T08:00:00Z",
        "updated_at": "2026-02-28T10:00:00Z",
        "pushed_at": "2026-02-28T09:00:00Z",
        "homepage": "https://four-bits.example.org",
        "stargazers_count": 321,
        "watchers_count": 321,
        "language": "C++",
        "forks_count": 12,
        "archived": False,
        "license": {"key": "apache-2.0", "name": "Apache License 2.0", "spdx_id": "Apache-2.0"},
        "topics": ["quantization", "tinyml"],
        "default_branch": "main",
        **given,
    }


def release(
    full_name: str = "lab/four-bits", number: int = 99, tag: str = "v1.2.0", **given: Any
) -> dict[str, Any]:
    """A release object; `given` replaces its fields."""
    return {
        "url": f"https://api.github.com/repos/{full_name}/releases/{number}",
        "html_url": f"https://github.com/{full_name}/releases/tag/{tag}",
        "id": number,
        "tag_name": tag,
        "name": f"{tag}: Faster int8",
        "draft": False,
        "prerelease": False,
        "created_at": "2026-02-25T08:00:00Z",
        "published_at": "2026-02-26T08:00:00Z",
        "assets": [],
        "body": "## New\r\n\r\n* int8 kernels\r\n",
        **given,
    }


def search(*items: dict[str, Any], total: int | None = None, incomplete: bool = False) -> bytes:
    """A page of search results."""
    total = len(items) if total is None else total
    return encoded({"total_count": total, "incomplete_results": incomplete, "items": items})


def encoded(value: object) -> bytes:
    """JSON as GitHub sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
