"""GitHub's REST API on 127.0.0.1, as far as publishing needs it, with a git repository behind it.

    with GithubServer({"README.md": b"# hello\n"}) as github:
        github.fail_at(3, Answer(reset=True), after=True)   # the fourth request is served, its
        ...                                                 # answer lost
        assert github.files("issue/2026-03-02")["README.md"] == b"..."

Objects bear the names that git gives them; what refers to an object that is not there is refused,
a branch moves forward only unless forced, and the words of an error are GitHub's:
https://docs.github.com/en/rest/git, https://docs.github.com/en/rest/pulls/pulls,
https://docs.github.com/en/rest/branches/branches.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from tests.git_objects import Entry, GitObjects
from tests.loopback import Answer, Asked, LoopbackServer

TOKEN = "github_pat_right"
OWNER, NAME = "desk", "briefing"
_WRITES = ("POST", "PATCH", "PUT", "DELETE")


@dataclass
class PullRecord:
    number: int
    head: str
    base: str
    title: str
    body: str
    state: str = "open"
    merged: bool = False


class Refused(Exception):  # noqa: N818 - GitHub's answer, not a fault of ours
    """An error in GitHub's words."""

    def __init__(self, status: int, message: str, *reasons: str, **headers: str) -> None:
        super().__init__(message)
        said: dict[str, Any] = {
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(status),
        }
        if reasons:
            said["errors"] = [
                {"resource": "PullRequest", "code": "custom", "message": reason}
                for reason in reasons
            ]
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = _json(said, status, named)


