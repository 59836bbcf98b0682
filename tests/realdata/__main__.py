"""Run every check and say what fails."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.realdata import CAPTURES, DATA, sections
from tests.realdata.backtest import ranking
from tests.realdata.night import nights
from tests.realdata.pages import feeds, others, trending
from tests.realdata.past import checking, coming_back, reading, remembering
from tests.realdata.reports import across_languages
from tests.realdata.stories import together


def main() -> int:
    """Give the exit code."""
    console = Console(width=150, soft_wrap=True)
    if not CAPTURES.is_dir():
        console.print(f"skipped: no captures in {DATA}; BRIEFING_REALDATA can name another folder")
        return 0
    faults = [*trending(console), *feeds(console), *others(console)]
    with tempfile.TemporaryDirectory() as work:
        faults += [
            *reading(console),
            *coming_back(console),
            *remembering(console, Path(work)),
            *checking(console, Path(work)),
            *together(console),
            *across_languages(console),
            *nights(console, Path(work)),
            *ranking(console),
        ]
    if sections.main():
        faults.append(f"less than {sections.FLOOR:.2f} of past items get the section they ran in")
    for fault in faults:
        console.print(f"WRONG: {fault}", highlight=False, markup=False)
    console.print("all as it should be" if not faults else f"{len(faults)} things are wrong")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
