"""An issue onto a repository: what is to be done, told by what is there. GitHub is the truth.

Each step can be the last that succeeds. What a first try left, a second finds and goes on from:

    no branch                         commit, then the branch
    our branch, other files           commit on top of it, then move the branch forward
    our branch, these files           nothing
    a branch with another's commit    refuse, touch nothing
    the files stand in the base       nothing: it is published

    no open pull request              open one
    an open one                       bring the findings in its text up to date

A commit holds every file. Where the base went on meanwhile, it joins base and branch, so that the
index is the base's with this issue in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from config.errors import ConflictError, InputError
from config.publish_settings import PublishSettings
from config.settings import Newsletter
from crawlers.github_publish import PLAIN_FILE, Branch, Commit, GithubRepository, NewFile, Pull
from pipeline.publishing import words
from pipeline.publishing.index import with_issue

Outcome: TypeAlias = Literal["new", "updated", "unchanged", "merged"]
"""What became of the pull request; ``merged`` says that the base has the issue already."""

_HELP: Final = "rename or delete it on GitHub, or set another [publish] branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """An issue, and how it is to be published."""

    day: date
    content: bytes
    """Of its file."""
    body: str
    """Text of the pull request."""
    newsletter: Newsletter
    publish: PublishSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The issue on a branch."""

    base: str
    branch: str
    change: Literal["new", "moved", "none", "in base"]


def place(repository: GithubRepository, publication: Publication) -> Placed:
    """Bring the issue onto its branch, whole or not at all.

    Raises InputError for an index or base that is not there, ConflictError for a branch that is
    somebody else's, SourceError where GitHub fails.
    """
    publish = publication.publish
    base = repository.branch(publish.base or repository.default_branch)
    if base is None:
        raise InputError(
            f"{repository.name} has no branch {publish.base or repository.default_branch!r}: "
            "correct [publish] base"
        )
    wanted = publish.branch_of(publication.day)
    branch = repository.branch(wanted)
    name = branch.name if branch else wanted
    if name in (base.name, repository.default_branch):
        raise InputError(f"nothing is pushed to {name}: set another [publish] branch")
    files = _files(repository, base.head, publication)
    if _holds(repository, base.head, files):
        return Placed(base=base.name, branch=name, change="in base")
    if branch is None:
        commit = _commit(repository, publication, files, base, [base.head])
        if not repository.create_branch(name, commit):
            _same_or_refuse(repository, name, commit)
        return Placed(base=base.name, branch=name, change="new")
    parents = _parents(repository, base, branch)
    if _holds(repository, branch.head, files):
        return Placed(base=base.name, branch=name, change="none")
    commit = _commit(repository, publication, files, base, parents)
    if not repository.move_branch(name, commit):
        _same_or_refuse(repository, name, commit)
    return Placed(base=base.name, branch=name, change="moved")


def propose(
    repository: GithubRepository, publication: Publication, placed: Placed
) -> tuple[Pull | None, Outcome]:
    """See to it that there is an open pull request with these findings in its text.

    Gives it, or the one that brought the issue into the base, None if it came there without one.
    Raises SourceError where GitHub fails.
    """
    # A branch that was not there has no pull request: GitHub closes them with the branch.
    pulls = [] if placed.change == "new" else repository.pulls(placed.branch, placed.base)
    if placed.change == "in base":
        return next((pull for pull in pulls if pull.merged), None), "merged"
    opened = next((pull for pull in pulls if pull.open), None)
    if opened is None:
        return _opened(repository, publication, placed), "new"
    text = words.reworded(opened.body, publication.body)
    if text != opened.body:
        repository.reword_pull(opened, text)
        return opened, "updated"
    return opened, "unchanged" if placed.change == "none" else "updated"


def _opened(repository: GithubRepository, publication: Publication, placed: Placed) -> Pull:
    made = repository.open_pull(
        placed.branch,
        placed.base,
        title=words.title(publication.newsletter, publication.day),
        body=publication.body,
    )
    if made is None:  # it is there since a moment: our own, whose answer was lost
        pulls = repository.pulls(placed.branch, placed.base)
        made = next((pull for pull in pulls if pull.open), None)
    if made is None:
        raise ConflictError(f"the pull request of {placed.branch} came and went: publish again")
    return made


def _files(
    repository: GithubRepository, base: Commit, publication: Publication
) -> dict[str, NewFile]:
    """Every file that the issue changes, as it should be."""
    publish = publication.publish
    path = publish.path(publication.day)
    old = repository.file(base, path)
    files = {path: NewFile(content=publication.content, mode=old.mode if old else PLAIN_FILE)}
    if publish.index:
        index = repository.file(base, publish.index)
        if index is None:
            raise InputError(
                f"{repository.name} has no {publish.index}: correct [publish] index, or take it out"
            )
        content = with_issue(repository.read(index), publication.day, publish)
        files[publish.index] = NewFile(content=content, mode=index.mode)
    return files


def _holds(repository: GithubRepository, commit: Commit, files: dict[str, NewFile]) -> bool:
    for path, file in files.items():
        standing = repository.file(commit, path)
        if standing is None or standing.sha != file.sha:
            return False
    return True


def _parents(repository: GithubRepository, base: Branch, branch: Branch) -> list[Commit]:
    """What a further commit on the branch stands on; raises ConflictError if it is not ours."""
    ahead = repository.ahead(base, branch)
    commits = [branch.head, *(ahead.commits if ahead else ())]
    if (
        ahead is None
        or ahead.count > len(ahead.commits)
        or not all(words.made_here(commit.message, commit.tree) for commit in commits)
    ):
        raise ConflictError(
            f"the branch {branch.name} of {repository.name} holds commits that were not made "
            f"here; nothing was touched: {_HELP}"
        )
    if not ahead.count:  # merged, and the branch left behind
        return [base.head]
    return [branch.head, base.head] if ahead.behind else [branch.head]


def _commit(
    repository: GithubRepository,
    publication: Publication,
    files: dict[str, NewFile],
    base: Branch,
    parents: list[Commit],
) -> Commit:
    return repository.commit(
        files,
        onto=base.head,
        parents=parents,
        message=lambda tree: words.commit_message(publication.newsletter, publication.day, tree),
    )


def _same_or_refuse(repository: GithubRepository, name: str, commit: Commit) -> None:
    """Go on where the branch holds what we meant to put there: our first answer was lost."""
    standing = repository.branch(name)
    if standing is None or standing.head.sha != commit.sha:
        raise ConflictError(
            f"the branch {name} of {repository.name} was changed by someone else just now; "
            "nothing was touched: look at it, and publish again"
        )
