"""Publish a final issue: a branch and a pull request on a GitHub repository, never a push to main.

What is published is what ``briefing export`` writes. The issue is checked, its file and the index
become one commit, a branch is set on it once it is whole, and a pull request with the findings in
its text is opened for it. A try that fails on the way leaves nothing half-published, and the next
completes it.

    index   the file that lists the issues, with one more in it
    words   commit message, title and text of the pull request
    steps   what is to be done, told by what is there
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.errors import ConfigError, Fault, InputError, PublishError, SourceError
from config.settings import Settings
from crawlers.github_publish import GithubRepository
from crawlers.liveness import LinkState
from crawlers.pace import GITHUB_PACE, Pace
from pipeline.check import Finding
from pipeline.checking import Asking, Page, check_page
from pipeline.desk import current_issue
from pipeline.export import issue_text
from pipeline.period import Period
from pipeline.publishing import words
from pipeline.publishing.steps import Outcome, Publication, place, propose
from store.database import Store
from store.models import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Where an issue is to be seen."""

    outcome: Outcome
    url: str
    """Of the pull request, or of the repository if the issue came into the base without one."""
    number: int | None
    """Of the pull request."""
    branch: str
    findings: tuple[Finding, ...]
    """Of the check, as they stand in the pull request."""


def require_publishing(settings: Settings) -> str:
    """Give the token to publish with; raises ConfigError with all that is not configured."""
    faults = []
    if not settings.publish.repository:
        faults.append(
            Fault(
                "publish.repository",
                "no repository to publish to",
                'write repository = "owner/name" under [publish]',
            )
        )
    token = settings.github_token.get_secret_value() if settings.github_token else ""
    if not token:
        faults.append(
            Fault(
                "GITHUB_TOKEN",
                "no token to publish with",
                "set it in the environment or in .env, with write access to Contents and "
                "Pull requests of the repository",
            )
        )
    if faults:
        raise ConfigError(faults)
    return token


def publish_issue(
    store: Store,
    settings: Settings,
    folder: Path,
    period: Period,
    now: datetime,
    *,
    asking: Asking | None = None,
    known: Mapping[str, LinkState] | None = None,
    pace: Pace = GITHUB_PACE,
) -> Published:
    """Open a pull request with the final issue of the period, or bring an open one up to date.

    `asking` and `known` are those of the check: without both it leaves links alone. Takes some
    ten seconds at GitHub's pace, and where GitHub fails at most ``[network] retries`` waits of
    ``max_wait`` for each of a dozen requests. Raises ConfigError where nothing is configured,
    InputError for an issue that is not final and for an index that has no place for it,
    ConflictError for a branch that holds somebody else's commits, and PublishError where GitHub
    fails or refuses.
    """
    token = require_publishing(settings)
    assembled = current_issue(store, settings, period)
    if not assembled.final:
        raise InputError(
            f"the issue of {period.day} is not final: call it final first, or publish --final"
        )
    with _opened(settings, token, pace) as repository:
        publication, findings = _publication(
            store, settings, assembled.issue, folder, now, asking, known
        )
        with _telling(f"the issue of {period.day} is not published", settings):
            placed = place(repository, publication)
        whole = f"the branch {placed.branch} holds the whole issue of {period.day}"
        with _telling(f"{whole}, but no pull request is known yet", settings):
            pull, outcome = propose(repository, publication, placed)
    return Published(
        outcome=outcome,
        url=pull.url if pull else repository.page,
        number=pull.number if pull else None,
        branch=placed.branch,
        findings=findings,
    )


def _publication(
    store: Store,
    settings: Settings,
    issue: Issue,
    folder: Path,
    now: datetime,
    asking: Asking | None,
    known: Mapping[str, LinkState] | None,
) -> tuple[Publication, tuple[Finding, ...]]:
    """The issue as it goes out, and what the check has to say of it."""
    text = issue_text(issue, settings, folder)
    page = Page(name=f"{issue.date}.md", text=text)
    findings = tuple(check_page(store, settings, page, now, asking, known=known))
    path = settings.publish.path(issue.date)
    return Publication(
        day=issue.date,
        content=text.encode("utf-8"),
        body=words.body(issue.date, path, findings, links_asked=bool(asking or known)),
        newsletter=settings.newsletter,
        publish=settings.publish,
    ), findings


def _opened(settings: Settings, token: str, pace: Pace) -> GithubRepository:
    """The repository, looked up before the check so that a bad token is told at once."""
    with _telling("nothing is published", settings):
        return GithubRepository(
            settings.publish.repository,
            network=settings.network,
            addresses=settings.addresses,
            token=token,
            pace=pace,
        )


@contextmanager
def _telling(state: str, settings: Settings) -> Iterator[None]:
    """Say with what went wrong how far it came, and what to do when."""
    try:
        yield
    except SourceError as error:
        if error.retry_at is not None:
            at = error.retry_at.astimezone(settings.newsletter.zone)
            advice = f"publish again after {at:%Y-%m-%d %H:%M:%S}"
        elif error.retryable:
            advice = "publish again, which goes on from there"
        else:
            advice = "publish again once that is mended"
        raise PublishError(f"{state}: {error.cause}; {advice}", retry_at=error.retry_at) from error