class GithubServer(LoopbackServer):
    """One repository, ``desk/briefing``, whose branch ``main`` holds some files."""

    def __init__(self, files: Mapping[str, bytes], *, default_branch: str = "main") -> None:
        super().__init__()
        self.git = GitObjects()
        self.refs: dict[str, str] = {}
        self.pulls: list[PullRecord] = []
        self.default_branch = default_branch
        self.permissions: dict[str, bool] | None = {"admin": False, "push": True, "pull": True}
        self.archived = False
        self.intercept: Callable[[Asked], Answer | None] = lambda _: None
        """Asked before a request is served; what it gives is answered instead."""
        self._faults: dict[int, tuple[Answer, bool]] = {}
        self._count = 0
        self.push(default_branch, files, message="start")

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    # Set by tests

    def fail_at(self, number: int, answer: Answer, *, after: bool = False) -> None:
        """Answer the request of that number, from 0 for the next, otherwise.

        With `after` it is served before its answer is lost.
        """
        self._faults[self._count + number] = (answer, after)

    def push(self, branch: str, files: Mapping[str, bytes | Entry], *, message: str) -> str:
        """Commit files to a branch as somebody else does; gives the commit."""
        parent = self.refs.get(branch)
        tree = self.git.commits[parent].tree if parent else self.git.tree({})
        for path, content in files.items():
            entry = content
            if isinstance(entry, bytes):
                entry = Entry("100644", "blob", self.git.blob(entry))
            tree = self.git.put(tree, path.split("/"), entry)
        self.refs[branch] = self.git.commit(tree, (parent,) if parent else (), message)
        return self.refs[branch]

    def merge(self, number: int, *, squash: bool = False) -> None:
        """Merge a pull request as its button does; the branch stays."""
        pull = next(pull for pull in self.pulls if pull.number == number)
        base, head = self.refs[pull.base], self.refs[pull.head]
        parents = (base,) if squash else (base, head)
        # Enough where base has not moved in the same files.
        self.refs[pull.base] = self.git.commit(
            self.git.commits[head].tree, parents, f"Merge #{number}"
        )
        pull.state, pull.merged = "closed", True

    # Asked by tests

    def files(self, branch: str) -> dict[str, bytes]:
        """Every file of a branch by its path; raises KeyError where an object is missing."""
        return dict(self.git.walk(self.git.commits[self.refs[branch]].tree))

    def modes(self, branch: str) -> dict[str, str]:
        tree = self.git.trees[self.git.commits[self.refs[branch]].tree]
        return {name: entry.mode for name, entry in tree.items()}

    def ahead(self, branch: str) -> list[str]:
        """The commits that a branch has beyond the default one, the earliest first."""
        return self.git.between(self.refs[self.default_branch], self.refs[branch])

    def writes(self) -> list[str]:
        return [
            f"{asked.method} {urlsplit(asked.path).path.removeprefix(f'/repos/{OWNER}/{NAME}')}"
            for asked in self.asked
            if asked.method in _WRITES
        ]

    # The server

    def answer(self, asked: Asked) -> Answer:
        number, self._count = self._count, self._count + 1
        instead = self.intercept(asked)
        fault, after = self._faults.pop(number, (instead, False))
        if fault is not None and not after:
            return fault
        try:
            answer = self._serve(asked)
        except Refused as refusal:
            answer = refusal.answer
        return fault or _limited(answer)

    def _serve(self, asked: Asked) -> Answer:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme not in ("token", "Bearer") or token != TOKEN:
            raise Refused(401, "Bad credentials")
        url = urlsplit(asked.path)
        query = dict(parse_qsl(url.query))
        match [unquote(part) for part in url.path.strip("/").split("/")]:
            case ["repos", owner, name, *rest] if (owner, name) == (OWNER, NAME):
                if asked.method == "GET":
                    return self._read(rest, query, asked.path)
                return self._write(asked.method, rest, json.loads(asked.body))
        raise Refused(404, "Not Found")

    def _read(self, rest: list[str], query: dict[str, str], path: str) -> Answer:
        match rest:
            case []:
                return _json(self._repository_record())
            case ["branches", *name]:
                return self._branch("/".join(name))
            case ["compare", basehead]:
                return self._compare(*basehead.split("..."), query=query, path=path)
            case ["git", "trees", sha]:
                return self._get_tree(sha)
            case ["git", "blobs", sha]:
                return self._get_blob(sha)
            case ["git", "ref", "heads", *name]:
                return self._get_ref("/".join(name))
            case ["pulls"]:
                return self._list_pulls(query, path)
        raise Refused(404, "Not Found")

    def _write(self, method: str, rest: list[str], said: dict[str, Any]) -> Answer:
        if self.archived:
            raise Refused(403, "Repository was archived so is read-only.")
        match method, rest:
            case "POST", ["git", "blobs"]:
                return self._create_blob(said)
            case "POST", ["git", "trees"]:
                return self._create_tree(said)
            case "POST", ["git", "commits"]:
                return self._create_commit(said)
            case "POST", ["git", "refs"]:
                return self._create_ref(said)
            case "PATCH", ["git", "refs", "heads", *name]:
                return self._update_ref("/".join(name), said)
            case "POST", ["pulls"]:
                return self._create_pull(said)
            case "PATCH", ["pulls", number]:
                return self._update_pull(int(number), said)
        raise Refused(404, "Not Found")

    @property
    def _api(self) -> str:
        return f"{self.base}/repos/{OWNER}/{NAME}"

    def _repository_record(self) -> dict[str, Any]:
        record: dict[str, Any] = {
            "id": 7,
            "name": NAME,
            "full_name": f"{OWNER}/{NAME}",
            "owner": {"login": OWNER, "id": 1, "url": f"{self.base}/users/{OWNER}"},
            "url": self._api,
            "html_url": f"https://github.com/{OWNER}/{NAME}",
            "default_branch": self.default_branch,
            "archived": self.archived,
        }
        return record | ({"permissions": self.permissions} if self.permissions else {})

    def _branch(self, name: str) -> Answer:
        if name not in self.refs:
            raise Refused(404, "Branch not found")
        sha = self.refs[name]
        record = {"name": name, "commit": self._commit_record(sha), "protected": False}
        return _json(record)

    def _commit_record(self, sha: str) -> dict[str, Any]:
        commit = self.git.commits[sha]
        return {
            "sha": sha,
            "url": f"{self._api}/commits/{sha}",
            "commit": {
                "url": f"{self._api}/git/commits/{sha}",
                "message": commit.message,
                "tree": {"sha": commit.tree, "url": f"{self._api}/git/trees/{commit.tree}"},
            },
            "parents": [{"sha": parent} for parent in commit.parents],
        }

    def _compare(self, base: str, head: str, *, query: dict[str, str], path: str) -> Answer:
        one, two = self.refs.get(base, base), self.refs.get(head, head)
        if one not in self.git.commits or two not in self.git.commits:
            raise Refused(404, "Not Found")
        if not {one, *self.git.history(one)} & {two, *self.git.history(two)}:
            raise Refused(404, f"No common ancestor between {base} and {head}.")
        ahead, behind = self.git.between(one, two), self.git.between(two, one)
        shown, links = self._paged(ahead, query, path, 250)
        return _json(
            {
                "url": f"{self._api}/compare/{base}...{head}",
                "status": "diverged" if ahead and behind else "ahead" if ahead else "identical",
                "ahead_by": len(ahead),
                "behind_by": len(behind),
                "total_commits": len(ahead),
                "commits": [self._commit_record(sha) for sha in shown],
            },
            headers=links,
        )

    def _paged(
        self, found: list[Any], query: dict[str, str], path: str, size: int
    ) -> tuple[list[Any], dict[str, str]]:
        page, size = int(query.get("page", 1)), int(query.get("per_page", size))
        links = {}
        if page * size < len(found):
            further = urlencode(query | {"page": str(page + 1), "per_page": str(size)})
            links["Link"] = f'<{self.base}{urlsplit(path).path}?{further}>; rel="next"'
        return found[(page - 1) * size : page * size], links

    def _get_tree(self, sha: str) -> Answer:
        if sha not in self.git.trees:
            raise Refused(404, "Not Found")
        entries = [
            {"path": name, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
            for name, entry in self.git.trees[sha].items()
        ]
        return _json({"sha": sha, "tree": entries, "truncated": False})

    def _get_blob(self, sha: str) -> Answer:
        if sha not in self.git.blobs:
            raise Refused(404, "Not Found")
        content = base64.encodebytes(self.git.blobs[sha]).decode("ascii")
        return _json({"sha": sha, "encoding": "base64", "content": content})

    def _get_ref(self, name: str) -> Answer:
        if name not in self.refs:
            raise Refused(404, "Not Found")
        return _json(self._ref_record(name))

    def _ref_record(self, name: str) -> dict[str, Any]:
        return {
            "ref": f"refs/heads/{name}",
            "url": f"{self._api}/git/refs/heads/{name}",
            "object": {"type": "commit", "sha": self.refs[name]},
        }

    def _create_blob(self, said: dict[str, Any]) -> Answer:
        content = said["content"]
        if said.get("encoding") == "base64":
            try:
                body = base64.b64decode(content, validate=True)
            except binascii.Error:
                raise Refused(422, "content is not valid Base64") from None
        else:
            body = content.encode("utf-8")
        sha = self.git.blob(body)
        return _json({"sha": sha, "url": f"{self._api}/git/blobs/{sha}"}, 201)

    def _create_tree(self, said: dict[str, Any]) -> Answer:
        tree = said.get("base_tree") or self.git.tree({})
        if tree not in self.git.trees:
            raise Refused(422, "base_tree is not a valid tree oid")
        for item in said["tree"]:
            if item["sha"] not in self.git.blobs:
                raise Refused(422, f"tree.sha {item['sha']} is not a valid blob")
            entry = Entry(item["mode"], item["type"], item["sha"])
            tree = self.git.put(tree, item["path"].split("/"), entry)
        return _json({"sha": tree, "url": f"{self._api}/git/trees/{tree}", "tree": []}, 201)

    def _create_commit(self, said: dict[str, Any]) -> Answer:
        if said["tree"] not in self.git.trees:
            raise Refused(422, "Tree SHA does not exist")
        if not set(said["parents"]) <= self.git.commits.keys():
            raise Refused(422, "Parent SHA does not exist or is not a commit object")
        sha = self.git.commit(said["tree"], tuple(said["parents"]), said["message"])
        return _json({"sha": sha, **self._commit_record(sha)["commit"]}, 201)

    def _create_ref(self, said: dict[str, Any]) -> Answer:
        name = said["ref"].removeprefix("refs/heads/")
        if name in self.refs:
            raise Refused(422, "Reference already exists")
        if said["sha"] not in self.git.commits:
            raise Refused(422, "Object does not exist")
        self.refs[name] = said["sha"]
        return _json(self._ref_record(name), 201)

    def _update_ref(self, name: str, said: dict[str, Any]) -> Answer:
        if name not in self.refs:
            raise Refused(422, "Reference does not exist")
        if said["sha"] not in self.git.commits:
            raise Refused(422, "Object does not exist")
        kept = {said["sha"], *self.git.history(said["sha"])}
        if self.refs[name] not in kept and not said.get("force"):
            raise Refused(422, "Update is not a fast forward")
        self.refs[name] = said["sha"]
        return _json(self._ref_record(name))

    def _list_pulls(self, query: dict[str, str], path: str) -> Answer:
        state, head, base = query.get("state", "open"), query.get("head"), query.get("base")
        found = [
            self._pull_record(pull)
            for pull in reversed(self.pulls)
            if state in ("all", pull.state)
            and head in (None, f"{OWNER}:{pull.head}")
            and base in (None, pull.base)
        ]
        shown, links = self._paged(found, query, path, 30)
        return _json(shown, headers=links)

    def _pull_record(self, pull: PullRecord) -> dict[str, Any]:
        return {
            "number": pull.number,
            "url": f"{self._api}/pulls/{pull.number}",
            "html_url": f"https://github.com/{OWNER}/{NAME}/pull/{pull.number}",
            "state": pull.state,
            "title": pull.title,
            "body": pull.body or None,
            "merged_at": "2026-03-03T00:00:00Z" if pull.merged else None,
            "head": {"ref": pull.head, "label": f"{OWNER}:{pull.head}"},
            "base": {"ref": pull.base, "label": f"{OWNER}:{pull.base}"},
        }

    def _create_pull(self, said: dict[str, Any]) -> Answer:
        head, base = said["head"].removeprefix(f"{OWNER}:"), said["base"]
        if head not in self.refs or base not in self.refs:
            raise Refused(422, "Validation Failed", "head or base is invalid")
        if any((p.head, p.base, p.state) == (head, base, "open") for p in self.pulls):
            reason = f"A pull request already exists for {OWNER}:{head}."
            raise Refused(422, "Validation Failed", reason)
        if not self.git.between(self.refs[base], self.refs[head]):
            raise Refused(422, "Validation Failed", f"No commits between {base} and {head}")
        pull = PullRecord(len(self.pulls) + 1, head, base, said["title"], said.get("body") or "")
        self.pulls.append(pull)
        return _json(self._pull_record(pull), 201)

    def _update_pull(self, number: int, said: dict[str, Any]) -> Answer:
        pull = next((pull for pull in self.pulls if pull.number == number), None)
        if pull is None:
            raise Refused(404, "Not Found")
        pull.title, pull.body = said.get("title", pull.title), said.get("body", pull.body)
        return _json(self._pull_record(pull))


def _json(said: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(
        body=json.dumps(said, ensure_ascii=False).encode("utf-8"),
        status=status,
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )


def _limited(answer: Answer) -> Answer:
    allowance = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4990"}
    return replace(answer, headers={**allowance, **answer.headers})


def refused(status: int, message: str, **headers: str) -> Answer:
    """An error as GitHub gives it; underscores in `headers` stand for hyphens."""
    return Refused(status, message, **headers).answer


def created(asked: Asked, *path: str) -> bool:
    """Whether a request creates such a thing: ``created(asked, "git", "refs")``."""
    return asked.method == "POST" and bool(re.search(rf"/{'/'.join(path)}$", asked.path))
