"""A repository on GitHub as it is published to: read at a commit, written on a branch of its own.

All files of a commit are uploaded first, and a branch is set only once the commit is whole
(https://docs.github.com/en/rest/guides/using-the-rest-api-to-interact-with-your-git-database). A
branch that is there is moved forward only, so nobody's commit is ever lost. What is to be written,
and when, is decided in ``pipeline.publishing``; asking goes through ``crawlers.github_requester``.

Every method raises `SourceError` where GitHub does not answer or does not let us.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from types import TracebackType
from typing import Final, NewType, Self

from github.GitCommit import GitCommit
from github.GitTree import GitTree
from github.InputGitTreeElement import InputGitTreeElement
from github.PullRequest import PullRequest
from github.Repository import Repository

from config.errors import SourceError
from config.settings import Addresses, Network
from crawlers.github_requester import SessionRequester
from crawlers.pace import GITHUB_PACE, Pace

Sha = NewType("Sha", str)
"""The name of a git object, in hexadecimal."""

PLAIN_FILE: Final = "100644"
"""Mode of a file in a git tree."""
_FILES: Final = frozenset({PLAIN_FILE, "100755"})
_COMMITS: Final = 100
"""One page of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit."""

    sha: Sha
    tree: Sha
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch, and the commit that it points at."""

    name: str
    head: Commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What a branch has beyond another."""

    count: int
    commits: tuple[Commit, ...]
    """The earliest of them, at most a hundred."""
    behind: int
    """How many commits of the other it lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A file in a tree."""

    sha: Sha
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file to be written."""

    content: bytes
    mode: str = PLAIN_FILE

    @property
    def sha(self) -> Sha:
        """What git calls this content: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects."""
        head = b"blob %d\0" % len(self.content)
        return Sha(hashlib.sha1(head + self.content, usedforsecurity=False).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A pull request."""

    number: int
    url: str
    """For a browser."""
    body: str
    open: bool
    merged: bool


class GithubRepository:
    """A repository, asked with a token. Not to be shared between threads; its `pace` is."""

    def __init__(
        self,
        name: str,
        *,
        network: Network,
        addresses: Addresses,
        token: str,
        pace: Pace = GITHUB_PACE,
    ) -> None:
        """Look the repository up by its ``owner/name``, a former one too."""
        self._requester = SessionRequester(
            network=network, addresses=addresses, token=token, pace=pace
        )
        self._trees: dict[Sha, GitTree] = {}
        try:
            with self._requester.asking():
                headers, found = self._requester.requestJsonAndCheck("GET", f"/repos/{name}")
                self._repository = Repository(self._requester, headers, found, completed=True)
                self.name = self._repository.full_name
                self.page = self._repository.html_url
                self.default_branch = self._repository.default_branch
                permissions = self._repository.permissions
                may_push = permissions is None or permissions.push is not False
        except SourceError as error:
            self._requester.session.close()
            if error.status == HTTPStatus.NOT_FOUND:
                raise SourceError(
                    f"GitHub shows no repository {name} to the token in GITHUB_TOKEN: correct "
                    "[publish] repository, or give the token access to it",
                    status=error.status,
                ) from error
            raise
        if self._repository.archived or not may_push:
            self._requester.session.close()
            why = "it is archived" if self._repository.archived else "its owner may not push there"
            raise SourceError(f"the token in GITHUB_TOKEN cannot write to {self.name}: {why}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._requester.session.close()

    def branch(self, name: str) -> Branch | None:
        """Look up a branch; one that was renamed comes under its new name."""
        try:
            with self._requester.asking():
                found = self._repository.get_branch(name)
                return Branch(name=found.name, head=_commit(found.commit.commit, found.commit.sha))
        except SourceError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def ahead(self, base: Branch, branch: Branch) -> Ahead | None:
        """Give what `branch` has beyond `base`; None where they have nothing in common."""
        try:
            with self._requester.asking():
                found = self._repository.compare(base.head.sha, branch.head.sha)
                first = islice(found.commits, _COMMITS)
                commits = tuple(_commit(each.commit, each.sha) for each in first)
                return Ahead(count=found.ahead_by, commits=commits, behind=found.behind_by)
        except SourceError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def file(self, commit: Commit, path: str) -> FileEntry | None:
        """Look a file up by its path; raises `SourceError` for a folder or a symbolic link."""
        tree = commit.tree
        *folders, name = path.split("/")
        with self._requester.asking():
            for folder in folders:
                inner = [e for e in self._tree(tree).tree if e.path == folder and e.type == "tree"]
                if not inner:
                    return None
                tree = Sha(inner[0].sha)
            for entry in self._tree(tree).tree:
                if entry.path == name:
                    if entry.mode not in _FILES:
                        raise SourceError(f"{path} is no plain file in {self.name}")
                    return FileEntry(sha=Sha(entry.sha), mode=entry.mode)
        return None

    def _tree(self, sha: Sha) -> GitTree:
        if sha not in self._trees:
            self._trees[sha] = self._repository.get_git_tree(sha)
        return self._trees[sha]

    def read(self, entry: FileEntry) -> bytes:
        """Give a file's bytes."""
        with self._requester.asking():
            return base64.b64decode(self._repository.get_git_blob(entry.sha).content)

    def commit(
        self,
        files: Mapping[str, NewFile],
        *,
        onto: Commit,
        parents: Sequence[Commit],
        message: Callable[[Sha], str],
    ) -> Commit:
        """Make one commit: the tree of `onto` with `files` in it. No branch points at it yet.

        `message` is told the name of the new tree.
        """
        with self._requester.asking():
            elements = []
            for path, file in files.items():
                content = base64.b64encode(file.content).decode("ascii")
                blob = self._repository.create_git_blob(content, "base64")
                elements.append(InputGitTreeElement(path, file.mode, "blob", sha=blob.sha))
            below = GitTree(self._requester, {}, {"sha": onto.tree}, completed=True)
            tree = self._repository.create_git_tree(elements, below)
            text = message(Sha(tree.sha))
            made = self._repository.create_git_commit(
                text,
                tree,
                [
                    GitCommit(self._requester, {}, {"sha": parent.sha}, completed=True)
                    for parent in parents
                ],
            )
            return Commit(sha=Sha(made.sha), tree=Sha(tree.sha), message=text)

    def create_branch(self, name: str, commit: Commit) -> bool:
        """Let a new branch point at a commit; says no where there is a branch of that name."""
        try:
            with self._requester.asking():
                self._repository.create_git_ref(f"refs/heads/{name}", commit.sha)
        except SourceError as error:
            if _refused(error, "reference already exists"):
                return False
            raise
        return True

    def move_branch(self, name: str, commit: Commit) -> bool:
        """Move a branch forward to a commit; says no where that would lose what it points at."""
        try:
            with self._requester.asking():
                self._repository.get_git_ref(f"heads/{name}").edit(commit.sha, force=False)
        except SourceError as error:
            if _refused(error, "not a fast forward"):
                return False
            raise
        return True

    def pulls(self, branch: str, base: str) -> list[Pull]:
        """Every pull request from one branch of the repository to another, the latest first."""
        owner = self.name.partition("/")[0]
        with self._requester.asking():
            return [
                _pull(found)
                for found in self._repository.get_pulls(
                    state="all", head=f"{owner}:{branch}", base=base
                )
            ]

    def open_pull(self, branch: str, base: str, *, title: str, body: str) -> Pull | None:
        """Open a pull request; None where there is an open one already."""
        try:
            with self._requester.asking():
                return _pull(self._repository.create_pull(base, branch, title=title, body=body))
        except SourceError as error:
            if _refused(error, "pull request already exists"):
                return None
            raise

    def reword_pull(self, pull: Pull, body: str) -> None:
        """Give a pull request another text."""
        with self._requester.asking():
            url = f"{self._repository.url}/pulls/{pull.number}"
            PullRequest(self._requester, {}, {"url": url}, completed=True).edit(body=body)


def _refused(error: SourceError, words: str) -> bool:
    return error.status == HTTPStatus.UNPROCESSABLE_ENTITY and words in error.cause.lower()


def _commit(found: GitCommit, sha: str) -> Commit:
    return Commit(sha=Sha(sha), tree=Sha(found.tree.sha), message=found.message)


def _pull(found: PullRequest) -> Pull:
    return Pull(
        number=found.number,
        url=found.html_url,
        body=found.body or "",
        open=found.state == "open",
        merged=found.merged_at is not None,
    )
