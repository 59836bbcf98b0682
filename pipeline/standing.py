"""What a story's decisions amount to, and when a decided story comes back. Pure.

Decisions are a list that only grows. Undo takes back the last decision that still stands. What
is left decides: the last accept, reject or later is the verdict, the last text that the editor
left is the text.

A decided story comes back only when its *basis* changed. The basis is what can be news about a
thing already seen: a paper's version and venue, a release, the code, the paper behind a project.
A further report of it, more stars, a corrected typo are no news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.venue import venue_of_paper
from store.models import Decision, Draft, Kind, Story, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the editor's decisions amount to."""

    verdict: Verdict | None
    """Accept, reject, later, or None: undecided."""
    decided: Decision | None
    """The decision that gave the verdict."""
    text: Draft | None
    """The editor's own text, which outranks the machine's."""


def standing(decisions: Sequence[Decision]) -> Standing:
    """Fold decisions, in the order that they were made."""
    stack: list[Decision] = []
    for decision in decisions:
        if decision.verdict is not Verdict.UNDO:
            stack.append(decision)
        elif stack:
            stack.pop()
    verdicts = [d for d in stack if d.verdict is not Verdict.EDIT]
    texts = [d.editor for d in stack if d.editor is not None]
    decided = verdicts[-1] if verdicts else None
    return Standing(
        verdict=decided.verdict if decided else None,
        decided=decided,
        text=texts[-1] if texts else None,
    )


def basis(story: Story, venues: tuple[str, ...]) -> tuple[str, ...]:
    """What is known of a story that could be news, one readable fact each, sorted.

    `venues` are the conferences and journals looked for in a paper's comment.
    """
    facts: set[str] = set()
    for member in story.members:
        candidate = member.candidate
        paper = candidate.item.paper
        if candidate.kind is Kind.PAPER:
            facts.add(f"论文 {candidate.keys[0]}")
            if paper is not None and paper.version is not None:
                facts.add(f"{candidate.keys[0]} v{paper.version}")
            if venue := venue_of_paper(paper, venues):
                facts.add(f"收录于 {venue}")
            facts.update(f"代码 {k}" for k in candidate.mentions if k.startswith("github:"))
        elif candidate.kind is Kind.REPOSITORY:
            facts.add(f"代码 {candidate.keys[0]}")
            facts.update(f"论文 {k}" for k in candidate.mentions if k.startswith("arxiv:"))
        elif candidate.kind is Kind.RELEASE:
            facts.add(f"新版本 {candidate.title}")
    return tuple(sorted(facts))


def news_since(before: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    """The facts that were not known before: why a story comes back. Empty: it does not."""
    return tuple(fact for fact in now if fact not in set(before))
