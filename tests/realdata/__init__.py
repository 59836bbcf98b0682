"""The program against captured pages that nobody here wrote: ``make realdata``.

Looks for them in ``../shared/data`` or in the folder that ``BRIEFING_REALDATA`` names, and says
so where there are none. Every check prints what it saw; the exit code is 1 where one fails.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("BRIEFING_REALDATA") or ROOT.parent / "shared" / "data")
CAPTURES = DATA / "captures"
