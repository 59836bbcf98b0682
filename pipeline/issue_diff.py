"""What differs between two issues: their normal forms, line by line.

The normal form of an issue's text is what is written of what was read of it, in the house's own
white space. It is its own normal form, and says the same; ``docs/house-style.md`` tells what it
looks like.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from config.settings import Newsletter
from pipeline.issue_markdown import render
from pipeline.issue_reader import read_issue
from store.models import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDiff:
    """How a file differs from an issue, as unified diffs; empty where they are alike."""

    lines: str
    """From the issue's normal form to the file's."""
    slips: str
    """From the file to its normal form: what its author might correct."""


def normal_form(text: str, *, name: str, newsletter: Newsletter, folder: Path | None = None) -> str:
    """The text of an issue as the house would have written it.

    `name` is that of its file, `folder` where the newsletter's own template may be. Raises
    ConfigError for a template that cannot be used.
    """
    issue = read_issue(text, name=name, newsletter=newsletter).issue
    return render(replace(issue, spacing=()), newsletter, folder)


def diff_issue(
    issue: Issue, text: str, *, name: str, newsletter: Newsletter, folder: Path | None = None
) -> IssueDiff:
    """Compare an issue with the text of a file of that name. Raises as `normal_form` does."""
    ours = render(replace(issue, spacing=()), newsletter, folder)
    theirs = normal_form(text, name=name, newsletter=newsletter, folder=folder)
    return IssueDiff(
        lines=diff_lines(ours, theirs, before=str(issue.date), after=name),
        slips=diff_lines(text, theirs, before=name, after=f"{name} (normal form)"),
    )


def diff_lines(old: str, new: str, *, before: str, after: str) -> str:
    """A unified diff of two texts, without context; empty where their lines are the same.

    `before` and `after` name the texts.
    """
    lines = unified_diff(old.split("\n"), new.split("\n"), before, after, n=0, lineterm="")
    return "".join(f"{line}\n" for line in lines)
