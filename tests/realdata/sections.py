"""Sections of past items, walked through in time order: ``python -m tests.realdata.sections``.

Each issue's items are proposed a section by the rules alone, and by what was learned from the
issues before it, which starts from the rules; the first issue by the rules in both columns. Right
is the section that the item ran in; items of sections that the configuration has no more are left
out. With ``--wrong`` every item is shown that is wrong by what was learned.
"""

from __future__ import annotations

import sys
from collections import Counter

from rich.console import Console
from rich.table import Table

from config.settings import Settings
from pipeline.past import read_file
from pipeline.section import section_of
from pipeline.taste.sections import SectionModel, learn_sections, past_story, propose
from store.models import Story
from tests.realdata import DATA
from tests.realdata.past import settings

FLOOR = 0.90
"""Of what was learned, over all issues."""
WAYS = ("rules", "learned")


def main() -> int:
    """Give the exit code."""
    console = Console(width=150, soft_wrap=True)
    paths = sorted((DATA / "issues").glob("*.md"))
    if not paths:
        console.print(f"skipped: no issues in {DATA}; BRIEFING_REALDATA can name another folder")
        return 0
    config = settings()
    table = Table("issue", "items", *WAYS)
    known: list[tuple[Story, str]] = []
    total: Counter[str] = Counter()
    for path in paths:
        items = past_items(read_file(path, config)[0].issue.sections, config)
        model = learn_sections(known, config)
        right: Counter[str] = Counter(items=len(items))
        for story, section in items:
            said = proposals(story, config, model)
            right.update(way for way in WAYS if said[way] == section)
            if said["learned"] != section and "--wrong" in sys.argv:
                title = story.members[0].candidate.title
                console.print(f"  {section} <- {said['learned']}: {title}", markup=False)
        table.add_row(path.stem, str(len(items)), *shares(right))
        total += right
        known += items
    table.add_row("all", str(total["items"]), *shares(total))
    console.print(table)
    return int(total["learned"] < FLOOR * total["items"])


def past_items(sections, config: Settings) -> list[tuple[Story, str]]:
    """The items of an issue as stories, with the sections they ran in."""
    names = {section.name for section in config.sections}
    return [
        (past_story(draft, config), section.name)
        for section in sections
        if section.name in names
        for draft in section.items
    ]


def proposals(story: Story, config: Settings, model: SectionModel | None) -> dict[str, str]:
    """What each way proposes."""
    return {"rules": section_of(story, config), "learned": propose(story, config, model)}


def shares(right: Counter[str]) -> list[str]:
    """Accuracy of each way."""
    return [f"{right[way] / max(right['items'], 1):.3f}" for way in WAYS]


if __name__ == "__main__":
    sys.exit(main())
