"""What a publication says of itself: the commit's message, the pull request's title and text.

The text holds the findings of the check between two marks, and only what stands between them is
replaced later: what an editor writes around them stays.

A commit's message ends with a line that names its tree. A commit whose line is true was made here
and nobody has changed it since, an amended one included; no other is ever built upon.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from config.settings import Newsletter
from pipeline.check import Finding, Level

_TRAILER: Final = "Briefing-Tree"
_BEGIN: Final = "<!-- briefing check: begin -->"
_END: Final = "<!-- briefing check: end -->"
_MOST_CHARS: Final = 50_000
"""Of findings; GitHub takes 65,536 characters in all."""


def title(newsletter: Newsletter, day: date) -> str:
    """Title of the pull request, and first line of the commit."""
    return f"{newsletter.title} {day}"


def commit_message(newsletter: Newsletter, day: date, tree: str) -> str:
    """Message of a commit that holds `tree`."""
    return f"{title(newsletter, day)}\n\n{_TRAILER}: {tree}\n"


def made_here(message: str, tree: str) -> bool:
    """Whether a commit is one of ours as it was made."""
    return message.rstrip().endswith(f"\n{_TRAILER}: {tree}")


def body(day: date, path: str, findings: Sequence[Finding], *, links_asked: bool) -> str:
    """Text of the pull request."""
    return f"The issue of {day}, `{path}`.\n\n{_checked(findings, links_asked=links_asked)}\n"


def reworded(standing: str, new: str) -> str:
    """A pull request's text with the findings of a new one in place of its own.

    The same text where it has these findings, or where an editor took their place away.
    """
    found = re.search(f"{_BEGIN}.*?{_END}", new, re.DOTALL)
    assert found is not None, "a new text has findings"
    own = re.search(f"{_BEGIN}.*?{_END}", standing, re.DOTALL)
    # A browser sends what was edited in it with CRLF.
    if own is None or own[0].replace("\r\n", "\n") == found[0]:
        return standing
    return standing[: own.start()] + found[0] + standing[own.end() :]


def _checked(findings: Sequence[Finding], *, links_asked: bool) -> str:
    counts = Counter(finding.level for finding in findings)
    said = ", ".join(
        f"{counts[level]} {level}{'s' if counts[level] > 1 else ''}"
        for level in Level
        if counts[level]
    )
    links = "" if links_asked else " Whether its links are alive was not looked at."
    parts = [_BEGIN, f"**Check before publishing:** {said or 'nothing found'}.{links}"]
    if findings:
        parts += ["", _block(sorted(findings, key=lambda f: list(Level).index(f.level)))]
    return "\n".join([*parts, _END])


def _block(findings: Sequence[Finding]) -> str:
    """The findings as they stand, as code: nothing in it is a link, a mention or HTML."""
    lines: list[str] = []
    room = _MOST_CHARS
    for finding in findings:
        # Cut where a mark of ours is quoted, so that it ends no part but its own.
        line = " ".join(str(finding).split()).replace("<!--", "<! --")[:1000]
        room -= len(line) + 1
        if room < 0:
            lines.append(f"and {len(findings) - len(lines)} more, see briefing check")
            break
        lines.append(line)
    text = "\n".join(lines)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
